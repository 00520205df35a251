/**
 * `npm run ship-runs -- --data FOLDER`: trains the runs that ship with the project, anew, into static/runs.
 * FOLDER is MovieLens ml-latest-small of September 2018; without it the data is downloaded.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runs = [
  { id: 'mf-seed1', title: 'Matrix factorisation, seed 1', args: ['--model', 'mf', '--seed', '1'] },
  { id: 'mf-seed2', title: 'Matrix factorisation, seed 2', args: ['--model', 'mf', '--seed', '2'] },
  { id: 'dot-bias-seed1', title: 'Dot product with biases', args: ['--model', 'dot-bias'] },
  { id: 'nn-seed1', title: 'Neural net', args: ['--model', 'nn'] },
  { id: 'nn-bn-seed1', title: 'Neural net, batch norm', args: ['--model', 'nn', '--batch-norm'] },
].map(({ id, title, args }) => ({
  id: `movielens-${id}`,
  args: [...args, '--title', title],
}));

for (const { id, args } of runs) {
  const command = ['scripts/embedscope.mjs', 'train', 'movielens', ...args, '--id', id];
  const { status } = spawnSync(
    process.execPath,
    [...command, '--out', `static/runs/${id}`, '--overwrite', ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
