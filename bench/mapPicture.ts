/**
 * `node --import tsx bench/mapPicture.ts words N OUT.png`, or `digits`, or `movies`: maps the first N of glove.6B's words
 * (`GLOVE` names glove.6B.zip), of MNIST's images (`MNIST` names the folder of its files), or of the movies of a run that
 * ships, by t-SNE at its defaults, draws the map, coloured by digit or by k-means' eight clusters, and prints what it took.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { nodeTeam } from '../src/lib/kernels/team.node.ts';
import { createTsne } from '../src/lib/kernels/tsne/tsne.ts';
import { kmeans } from '../src/lib/math/kmeans.ts';
import { matrix, type Matrix } from '../src/lib/math/matrix.ts';
import { random } from '../src/lib/math/random.ts';
import { folderSource } from '../src/lib/run/folder.node.ts';
import { readRun } from '../src/lib/run/read.ts';
import { launchBrowser } from '../scripts/tooling/browser.mjs';
import { readDigits, readRows } from './tsne.ts';

const SIZE = 720;
const ITERATIONS = 1_000;
/** Okabe and Ito's eight, and two more for the last digits. */
const COLOURS =
  '#0072b2 #d55e00 #009e73 #cc79a7 #56b4e9 #e69f00 #8a7f00 #000000 #8c564b #7f7f7f'.split(' ');

const [what, count, out] = process.argv.slice(2);
const n = Number(count);
const readers: Record<string, (n: number) => Promise<Matrix | undefined>> = {
  words: readRows,
  digits: async (most) => readDigits(most),
  movies: readMovies,
};
if (!readers[what] || !(n > 0) || !out) {
  console.error(
    'mapPicture: expected "words", "digits" or "movies", how many, and the picture to write',
  );
  process.exit(2);
}
const rows = await readers[what](n);
if (!rows) {
  console.error('mapPicture: MNIST is to name the folder of its files');
  process.exit(2);
}
const groups = what === 'digits' ? labels(n) : clusters(rows);
const began = performance.now();
const tsne = await createTsne(rows, { team: nodeTeam() });
const prepared = performance.now();
tsne.step(ITERATIONS);
const ended = performance.now();
const { rss } = process.memoryUsage();
console.log(
  `${rows.rows} ${what}: ${seconds(prepared - began)} s for neighbours and affinities, ${seconds(ended - prepared)} s for ` +
    `${ITERATIONS} iterations, KL ${tsne.klDivergence().toFixed(3)}, ${Math.round(rss / 2 ** 20)} MiB resident`,
);
await draw(tsne.points);
tsne.close();

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

async function readMovies(most: number): Promise<Matrix> {
  const folder = fileURLToPath(new URL('../static/runs/movielens-mf-seed1', import.meta.url));
  const { vectors } = (await readRun(folderSource(folder))).items;
  const kept = Math.min(most, vectors.rows);
  return matrix(kept, vectors.columns, vectors.data.subarray(0, kept * vectors.columns));
}

function clusters(m: Matrix): ArrayLike<number> {
  return kmeans(m, 8, { random: random(1), iterations: 20 }).assignment;
}

function labels(most: number): Uint8Array {
  const parts = ['train', 't10k'].map((part) =>
    gunzipSync(readFileSync(join(process.env.MNIST!, `${part}-labels-idx1-ubyte.gz`))).subarray(8),
  );
  return new Uint8Array(Buffer.concat(parts).subarray(0, most));
}

/** Draws the points on a canvas of a browser; the more there are, the fainter and smaller. */
async function draw(points: Float32Array): Promise<void> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  const radius = Math.max(0.7, 130 / Math.sqrt(points.length / 2));
  const shown = { points: Array.from(points), groups: Array.from(groups), radius, COLOURS, SIZE };
  await page.setContent(`<body style="margin:0"><canvas width=${SIZE} height=${SIZE}>`);
  // As text: the transpiler's helpers are not there.
  await page.evaluate(`(({ points, groups, radius, COLOURS, SIZE }) => {
    const pen = document.querySelector('canvas').getContext('2d');
    let most = 0;
    for (const value of points) most = Math.max(most, Math.abs(value));
    const scale = (SIZE / 2 - 8) / most;
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, SIZE, SIZE);
    pen.globalAlpha = 0.5;
    for (let i = 0; i < groups.length; i++) {
      pen.fillStyle = COLOURS[groups[i]];
      const x = SIZE / 2 + scale * points[2 * i] - radius;
      const y = SIZE / 2 - scale * points[2 * i + 1] - radius;
      pen.fillRect(x, y, 2 * radius, 2 * radius);
    }
  })(${JSON.stringify(shown)})`);
  await page.screenshot({ path: out });
  await browser.close();
}
