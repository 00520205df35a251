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
import type { Trainer } from '../../src/lib/train/types.ts';
import { drawnRatings, drawnReviews, FULL, QUICK, tasks, type Task } from './tasks.ts';

/** What a task took on a rung. */
export interface Measured {
  task: string;
  samples: number;
  /** Of training alone, by epoch. */
  seconds: number[];
  /** On what was held back, by epoch. */
  losses: number[];
  /** Of the labels held back told, after the last epoch. */
  accuracy?: number;
}

const [mode, most, rung, ...urls] = process.argv.slice(2);
const isQuick = mode === 'quick';
const size = isQuick ? QUICK : FULL;
const { epochs } = size;
const limit = Number(most);
await startRung(rung, urls);
const watch = rung === 'wasm' ? undefined : watchOptional(rung as OptionalRung);

async function openRatings() {
  const count = Math.min(size.ratings, limit);
  if (!process.env.MOVIELENS || isQuick) return drawnRatings(count, size);
  const { ratings } = await openMovieLens(process.env.MOVIELENS);
  const split = randomSplit(ratings.values.length, random(1));
  return { ratings, split: { ...split, train: split.train.subarray(0, count) } };
}

const opened: {
  ratings?: ReturnType<typeof openRatings>;
  reviews?: ReturnType<typeof drawnReviews>;
} = {};

async function trainerOf({ model, of, settings }: Task): Promise<Trainer> {
  const given = { ...settings, epochs };
  if (of === 'ratings') {
    const { ratings, split } = await (opened.ratings ??= openRatings());
    return (await MOVIE_MODELS[model]()).create(ratings, split, given, 1);
  }
  opened.reviews ??= drawnReviews(Math.min(size.reviews, limit));
  const reviewModel = await REVIEW_MODELS[model]();
  const onTensors = rung !== 'wasm';
  return reviewModel.create(opened.reviews, reviewModel.parse(given), 1, undefined, onTensors);
}

async function measure(task: Task): Promise<Measured> {
  const trainer = await trainerOf(task);
  const measured: Measured = {
    task: task.name,
    samples: trainer.samplesPerEpoch,
    seconds: [],
    losses: [],
  };
  for (let k = 0; k < epochs; k++) {
    const start = performance.now();
    let end = start;
    const epoch = await trainer.epoch({
      // It is told of the last batch once its loss has been read.
      onProgress: (done, total) => (end = done === total ? performance.now() : end),
    });
    await watch?.settle();
    measured.seconds.push((end - start) / 1000);
    measured.losses.push(epoch!.validationLoss!);
    measured.accuracy = epoch!.metrics?.accuracy;
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
