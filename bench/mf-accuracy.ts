/**
 * Error of a default `mf` on the 20 % that it never sees, seeds 1 to 5 (each draws its split), and the seconds
 * of a whole training, search included. `MOVIELENS` names one or more folders or zips, separated by commas;
 * without it ml-latest-small is downloaded. Beside it: the same without implicit feedback, and no factors at all.
 */
import { performance } from 'node:perf_hooks';
import { random } from '../src/lib/math/random.ts';
import { baselines } from '../src/lib/train/movielens/baselines.ts';
import { openMovieLens } from '../src/lib/train/movielens/movielens.node.ts';
import { randomSplit } from '../src/lib/train/movielens/split.ts';
import { mf } from '../src/lib/train/mf/mf.ts';
import type { Hyperparameters, Ratings, Split } from '../src/lib/train/types.ts';
import type { Result } from './run.ts';

/** The settings that suit plain gradient descent (found like the defaults, see docs/mf.md). */
const withoutImplicit: Hyperparameters = {
  implicitFeedback: false,
  epochs: 80,
  learningRate: 0.02,
  initialScale: 0.1,
  biasRate: 1,
  userPenalty: 0.1,
  moviePenalty: 0.1,
  userBiasPenalty: 0.05,
  movieBiasPenalty: 0.05,
};

async function train(ratings: Ratings, split: Split, given: Hyperparameters, seed: number) {
  const start = performance.now();
  const trainer = await mf.create(ratings, split, given, seed);
  while (await trainer.epoch({}));
  const { metrics } = await trainer.learnt();
  trainer.dispose();
  return { mse: metrics.mse, seconds: (performance.now() - start) / 1000 };
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const results: Result[] = [];
  for (const path of process.env.MOVIELENS?.split(',') ?? [undefined]) {
    const { ratings, dataset } = await openMovieLens(path);
    const n = ratings.values.length;
    const seeds = quick ? [1] : [1, 2, 3, 4, 5];
    const splits = seeds.map((seed) => randomSplit(n, random(seed)));
    const models: [string, Hyperparameters][] = [
      ['mf', {}],
      ['mf, 200 factors', { factors: 200 }],
      ['mf, no implicit feedback', withoutImplicit],
    ];
    let ours = NaN;
    for (const [name, given] of models) {
      const trained = [];
      for (const [i, seed] of seeds.entries()) {
        trained.push(await train(ratings, splits[i], given, seed));
      }
      const seconds = trained.map((one) => one.seconds).sort((a, b) => a - b)[seeds.length >> 1];
      if (name === 'mf') ours = seconds;
      const mses = trained.map(({ mse }) => mse);
      results.push({
        name: `${name}, ${dataset.release}`,
        n,
        d: Number(given.factors ?? mf.defaults.factors),
        seconds,
        ratioToOurs: seconds / ours,
        quality: {
          meanMse: mean(mses),
          ...Object.fromEntries(seeds.map((seed, i) => [`seed${seed}`, mses[i]])),
        },
      });
    }
    const offsets = splits.map((split) => baselines(ratings, split).offsets.mse);
    results.push({
      name: `offsets alone, ${dataset.release}`,
      n,
      seconds: NaN,
      quality: { meanMse: mean(offsets) },
    });
  }
  return { results };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
