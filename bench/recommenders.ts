/**
 * `mf` against scikit-surprise's models at their defaults: error on the same held-out ratings, and seconds
 * of training, on MovieLens (`MOVIELENS` names a folder or zip). `EMBEDSCOPE_PYTHON` names a Python with
 * scikit-surprise (default: python3); where it is missing the table says so.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { random } from '../src/lib/math/random.ts';
import { mf } from '../src/lib/train/mf/mf.ts';
import { openMovieLens } from '../src/lib/train/movielens/movielens.node.ts';
import { randomSplit } from '../src/lib/train/movielens/split.ts';
import type { Ratings, Split } from '../src/lib/train/types.ts';
import type { Result } from './run.ts';

interface Trained {
  name: string;
  seconds: number;
  mse: number;
}

async function ours(ratings: Ratings, split: Split, seed: number): Promise<Trained> {
  const start = performance.now();
  const trainer = await mf.create(ratings, split, {}, seed);
  // Surprise does not measure while it trains; ours measures after each epoch, which counts here.
  while (await trainer.epoch({}));
  const { metrics } = await trainer.learnt();
  trainer.dispose();
  return { name: 'mf, 50 factors', seconds: (performance.now() - start) / 1000, mse: metrics.mse };
}

/** What Surprise makes of the same split; the reason when it cannot be asked. */
function peers(ratings: Ratings, split: Split, seed: number): Trained[] | string {
  const folder = mkdtempSync(join(tmpdir(), 'embedscope-bench-'));
  const write = (name: string, indices: Int32Array) => {
    const lines = Array.from(
      indices,
      (k) => `${ratings.users[k]},${ratings.movies[k]},${ratings.values[k]}`,
    );
    writeFileSync(join(folder, name), lines.join('\n') + '\n');
    return join(folder, name);
  };
  try {
    const output = execFileSync(
      process.env.EMBEDSCOPE_PYTHON ?? 'python3',
      [
        fileURLToPath(new URL('peers/surprise_peers.py', import.meta.url)),
        write('train.csv', split.train),
        write('test.csv', split.validation),
        String(seed),
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const { version, results } = JSON.parse(output) as { version: string; results: Trained[] };
    return results.map((peer) => ({ ...peer, name: `Surprise ${version} ${peer.name}` }));
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split('\n')
      .at(-1)!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const { ratings } = await openMovieLens(process.env.MOVIELENS?.split(',')[0]);
  const n = ratings.values.length;
  const trained = new Map<string, Trained[]>();
  let missing: string | undefined;
  // A first training warms the engine up.
  await ours(ratings, randomSplit(n, random(0)), 0);
  for (const seed of quick ? [1] : [1, 2, 3]) {
    const split = randomSplit(n, random(seed));
    const others = peers(ratings, split, seed);
    if (typeof others === 'string') missing = others;
    const measured = [await ours(ratings, split, seed)].concat(
      typeof others === 'string' ? [] : others,
    );
    for (const one of measured) trained.set(one.name, [...(trained.get(one.name) ?? []), one]);
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const seconds = (name: string) => median(trained.get(name)!.map((one) => one.seconds));
  const results: Result[] = [...trained].map(([name, all]) => ({
    name,
    n,
    seconds: seconds(name),
    ratioToOurs: seconds(name) / seconds('mf, 50 factors'),
    quality: { meanMse: mean(all.map(({ mse }) => mse)) },
  }));
  if (missing) results.push({ name: `scikit-surprise is missing: ${missing}`, seconds: NaN });
  return { results };
}
