import { cpus } from 'node:os';
import { Command, Option } from 'commander';
import { InputError } from '../../src/lib/errors.ts';
import { random } from '../../src/lib/math/random.ts';
import { mostCounted } from '../../src/lib/run/mostCounted.ts';
import { SCHEMA_VERSION, type Manifest, type TrainingInfo } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';
import { DEFAULT_MOVIE_MODEL, MOVIE_MODELS } from '../../src/lib/train/models.ts';
import { baselines } from '../../src/lib/train/movielens/baselines.ts';
import { items as movieItems } from '../../src/lib/train/movielens/items.ts';
import { openMovieLens, type MovieLens } from '../../src/lib/train/movielens/movielens.node.ts';
import { UNKNOWN_RELEASE } from '../../src/lib/train/movielens/releases.ts';
import { randomSplit } from '../../src/lib/train/movielens/split.ts';
import type { Backend } from '../../src/lib/train/backend.ts';
import {
  Stopped,
  type Hyperparameters,
  type MovieModel,
  type Split,
} from '../../src/lib/train/types.ts';
import { descend } from '../descend.ts';
import { interruptible } from '../interrupt.ts';
import { checkOutFolder } from '../outFolder.ts';
import { formatNumber, printJson } from '../output.ts';
import { formatSeconds, progress as showProgress, type Progress } from '../progress.ts';
import { collect, isSeed, known, number, place, settings } from '../trainOptions.ts';
import { train, type Training } from '../training.ts';
import { versions } from '../versions.ts';
import { gloveCommand } from './train-glove.ts';
import { imdbCommand } from './train-imdb.ts';

interface MovieLensOptions {
  model: string;
  data?: string;
  out?: string;
  seed: number;
  factors?: number;
  epochs?: number;
  batch?: number;
  learningRate?: number;
  l2?: number;
  batchNorm?: boolean;
  keep?: number;
  set: Record<string, string>;
  backend: string;
  id?: string;
  title?: string;
  overwrite?: boolean;
  json?: boolean;
  quiet?: boolean;
}

/** `embedscope train WHAT`: trains embeddings and writes a run. */
export function trainCommand(): Command {
  return new Command('train')
    .description('train embeddings and write them as a run')
    .addCommand(movieLensCommand())
    .addCommand(imdbCommand())
    .addCommand(gloveCommand());
}

function movieLensCommand(): Command {
  const count = number('a whole number from 1', (n) => Number.isInteger(n) && n >= 1);
  return new Command('movielens')
    .description('learn movies from the ratings of MovieLens')
    .addOption(
      new Option('--model <name>', 'what to train')
        .choices(Object.keys(MOVIE_MODELS))
        .default(DEFAULT_MOVIE_MODEL),
    )
    .option(
      '--data <path>',
      'a MovieLens folder or zip; without it ml-latest-small is downloaded once and kept in the cache',
    )
    .option('--out <folder>', 'where to write the run (default: runs/ID)')
    .option(
      '--seed <n>',
      'draws the split, the start and the order of training',
      number('a whole number from 0 to 4294967295', isSeed),
      1,
    )
    .option('--factors <n>', 'latent factors per movie', count)
    .option('--epochs <n>', 'passes over the ratings', count)
    .option('--batch <n>', 'ratings per step', count)
    .option(
      '--learning-rate <x>',
      'size of the steps',
      number('a number above 0', (x) => x > 0),
    )
    .option(
      '--l2 <x>',
      'penalty on squared factors',
      number('a number from 0', (x) => x >= 0),
    )
    .option('--batch-norm', 'batch normalisation after the dense layer')
    .option('--keep <n>', 'train on all movies, but write only the n most rated', count)
    .option('--set <name=value>', "another of the model's hyperparameters", collect, {})
    .addOption(
      new Option('--backend <name>', 'what computes')
        .choices(['auto', 'cuda', 'webgpu', 'webgpu-software', 'tensorflow', 'wasm'])
        .default('auto'),
    )
    .option('--id <id>', "the run's id (default: the name of its folder)")
    .option('--title <text>', "the run's title")
    .option('--overwrite', 'replace a run that is there already')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .action(async (options: MovieLensOptions) => {
      await interruptible((signal) => trainMovieLens(options, signal));
    });
}

async function trainMovieLens(options: MovieLensOptions, signal: AbortSignal): Promise<void> {
  const { seed } = options;
  const model = await MOVIE_MODELS[options.model]();
  const hyperparameters = { ...model.defaults, ...chosen(model, options) };
  checkBackend(model, options.backend);
  const variant = options.model + (options.batchNorm ? '-batch-norm' : '');
  const { id, folder } = place(options, `movielens-${variant}-seed${seed}`);
  await checkOutFolder(folder, options.overwrite ?? false);

  const progress = showProgress({ quiet: options.quiet });
  const data = await openMovieLens(options.data, {
    signal,
    onProgress: (bytes, total) => progress.update(bytes, total, 'downloading MovieLens'),
  }).finally(() => progress.stop());
  data.notices.forEach((notice) => progress.note(`note: ${notice}`));
  const split = drawSplit(data, seed);
  const { computing, layers, ...training } = await descend(
    options.backend,
    progress,
    async (failed) => {
      const { watch, ...computing } = await backend(model, options.backend, signal, failed);
      const trainer = await model.create(data.ratings, split, hyperparameters, seed);
      progress.note(
        `training ${model.name} on ${formatNumber(split.train.length)} ratings (${computing.backend})`,
      );
      const how = { progress, signal, advice: advice(hyperparameters), watch };
      return { ...(await train(trainer, how)), computing, layers: trainer.layers };
    },
  );

  const learnt = movieItems(data.ratings, data.movies, training.learnt);
  const items = mostCounted(learnt, options.keep ?? Infinity);
  if (options.keep !== undefined && options.keep > learnt.ids.length) {
    progress.note(
      `note: only ${formatNumber(learnt.ids.length)} movies are rated, so all of them are written (--keep ${options.keep})`,
    );
  }
  const metrics = measured(training, data, split, progress);
  const samplesPerSecond = training.samples / training.seconds;
  const manifest: Omit<Manifest, 'files'> = {
    schemaVersion: SCHEMA_VERSION,
    id,
    title: options.title ?? title(model, hyperparameters, data, seed),
    kind: 'movies',
    dimensions: items.vectors.columns,
    count: items.ids.length,
    created: new Date().toISOString(),
    dataset: data.dataset,
    model: {
      name: model.name,
      description: model.description,
      hyperparameters,
      seed,
      globalMean: training.learnt.globalMean ?? null,
      ...(layers && { layers }),
    },
    training: {
      ...computing,
      seconds: training.seconds,
      samplesPerSecond,
      loss: model.loss,
      curves: training.curves,
    },
    metrics: { split: describeSplit(split, seed), values: metrics },
    maps: [],
  };
  await writeRun(folder, { manifest, items }, { overwrite: options.overwrite, signal });

  if (options.json) {
    const { seconds } = training;
    printJson({ run: folder, metrics, seconds, samplesPerSecond, backend: computing.backend });
  } else {
    console.log(summary(manifest, data, split, folder, learnt.ids.length));
  }
}

/** The hyperparameters that the command line names, which the model must know. */
function chosen(model: MovieModel, options: MovieLensOptions): Hyperparameters {
  const { factors, epochs, batch, learningRate, l2, batchNorm } = options;
  const named = { factors, epochs, batch, learningRate, l2, batchNorm };
  const values: Hyperparameters = {};
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined) continue;
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    values[known(model, name, option)] = value;
  }
  return { ...values, ...settings(model, options.set) };
}

function checkBackend(model: MovieModel, backend: string): void {
  if (!model.usesTensors && backend !== 'auto') {
    throw new InputError(
      `--backend ${backend} is not for the model ${model.name}, which computes in a kernel of its own; leave it out`,
    );
  }
}

function drawSplit({ ratings }: MovieLens, seed: number): Split {
  const split = randomSplit(ratings.values.length, random(seed));
  if (split.train.length === 0 || split.validation.length === 0) {
    throw new InputError(
      `${formatNumber(ratings.values.length)} ratings are too few: of the split into 80 % for training and 20 % for validation one part is empty; pass more ratings`,
    );
  }
  return split;
}

type Computing = Pick<TrainingInfo, 'backend' | 'device' | 'passedOver' | 'software'>;

async function backend(
  model: MovieModel,
  requested: string,
  signal: AbortSignal,
  failed: Readonly<Record<string, string>>,
): Promise<Computing & Pick<Backend, 'watch'>> {
  const software = versions();
  if (!model.usesTensors) {
    return { backend: 'kernel', device: cpus()[0]?.model ?? process.arch, software };
  }
  const { chooseBackend, nodePlatform } = await import('../../src/lib/train/backend.node.ts');
  const chosen = await chooseBackend(requested, nodePlatform({ signal }), failed);
  if (signal.aborted) throw new Stopped();
  const { name, device, passedOver, watch } = chosen;
  return {
    backend: name,
    device,
    passedOver,
    software: { ...software, ...chosen.software },
    watch,
  };
}

function advice({ learningRate }: Hyperparameters): string {
  return typeof learningRate === 'number'
    ? `Try --learning-rate ${Number((learningRate / 10).toPrecision(2))} instead of ${learningRate}`
    : 'Try a lower learning rate, or a stronger penalty';
}

/** The model's figures on the validation part, and those of two predictions without factors beside them. */
function measured(
  { learnt }: Training,
  { ratings }: MovieLens,
  split: Split,
  progress: Progress,
): Record<string, number> {
  const { mean, offsets } = baselines(ratings, split);
  const { mse } = learnt.metrics;
  if (mse >= mean.mse) {
    progress.note(
      `note: the model is no better than the mean rating (MSE ${formatNumber(mse)} against ${formatNumber(mean.mse)}); try other hyperparameters`,
    );
  }
  return {
    ...learnt.metrics,
    baselineMeanMse: mean.mse,
    baselineMeanRmse: mean.rmse,
    baselineMeanMae: mean.mae,
    baselineOffsetsMse: offsets.mse,
    baselineOffsetsRmse: offsets.rmse,
    baselineOffsetsMae: offsets.mae,
  };
}

function title(
  { name }: MovieModel,
  { batchNorm }: Hyperparameters,
  { dataset }: MovieLens,
  seed: number,
): string {
  const variant = batchNorm === true ? `${name} with batch norm` : name;
  const release = dataset.release === UNKNOWN_RELEASE ? '' : ` (${dataset.release})`;
  return `${variant} on ${dataset.name}${release}, seed ${seed}`;
}

function describeSplit({ train, validation }: Split, seed: number): string {
  const all = train.length + validation.length;
  return `${formatNumber(validation.length)} of ${formatNumber(all)} ratings, held back at random (20 %, seed ${seed})`;
}

function summary(
  { model, training, metrics, count }: Omit<Manifest, 'files'>,
  { ratings }: MovieLens,
  split: Split,
  folder: string,
  movies: number,
): string {
  const { values } = metrics;
  const figure = (name: string) => formatNumber(values[name]);
  const speed = formatNumber(Math.round(training.samplesPerSecond ?? 0));
  return [
    `Trained ${model.name} on ${formatNumber(split.train.length)} ratings of ${formatNumber(movies)} movies by ${formatNumber(ratings.userIds.length)} users in ${formatSeconds(training.seconds)} (${speed} ratings/s, ${training.backend}).`,
    `On ${formatNumber(split.validation.length)} ratings held back: MSE ${figure('mse')}, RMSE ${figure('rmse')}, MAE ${figure('mae')}.`,
    `For comparison, MSE ${figure('baselineMeanMse')} of the mean, ${figure('baselineOffsetsMse')} of mean, user and movie offsets.`,
    count < movies
      ? `The ${formatNumber(count)} most rated movies are written to ${folder}.`
      : `Written to ${folder}.`,
    '',
    'Next:',
    `  npx embedscope components ${folder}`,
    '  npm start',
  ].join('\n');
}
