/**
 * Runs in a child process: trains the tasks of ./tasks.ts on one rung and prints a line of JSON for each as it is done.
 * Arguments: `full` or `quick`, the most samples, the rung, and the URLs of its packages.
 */
import { MOVIE_MODELS, REVIEW_MODELS } from '../../src/lib/train/models.ts';
import { openMovieLens } from '../../src/lib/train/movielens/movielens.node.ts';
import { randomSplit } from '../../src/lib/train/movielens/split.ts';
import { random } from '../../src/lib/math/random.ts';
import { watchOptional, type OptionalRung } from '../../src/lib/train/optional.node.ts';
import { startRung } from '../../src/lib/train/startRung.node.ts';
import type { Corpus, TokenisedReviews } from '../../src/lib/train/imdb/types.ts';
import type { Ratings, Split, Trainer } from '../../src/lib/train/types.ts';
import { drawnRatings, drawnReviews, FULL, QUICK, tasks, type Task } from './tasks.ts';

/** What a task took on a rung. */
export interface Measured {
  task: string;
  samples: number;
  /** What a training on a few samples comes to: on what was held back, after its only epoch. */
  start: number;
  /** Of training alone, by epoch. */
  seconds: number[];
  /** The same in seconds of all processors together, which other work beside it does not change. */
  processorSeconds: number[];
  /** On what was trained on, and on what was held back, by epoch. */
  trainLosses: number[];
  losses: number[];
  /** Of the labels held back told, after the last epoch. */
  accuracy?: number;
}

const [mode, most, rung, ...urls] = process.argv.slice(2);
const isQuick = mode === 'quick';
const size = isQuick ? QUICK : FULL;
const { epochs } = size;
/** Samples of the short training. */
const START = isQuick ? 32 : 1_280;
const limit = Number(most);
await startRung(rung, urls);
const watch = rung === 'wasm' ? undefined : watchOptional(rung as OptionalRung);

interface Data {
  ratings: { ratings: Ratings; split: Split };
  reviews: Corpus;
}

async function openRatings(): Promise<Data['ratings']> {
  const count = Math.min(size.ratings, limit);
  if (!process.env.MOVIELENS || isQuick) return drawnRatings(count, size);
  const { ratings } = await openMovieLens(process.env.MOVIELENS);
  const split = randomSplit(ratings.values.length, random(1));
  return { ratings, split: { ...split, train: split.train.subarray(0, count) } };
}

const opened: Partial<Data> = {};

async function open(): Promise<Data> {
  opened.ratings ??= await openRatings();
  opened.reviews ??= drawnReviews(Math.min(size.reviews, limit), isQuick);
  return opened as Data;
}

/** Few enough that rounding has no time to grow. */
function few({ ratings: { ratings, split }, reviews }: Data): Data {
  const cut = ({ words, starts, labels }: TokenisedReviews) => ({
    words,
    starts: starts.subarray(0, START + 1),
    labels: labels.subarray(0, START),
  });
  return {
    ratings: {
      ratings,
      split: {
        train: split.train.subarray(0, START),
        validation: split.validation.subarray(0, START),
      },
    },
    reviews: { ...reviews, train: cut(reviews.train), test: cut(reviews.test) },
  };
}

async function trainerOf({ model, of, settings }: Task, data: Data): Promise<Trainer> {
  const given = { ...settings, epochs };
  if (of === 'ratings') {
    const { ratings, split } = data.ratings;
    return (await MOVIE_MODELS[model]()).create(ratings, split, given, 1);
  }
  const reviewModel = await REVIEW_MODELS[model]();
  const onTensors = rung !== 'wasm';
  return reviewModel.create(data.reviews, reviewModel.parse(given), 1, undefined, onTensors);
}

/** The seconds of training alone, and the epoch. */
async function epochOf(trainer: Trainer) {
  const start = performance.now();
  const before = process.cpuUsage();
  let seconds = NaN;
  let used = before;
  const epoch = await trainer.epoch({
    onProgress(done, total) {
      if (done < total) return;
      // It is told of the last batch once its loss has been read.
      seconds = (performance.now() - start) / 1000;
      used = process.cpuUsage(before);
    },
  });
  await watch?.settle();
  return { seconds, processorSeconds: (used.user + used.system) / 1e6, epoch: epoch! };
}

async function measure(task: Task): Promise<Measured> {
  const data = await open();
  const short = await trainerOf(task, few(data));
  const { epoch: first } = await epochOf(short);
  short.dispose();
  const trainer = await trainerOf(task, data);
  const measured: Measured = {
    task: task.name,
    samples: trainer.samplesPerEpoch,
    start: first.validationLoss!,
    seconds: [],
    processorSeconds: [],
    trainLosses: [],
    losses: [],
  };
  for (let k = 0; k < epochs; k++) {
    const { seconds, processorSeconds, epoch } = await epochOf(trainer);
    measured.seconds.push(seconds);
    measured.processorSeconds.push(processorSeconds);
    measured.trainLosses.push(epoch.trainLoss);
    measured.losses.push(epoch.validationLoss!);
    measured.accuracy = epoch.metrics?.accuracy;
  }
  trainer.dispose();
  return measured;
}

for (const task of tasks(isQuick, rung)) {
  try {
    console.log(JSON.stringify(await measure(task)));
  } catch (error) {
    console.log(JSON.stringify({ task: task.name, failure: String(error) }));
  }
}
// What WebGPU leaves running would keep the process from ending.
process.exit(0);
