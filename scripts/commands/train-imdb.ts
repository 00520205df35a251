import { cpus } from 'node:os';
import { Command, Option } from 'commander';
import { InputError } from '../../src/lib/errors.ts';
import { SCHEMA_VERSION, type Manifest, type Run } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';
import type { ReviewModel } from '../../src/lib/train/imdb/types.ts';
import { Stopped, type Hyperparameters } from '../../src/lib/train/types.ts';
import type { Backend } from '../../src/lib/train/backend.ts';
import { openImdb, type Imdb } from '../../src/lib/train/imdb/imdb.node.ts';
import { wordItems } from '../../src/lib/train/imdb/items.ts';
import { NO_VECTORS } from '../../src/lib/train/nets/options.ts';
import { DEFAULT_REVIEW_MODEL, REVIEW_MODELS } from '../../src/lib/train/models.ts';
import { descend } from '../descend.ts';
import { interruptible } from '../interrupt.ts';
import { checkOutFolder } from '../outFolder.ts';
import { formatFixed, formatNumber, printJson } from '../output.ts';
import { formatSeconds, progress as showProgress } from '../progress.ts';
import { openRun, RUN_ARGUMENT } from '../run-argument.ts';
import { collect, isSeed, known, number, place, settings } from '../trainOptions.ts';
import { train } from '../training.ts';
import { versions } from '../versions.ts';

interface ImdbOptions {
  model: string;
  data?: string;
  out?: string;
  words: number;
  seed: number;
  vectors?: string;
  sequence?: number;
  epochs?: number;
  batchNorm?: boolean;
  set: Record<string, string>;
  backend: string;
  id?: string;
  title?: string;
  overwrite?: boolean;
  json?: boolean;
  quiet?: boolean;
}

/** `embedscope train imdb`: learns words from the labelled reviews of IMDB and writes a run. */
export function imdbCommand(): Command {
  return new Command('imdb')
    .description('learn words from film reviews and whether they praise or blame')
    .addOption(
      new Option('--model <name>', 'what to train')
        .choices(Object.keys(REVIEW_MODELS))
        .default(DEFAULT_REVIEW_MODEL),
    )
    .option(
      '--data <path>',
      'aclImdb_v1.tar.gz, or the folder unpacked from it; without it the archive is downloaded once and kept in the cache',
    )
    .option('--out <folder>', 'where to write the run (default: runs/ID)')
    .option(
      '--words <n>',
      'how many words the run holds, the most frequent first',
      number('a whole number from 1', (n) => Number.isInteger(n) && n >= 1),
      5_000,
    )
    .option(
      '--seed <n>',
      'draws the start and the order of training',
      number('a whole number from 0 to 4294967295', isSeed),
      1,
    )
    .option('--vectors <run>', `a run of words whose vectors a net starts from: ${RUN_ARGUMENT}`)
    .option(
      '--sequence <n>',
      'how many words of a review a net reads, the last ones',
      number('a whole number from 2', (n) => Number.isInteger(n) && n >= 2),
    )
    .option(
      '--epochs <n>',
      'passes over the training reviews',
      number('a whole number from 1', (n) => Number.isInteger(n) && n >= 1),
    )
    .option('--batch-norm', "batch normalisation after a net's dense and convolution layers")
    .option('--set <name=value>', "another of the model's hyperparameters", collect, {})
    .addOption(
      new Option(
        '--backend <name>',
        "what computes: a graphics card, or with wasm the nets' own kernels",
      )
        .choices(['auto', 'cuda', 'webgpu', 'webgpu-software', 'tensorflow', 'wasm'])
        .default('auto'),
    )
    .option('--id <id>', "the run's id (default: the name of its folder)")
    .option('--title <text>', "the run's title")
    .option('--overwrite', 'replace a run that is there already')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .action(async (options: ImdbOptions) => {
      await interruptible((signal) => trainImdb(options, signal));
    });
}

async function trainImdb(options: ImdbOptions, signal: AbortSignal): Promise<void> {
  const { seed } = options;
  const model = await REVIEW_MODELS[options.model]();
  const hyperparameters = model.parse(chosen(model, options));
  checkBackend(model, options.backend);
  const vectors = await openVectors(model, hyperparameters, 'dimensions' in options.set);
  const variant = model.name + (options.batchNorm ? '-batch-norm' : '');
  const { id, folder } = place(options, `imdb-${variant}-seed${seed}`);
  await checkOutFolder(folder, options.overwrite ?? false);

  const progress = showProgress({ quiet: options.quiet });
  const data = await openImdb(options.data, {
    signal,
    onProgress: (done, total, label) => progress.update(done, total, label),
  }).finally(() => progress.stop());
  data.notices.forEach((notice) => progress.note(`note: ${notice}`));
  const { corpus } = data;
  const advice = `Try a lower learning rate (--set learningRate=...${'vectorRate' in hyperparameters ? ' or vectorRate=...' : ''})`;
  const training = await descend(options.backend, progress, async (failed) => {
    const card = await graphicsCard(model, options.backend, signal, failed);
    const trainer = await model.create(corpus, hyperparameters, seed, vectors, 'name' in card);
    const { notices = [], layers } = trainer;
    const backend = 'name' in card ? card.name : (trainer.backend ?? 'javascript');
    notices.forEach((notice) => progress.note(`note: ${notice}`));
    progress.note(
      `training ${model.name} on ${formatNumber(corpus.train.labels.length)} reviews (${backend})`,
    );
    const watch = 'name' in card ? card.watch : undefined;
    const trained = await train(trainer, { progress, signal, advice, watch });
    return { ...trained, card, backend, layers };
  });
  const { curves, learnt, seconds, samples, card, backend, layers } = training;
  const items = wordItems(corpus, learnt.itemFactors, options.words);
  if (items.ids.length < options.words) {
    const all = items.ids.length === corpus.vocabulary.words.length;
    progress.note(
      all
        ? `note: the training reviews have only ${formatNumber(items.ids.length)} different words, and the run holds them all`
        : `note: ${model.name} tells ${formatNumber(items.ids.length)} words apart, and the run holds them all`,
    );
  }
  const samplesPerSecond = samples / seconds;
  const { metrics } = learnt;
  const manifest: Omit<Manifest, 'files'> = {
    schemaVersion: SCHEMA_VERSION,
    id,
    title: options.title ?? `${model.name} on IMDB reviews, seed ${seed}`,
    kind: 'words',
    dimensions: items.vectors.columns,
    count: items.ids.length,
    created: new Date().toISOString(),
    dataset: data.dataset,
    model: {
      name: model.name,
      description: model.description,
      hyperparameters,
      seed,
      layers,
    },
    training: {
      backend,
      device: 'name' in card ? card.device : (cpus()[0]?.model ?? process.arch),
      ...(Object.keys(card.passedOver).length > 0 && { passedOver: card.passedOver }),
      seconds,
      samplesPerSecond,
      loss: model.loss,
      software: { ...versions(), ...('name' in card && card.software) },
      curves,
    },
    metrics: {
      split: `the data set's own ${formatNumber(corpus.test.labels.length)} test reviews`,
      values: metrics,
    },
    maps: [],
  };
  await writeRun(folder, { manifest, items }, { overwrite: options.overwrite, signal });

  if (options.json) {
    printJson({ run: folder, metrics, seconds, samplesPerSecond, backend });
  } else {
    console.log(summary(manifest, data, folder));
  }
}

function checkBackend(model: ReviewModel, backend: string): void {
  if (!model.usesTensors && backend !== 'auto') {
    throw new InputError(
      `--backend ${backend} is not for the model ${model.name}, which computes in a kernel of its own; leave it out`,
    );
  }
}

/** The graphics card that a net computes on, or why its own kernels on the processor do. */
async function graphicsCard(
  model: ReviewModel,
  requested: string,
  signal: AbortSignal,
  failed: Readonly<Record<string, string>>,
): Promise<Backend | Pick<Backend, 'passedOver'>> {
  if (!model.usesTensors || requested === 'wasm') return { passedOver: {} };
  const { chooseBackend, nodePlatform } = await import('../../src/lib/train/backend.node.ts');
  const chosen = await chooseBackend(requested, nodePlatform({ signal }), failed);
  if (signal.aborted) throw new Stopped();
  return chosen.name === 'wasm' ? { passedOver: chosen.passedOver } : chosen;
}

/** The hyperparameters that options of their own and --set name. */
function chosen(model: ReviewModel, options: ImdbOptions): Hyperparameters {
  const { vectors, sequence, epochs, batchNorm } = options;
  const own = [
    ['vectors', vectors, '--vectors'],
    ['sequence', sequence, '--sequence'],
    ['epochs', epochs, '--epochs'],
    ['batchNorm', batchNorm, '--batch-norm'],
  ] as const;
  const given: Hyperparameters = settings(model, options.set);
  for (const [name, value, option] of own) {
    if (value !== undefined) given[known(model, name, option)] = value;
  }
  return given;
}

/**
 * The run that the hyperparameters name as `vectors`, which from then on holds its id, and `dimensions` its width.
 *
 * @param isWidthGiven whether `dimensions` was asked for, so that the run has to have it
 */
async function openVectors(
  model: ReviewModel,
  hyperparameters: Hyperparameters,
  isWidthGiven: boolean,
): Promise<Run | undefined> {
  const { vectors, dimensions } = hyperparameters;
  if (model.vectors === 'none') return undefined;
  if (vectors === NO_VECTORS) {
    if (model.vectors === 'optional') return undefined;
    throw new InputError(
      `${model.name} starts from the vectors of another run: name a run of words with --vectors`,
    );
  }
  const run = await openRun(String(vectors));
  const { columns } = run.items.vectors;
  if (isWidthGiven && columns !== dimensions) {
    throw new InputError(
      `--vectors ${run.manifest.id}: its vectors have ${columns} numbers, and --set dimensions asks for ${String(dimensions)} (leave dimensions out, or name another run)`,
    );
  }
  hyperparameters.vectors = run.manifest.id;
  hyperparameters.dimensions = columns;
  return run;
}

function summary(
  { model, training, metrics, count }: Omit<Manifest, 'files'>,
  { corpus }: Imdb,
  folder: string,
): string {
  const figure = (name: string) => formatFixed(metrics.values[name], 4);
  const speed = formatNumber(Math.round(training.samplesPerSecond ?? 0));
  return [
    `Trained ${model.name} on ${formatNumber(corpus.train.labels.length)} reviews in ${formatSeconds(training.seconds)} (${speed} reviews/s, ${training.backend}).`,
    `On ${formatNumber(corpus.test.labels.length)} test reviews: accuracy ${figure('accuracy')}` +
      ('vectorsAccuracy' in metrics.values
        ? `; the word vectors alone ${figure('vectorsAccuracy')}.`
        : '.'),
    `For comparison, accuracy ${figure('baselineMajorityAccuracy')} of the more frequent label, ${figure('baselineNaiveBayesAccuracy')} of naive Bayes on single words.`,
    `Written to ${folder}: ${formatNumber(count)} words.`,
    '',
    'Next:',
    `  npx embedscope neighbours ${folder} terrible`,
    '  npm start',
  ].join('\n');
}
