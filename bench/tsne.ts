/**
 * t-SNE from the rows to the map, ours against others on the same rows, all with as many threads as there are cores where
 * they can have more than one: glove.6B's most frequent words (`GLOVE` names glove.6B.zip), or without it a mixture of
 * Gaussians of the same size, and MNIST's images reduced to 50 components (`MNIST` names the folder of its files). In
 * seconds of a clock; the processor's are beside them. The maps of all are judged alike: by the KL divergence of our
 * affinities, and by trustworthiness at 12.
 *
 * tsne-js is part of the project, and gets few iterations, for it takes minutes. The others are looked for:
 * `scran.js` and `@saehrimnir/druidjs` in the folder that `EMBEDSCOPE_PEERS` names (made by `npm i` there) or here,
 * openTSNE and scikit-learn in the Python that `EMBEDSCOPE_PYTHON` names (python3). Those that are missing are named.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import TSNE from 'tsne-js';
import { nodeTeam } from '../src/lib/kernels/team.node.ts';
import { createTsne } from '../src/lib/kernels/tsne/tsne.ts';
import { mapQuality } from '../src/lib/math/mapQuality.ts';
import { matrix, row, type Matrix } from '../src/lib/math/matrix.ts';
import { pca } from '../src/lib/math/pca.ts';
import { random } from '../src/lib/math/random.ts';
import { readWordVectors } from '../src/lib/run/formats/readWordVectors.ts';
import { openVectorFile } from '../src/lib/run/formats/vectorFile.node.ts';
import { peerPackage } from './peers/package.ts';
import type { Result } from './run.ts';

const PERPLEXITY = 30;
const DIMENSIONS = 50;

const THREADS = availableParallelism();

interface Timed {
  name: string;
  seconds: number;
  processorSeconds?: number;
  points?: Float32Array;
}

type Peer = (rows: Matrix, iterations: number) => Promise<Timed[]>;

/** One comparison on the first n rows. */
interface Round {
  data: 'words' | 'digits';
  n: number;
  iterations: number;
  peers: Peer[];
}

const words = (n: number, iterations: number, ...peers: Peer[]): Round => ({
  data: 'words',
  n,
  iterations,
  peers,
});

const QUICK: Round[] = [
  words(1_000, 20, tsneJs),
  words(1_000, 500, scran, druid, openTsne, scikitLearn),
  words(5_000, 250, scran, openTsne),
];
const FULL: Round[] = [
  words(1_000, 300, tsneJs),
  words(1_000, 1_000, scran, druid, openTsne, scikitLearn),
  words(5_000, 1_000, scran, openTsne, scikitLearn),
  words(10_000, 1_000, scran, openTsne, scikitLearn),
  words(20_000, 1_000, scran, openTsne, scikitLearn),
  words(50_000, 1_000, scran, openTsne),
  words(200_000, 1_000, openTsne),
  { data: 'digits', n: 70_000, iterations: 1_000, peers: [openTsne] },
];

export async function run({
  quick,
  most,
}: {
  quick: boolean;
  most: number;
}): Promise<{ results: Result[] }> {
  const rounds = (quick ? QUICK : FULL).filter(({ n }) => n <= most);
  const needed = (data: Round['data']) =>
    Math.max(0, ...rounds.filter((round) => round.data === data).map(({ n }) => n));
  const all = { words: await readRows(needed('words')), digits: readDigits(needed('digits')) };
  // The engine is compiled before it is timed.
  await ours(head(all.words, 600), 300, 1);
  const results: Result[] = [];
  for (const { data, n, iterations, peers } of rounds) {
    const rows = all[data];
    if (!rows) {
      results.push({ name: 'digits are missing: MNIST names no folder', seconds: NaN });
      continue;
    }
    results.push(...(await compare(head(rows, n), data, iterations, peers)));
  }
  return { results };
}

async function compare(
  rows: Matrix,
  data: Round['data'],
  iterations: number,
  peers: Peer[],
): Promise<Result[]> {
  const own = await ours(rows, iterations, THREADS);
  const timed = [own];
  if (rows.rows <= 50_000) timed.push(await ours(rows, iterations, 1));
  for (const peer of peers) timed.push(...(await peer(rows, iterations)));
  const results: Result[] = [];
  for (const { name, seconds, processorSeconds, points } of timed) {
    results.push({
      name: `${name}, ${iterations} iterations${data === 'digits' ? ', MNIST' : ''}`,
      n: rows.rows,
      d: DIMENSIONS,
      seconds,
      ratioToOurs: seconds / own.seconds,
      quality: points && {
        ...(await judged(rows, points)),
        ...(processorSeconds && { processorSeconds }),
      },
    });
  }
  return results;
}

async function judged(rows: Matrix, points: Float32Array): Promise<Record<string, number>> {
  const tsne = await createTsne(rows, {
    perplexity: PERPLEXITY,
    initialisation: points,
    team: nodeTeam(),
  });
  const kl = tsne.klDivergence();
  tsne.close();
  return { kl, trustworthiness12: mapQuality(rows, points, { k: 12 }).trustworthiness.mean };
}

/** The first rows of glove.6B, or of a mixture where there is none at hand. */
export async function readRows(n: number): Promise<Matrix> {
  if (!process.env.GLOVE) return mixture(n);
  const file = await openVectorFile(process.env.GLOVE, { dimensions: DIMENSIONS });
  try {
    const { vectors } = await readWordVectors(file.pieces(), 'auto', { name: file.name, words: n });
    return head(vectors, n);
  } finally {
    file.close();
  }
}

/** MNIST's images, 28 × 28 each, reduced to 50 principal components; undefined where there is no folder of them. */
export function readDigits(n: number): Matrix | undefined {
  const folder = process.env.MNIST;
  if (!folder || n === 0) return undefined;
  const HEAD = 16;
  const images = ['train', 't10k'].map((part) =>
    gunzipSync(readFileSync(join(folder, `${part}-images-idx3-ubyte.gz`))).subarray(HEAD),
  );
  const pixels = Float32Array.from(Buffer.concat(images).subarray(0, n * 784));
  return pca(matrix(n, 784, pixels), { components: DIMENSIONS }).scores;
}

/** Forty groups of normally distributed rows. */
function mixture(n: number): Matrix {
  const draw = random(1);
  const centres = Float32Array.from({ length: 40 * DIMENSIONS }, draw.normal);
  const rows = matrix(n, DIMENSIONS);
  for (let i = 0; i < n; i++) {
    const centre = DIMENSIONS * draw.integer(40);
    for (let j = 0; j < DIMENSIONS; j++) {
      rows.data[i * DIMENSIONS + j] = centres[centre + j] + draw.normal();
    }
  }
  return rows;
}

function head({ data, columns }: Matrix, n: number): Matrix {
  return matrix(n, columns, data.subarray(0, n * columns));
}

function lists(rows: Matrix): number[][] {
  return Array.from({ length: rows.rows }, (_, i) => Array.from(row(rows, i)));
}

async function timed(
  name: string,
  work: () => Float32Array | Promise<Float32Array>,
): Promise<Timed> {
  const began = performance.now();
  const start = process.cpuUsage();
  const points = await work();
  const { user, system } = process.cpuUsage(start);
  const seconds = (performance.now() - began) / 1e3;
  return { name, seconds, processorSeconds: (user + system) / 1e6, points };
}

function ours(rows: Matrix, iterations: number, threads: number): Promise<Timed> {
  return timed(`ours, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, async () => {
    const team = nodeTeam(threads);
    const tsne = await createTsne(rows, { perplexity: PERPLEXITY, iterations, team });
    tsne.step(iterations);
    tsne.close();
    return tsne.points;
  });
}

async function tsneJs(rows: Matrix, iterations: number): Promise<Timed[]> {
  const data = lists(rows);
  return [
    await timed('tsne-js', () => {
      const model = new TSNE({ dim: 2, perplexity: PERPLEXITY, nIter: iterations });
      model.init({ data, type: 'dense' });
      model.run();
      return Float32Array.from(model.getOutput().flat());
    }),
  ];
}

interface Scran {
  initialize(options: { numberOfThreads: number }): Promise<unknown>;
  buildNeighborSearchIndex(
    x: Float64Array,
    options: { numberOfDims: number; numberOfCells: number },
  ): unknown;
  runTsne(
    x: unknown,
    options: { perplexity: number; maxIterations: number },
  ): { x: Float64Array; y: Float64Array };
}

async function scran(rows: Matrix, iterations: number): Promise<Timed[]> {
  const found = await peerPackage<Scran>('scran.js');
  if (typeof found === 'string') return [{ name: found, seconds: NaN }];
  await found.initialize({ numberOfThreads: THREADS });
  const data = Float64Array.from(rows.data);
  return [
    await timed('scran.js', () => {
      const index = found.buildNeighborSearchIndex(data, {
        numberOfDims: rows.columns,
        numberOfCells: rows.rows,
      });
      const { x, y } = found.runTsne(index, { perplexity: PERPLEXITY, maxIterations: iterations });
      return Float32Array.from({ length: 2 * x.length }, (_, at) => (at % 2 ? y : x)[at >> 1]);
    }),
  ];
}

interface Druid {
  TSNE: new (
    rows: number[][],
    options: { perplexity: number },
  ) => { transform(iterations: number): ArrayLike<number>[] };
}

async function druid(rows: Matrix, iterations: number): Promise<Timed[]> {
  const found = await peerPackage<Druid>('@saehrimnir/druidjs');
  if (typeof found === 'string') return [{ name: found, seconds: NaN }];
  const data = lists(rows);
  return [
    await timed('druidjs', () => {
      const map = new found.TSNE(data, { perplexity: PERPLEXITY }).transform(iterations);
      return Float32Array.from(Array.from(map, (point) => [point[0], point[1]]).flat());
    }),
  ];
}

function openTsne(rows: Matrix, iterations: number): Promise<Timed[]> {
  return python('openTSNE', rows, iterations);
}

function scikitLearn(rows: Matrix, iterations: number): Promise<Timed[]> {
  return python('scikit-learn', rows, iterations);
}

async function python(peer: string, rows: Matrix, iterations: number): Promise<Timed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'embedscope-bench-'));
  const file = join(folder, 'rows.f32');
  const out = join(folder, 'map.f32');
  const script = fileURLToPath(new URL('peers/tsne_peers.py', import.meta.url));
  writeFileSync(file, rows.data);
  try {
    const printed = execFileSync(
      process.env.EMBEDSCOPE_PYTHON ?? 'python3',
      [script, peer, file, rows.columns, PERPLEXITY, iterations, THREADS, out].map(String),
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const points = new Float32Array(new Uint8Array(readFileSync(out)).buffer);
    return [{ ...(JSON.parse(printed) as Timed), points }];
  } catch (error) {
    return [{ name: `${peer} is missing: ${firstLine(error)}`, seconds: NaN }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function firstLine(error: unknown): string {
  const text = (error as { stderr?: string }).stderr || String(error);
  return text.trim().split('\n').at(-1)!;
}
