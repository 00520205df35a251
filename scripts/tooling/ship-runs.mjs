/**
 * `npm run ship-runs -- [--movielens PATH] [--imdb FILE] [--glove FILE] [ID...]`: makes the runs that ship with the
 * project anew, into static/runs; all of them, or those that are named. MovieLens is ml-latest-small of September
 * 2018, IMDB aclImdb_v1.tar.gz, GloVe glove.6B.zip; the first two are downloaded when no path is given.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    movielens: { type: 'string' },
    imdb: { type: 'string' },
    glove: { type: 'string' },
  },
});
const dataOf = (name) => (values[name] === undefined ? [] : ['--data', values[name]]);
const movies = (id, title, args) => ({
  id: `movielens-${id}`,
  title,
  make: ['train', 'movielens', ...dataOf('movielens'), ...args],
});

const runs = [
  movies('mf-seed1', 'Matrix factorisation, seed 1', ['--model', 'mf', '--seed', '1']),
  movies('mf-seed2', 'Matrix factorisation, seed 2', ['--model', 'mf', '--seed', '2']),
  movies('dot-bias-seed1', 'Dot product with biases', ['--model', 'dot-bias']),
  movies('nn-seed1', 'Neural net', ['--model', 'nn']),
  movies('nn-bn-seed1', 'Neural net, batch norm', ['--model', 'nn', '--batch-norm']),
  ...[1, 2, 3, 4, 5].map((seed) =>
    movies(`mf-small-seed${seed}`, `Ten factors, seed ${seed}`, [
      ...['--model', 'mf', '--factors', '10', '--keep', '1000', '--seed', String(seed)],
    ]),
  ),
  {
    id: 'glove-6b-50d',
    title: 'GloVe 6B, 20,000 words',
    make: ['import', values.glove ?? 'glove.6B.zip', '--dimensions', '50', '--words', '20000'],
  },
  {
    id: 'imdb-glove-50d',
    title: 'GloVe on film reviews, 20,000 words',
    make: ['train', 'glove', '--corpus', 'imdb', ...dataOf('imdb'), '--words', '20000'],
  },
  {
    id: 'imdb-conv-seed1',
    title: 'Convolutional net on film reviews',
    make: ['train', 'imdb', ...dataOf('imdb'), '--model', 'conv', '--seed', '1'],
  },
];

const unknown = positionals.find((id) => runs.every((run) => run.id !== id));
if (unknown !== undefined) {
  console.error(`there is no run ${unknown} (there are ${runs.map(({ id }) => id).join(', ')})`);
  process.exit(2);
}
for (const { id, title, make } of runs) {
  if (positionals.length > 0 && !positionals.includes(id)) continue;
  const folder = `static/runs/${id}`;
  embedscope([...make, '--title', title, '--id', id, '--out', folder, '--overwrite']);
  embedscope(['map', folder]);
}

function embedscope(args) {
  console.error(`embedscope ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, ['scripts/embedscope.mjs', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
