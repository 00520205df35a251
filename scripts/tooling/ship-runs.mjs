/**
 * `npm run ship-runs -- --data FOLDER`: trains the runs that ship with the project, anew, into static/runs.
 * FOLDER is MovieLens ml-latest-small of September 2018; without it the data is downloaded.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runs = [
  { id: 'movielens-mf-seed1', args: ['--model', 'mf', '--seed', '1'] },
  { id: 'movielens-mf-seed2', args: ['--model', 'mf', '--seed', '2'] },
  { id: 'movielens-dot-bias-seed1', args: ['--model', 'dot-bias', '--seed', '1'] },
  { id: 'movielens-nn-seed1', args: ['--model', 'nn', '--seed', '1'] },
  { id: 'movielens-nn-bn-seed1', args: ['--model', 'nn', '--seed', '1', '--batch-norm'] },
];

for (const { id, args } of runs) {
  const command = ['scripts/embedscope.mjs', 'train', 'movielens', ...args, '--id', id];
  const { status } = spawnSync(
    process.execPath,
    [...command, '--out', `static/runs/${id}`, '--overwrite', ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
