/**
 * Ratings per second of the lesson's models on the WASM rung, in training, validation not counted: drawn at
 * random in the shape of ml-latest-small's 2016 release, at the lesson's settings and at larger batches. The
 * models take turns in one process; a figure is the median of its epochs.
 */
import { performance } from 'node:perf_hooks';
import { random } from '../src/lib/math/random.ts';
import { chooseBackend } from '../src/lib/train/backend.node.ts';
import { dot, dotBias, nn } from '../src/lib/train/lesson/lesson.ts';
import type { Hyperparameters, MovieModel, Ratings } from '../src/lib/train/types.ts';
import type { Result } from './run.ts';

const USERS = 671;
const MOVIES = 9_066;

/** Ratings whose users and movies are as unevenly frequent as in MovieLens, roughly. */
function synthetic(count: number): Ratings {
  const { uniform } = random(1);
  const skewed = (n: number) => Math.floor(n * uniform() ** 3);
  return {
    users: Int32Array.from({ length: count }, () => skewed(USERS)),
    movies: Int32Array.from({ length: count }, () => skewed(MOVIES)),
    values: Float32Array.from({ length: count }, () => 0.5 + Math.floor(10 * uniform()) / 2),
    timestamps: new Float64Array(count),
    userIds: Array.from({ length: USERS }, (_, k) => String(k)),
    movieIds: Array.from({ length: MOVIES }, (_, k) => String(k)),
  };
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  await chooseBackend('wasm');
  const count = quick ? 10_000 : 80_000;
  const rounds = quick ? 2 : 5;
  const ratings = synthetic(count);
  const split = {
    train: Int32Array.from({ length: count }, (_, k) => k),
    validation: new Int32Array(),
  };
  const peers: [string, MovieModel, Hyperparameters][] = [
    ['dot', dot, {}],
    ['dot-bias', dotBias, {}],
    ['nn', nn, {}],
    ['nn, batch norm', nn, { batchNorm: true }],
    ['dot-bias, batch 1,024', dotBias, { batch: 1024 }],
    ['nn, batch 1,024', nn, { batch: 1024 }],
  ];
  const trained = [];
  for (const [name, model, given] of peers) {
    // The first epoch warms up.
    const epochs = rounds + 1;
    const trainer = await model.create(ratings, split, { ...given, epochs }, 1);
    trained.push({ name, trainer, seconds: [] as number[] });
  }
  for (let round = -1; round < rounds; round++) {
    for (const { trainer, seconds } of trained) {
      const start = performance.now();
      await trainer.epoch({});
      if (round >= 0) seconds.push((performance.now() - start) / 1000);
    }
  }
  const results = trained.map(({ name, trainer, seconds }): Result => {
    trainer.dispose();
    const sorted = seconds.sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1];
    return {
      name,
      n: count,
      d: 50,
      seconds: median,
      quality: {
        ratingsPerSecond: Math.round(count / median),
        slowest: Math.round(count / sorted[sorted.length - 1]),
        fastest: Math.round(count / sorted[0]),
      },
    };
  });
  return { results };
}
