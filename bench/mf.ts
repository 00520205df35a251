/**
 * Ratings per second of the factorisation kernel: plain gradient descent and sweeps with implicit feedback,
 * compiled and in plain JavaScript, on MovieLens ratings (`MOVIELENS` names a folder or zip; without it
 * ml-latest-small is downloaded). The four take turns in one process; a figure is the median of its rounds,
 * in processor time, since that is what "on one core" means on a machine that does other things too. Drawing
 * the order of the ratings is part of it.
 */
import { random } from '../src/lib/math/random.ts';
import { implicitFactors } from '../src/lib/train/mf/implicitFactors.ts';
import { defaults } from '../src/lib/train/mf/options.ts';
import { plainFactors } from '../src/lib/train/mf/plainFactors.ts';
import { openMovieLens } from '../src/lib/train/movielens/movielens.node.ts';
import type { Result } from './run.ts';

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const { ratings } = await openMovieLens(process.env.MOVIELENS?.split(',')[0]);
  const n = ratings.values.length;
  const all = Int32Array.from({ length: n }, (_, k) => k);
  const rounds = quick ? 3 : 11;
  const passes = 4;
  const results: Result[] = [];
  for (const factors of quick ? [50] : [50, 200]) {
    const options = { ...defaults, factors };
    const peers = await Promise.all(
      [
        { name: 'sgd, kernel', train: plainFactors, plain: false },
        { name: 'sgd, plain JavaScript', train: plainFactors, plain: true },
        { name: 'implicit sweeps, kernel', train: implicitFactors, plain: false },
        { name: 'implicit sweeps, plain JavaScript', train: implicitFactors, plain: true },
      ].map(async ({ name, train, plain }) => ({
        name,
        seconds: [] as number[],
        model: await train(ratings, all, 3, options, random(1), { plain }),
      })),
    );
    for (let round = -1; round < rounds; round++) {
      for (const { model, seconds } of peers) {
        const start = process.cpuUsage();
        for (let pass = 0; pass < passes; pass++) await model.pass(0.01);
        // The first round warms up.
        const { user, system } = process.cpuUsage(start);
        if (round >= 0) seconds.push((user + system) / 1e6 / passes);
      }
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
    const ours = [median(peers[0].seconds), median(peers[2].seconds)];
    peers.forEach(({ name, seconds }, i) => {
      const middle = median(seconds);
      results.push({
        name,
        n,
        d: factors,
        seconds: middle,
        ratioToOurs: middle / ours[i >> 1],
        quality: {
          millionRatingsPerSecond: n / middle / 1e6,
          slowest: n / seconds[seconds.length - 1] / 1e6,
          fastest: n / seconds[0] / 1e6,
        },
      });
    });
  }
  return { results };
}
