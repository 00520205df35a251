/**
 * t-SNE from the rows to the map, ours against others on the same rows: glove.6B's most frequent words (`GLOVE`
 * names glove.6B.zip), or without it a mixture of Gaussians of the same size. In processor time, on one thread,
 * since that is what "on one core" means on a machine that does other things too. The maps of all are judged alike:
 * by the KL divergence of our affinities, and by trustworthiness at 12.
 *
 * tsne-js is part of the project, and gets few iterations, for it takes minutes. The others are looked for:
 * `scran.js` and `@saehrimnir/druidjs` in the folder that `EMBEDSCOPE_PEERS` names (made by `npm i` there) or here,
 * openTSNE and scikit-learn in the Python that `EMBEDSCOPE_PYTHON` names (python3). Those that are missing are named.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import TSNE from 'tsne-js';
import { mapQuality } from '../src/lib/math/mapQuality.ts';
import { matrix, row, type Matrix } from '../src/lib/math/matrix.ts';
import { random } from '../src/lib/math/random.ts';
import { createTsne } from '../src/lib/math/tsne/tsne.ts';
import { readWordVectors } from '../src/lib/run/formats/readWordVectors.ts';
import { openVectorFile } from '../src/lib/run/formats/vectorFile.node.ts';
import type { Result } from './run.ts';

const PERPLEXITY = 30;
const DIMENSIONS = 50;

interface Timed {
  name: string;
  seconds: number;
  points?: Float32Array;
}

/** One comparison on the first n rows. */
interface Round {
  n: number;
  iterations: number;
  peers: ((rows: Matrix, iterations: number) => Promise<Timed[]>)[];
}

const TSNE_JS_ROUND: Round = { n: 1_000, iterations: 20, peers: [tsneJs] };
const QUICK: Round[] = [
  TSNE_JS_ROUND,
  { n: 1_000, iterations: 500, peers: [scran, druid, python] },
];
const FULL: Round[] = [
  TSNE_JS_ROUND,
  { n: 1_000, iterations: 1_000, peers: [scran, druid, python] },
  { n: 5_000, iterations: 1_000, peers: [scran, python] },
  { n: 20_000, iterations: 1_000, peers: [scran, python] },
];

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const rounds = quick ? QUICK : FULL;
  const all = await readRows(Math.max(...rounds.map(({ n }) => n)));
  // The engine is compiled before it is timed.
  await ours(head(all, 600), 300);
  const results: Result[] = [];
  for (const { n, iterations, peers } of rounds) {
    const rows = head(all, n);
    const own = await ours(rows, iterations);
    const timed = [own];
    for (const peer of peers) timed.push(...(await peer(rows, iterations)));
    for (const { name, seconds, points } of timed) {
      results.push({
        name: `${name}, ${iterations} iterations`,
        n,
        d: DIMENSIONS,
        seconds,
        ratioToOurs: seconds / own.seconds,
        quality: points && judged(rows, points),
      });
    }
  }
  return { results };
}

function judged(rows: Matrix, points: Float32Array): Record<string, number> {
  const tsne = createTsne(rows, { perplexity: PERPLEXITY, initialisation: points });
  return {
    kl: tsne.klDivergence(),
    trustworthiness12: mapQuality(rows, points, { k: 12 }).trustworthiness.mean,
  };
}

async function readRows(n: number): Promise<Matrix> {
  if (!process.env.GLOVE) return mixture(n);
  const file = await openVectorFile(process.env.GLOVE, { dimensions: DIMENSIONS });
  try {
    const { vectors } = await readWordVectors(file.pieces(), 'auto', { name: file.name, words: n });
    return head(vectors, n);
  } finally {
    file.close();
  }
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
  const start = process.cpuUsage();
  const points = await work();
  const { user, system } = process.cpuUsage(start);
  return { name, seconds: (user + system) / 1e6, points };
}

function ours(rows: Matrix, iterations: number): Promise<Timed> {
  return timed('ours', () => {
    const tsne = createTsne(rows, { perplexity: PERPLEXITY, iterations });
    tsne.step(iterations);
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
  await found.initialize({ numberOfThreads: 1 });
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

/** A package of the peers' folder or of ours; what to print when there is none. */
async function peerPackage<Package>(name: string): Promise<Package | string> {
  const folder = process.env.EMBEDSCOPE_PEERS;
  const from = folder ? pathToFileURL(join(resolve(folder), 'here.js')) : import.meta.url;
  try {
    const path = createRequire(from).resolve(name);
    return (await import(pathToFileURL(path).href)) as Package;
  } catch (error) {
    return `${name} is missing: ${firstLine(error)}`;
  }
}

async function python(rows: Matrix, iterations: number): Promise<Timed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'embedscope-bench-'));
  const file = join(folder, 'rows.f32');
  const out = join(folder, 'map');
  const script = fileURLToPath(new URL('peers/tsne_peers.py', import.meta.url));
  writeFileSync(file, rows.data);
  try {
    const printed = execFileSync(
      process.env.EMBEDSCOPE_PYTHON ?? 'python3',
      [script, file, String(rows.columns), String(PERPLEXITY), String(iterations), out],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const { results, missing } = JSON.parse(printed) as { results: Timed[]; missing: string[] };
    return [
      ...results.map((result, i) => ({
        ...result,
        points: new Float32Array(new Uint8Array(readFileSync(`${out}.${i}`)).buffer),
      })),
      ...missing.map((reason) => ({ name: `a peer is missing: ${reason}`, seconds: NaN })),
    ];
  } catch (error) {
    return [{ name: `openTSNE and scikit-learn are missing: ${firstLine(error)}`, seconds: NaN }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function firstLine(error: unknown): string {
  const text = (error as { stderr?: string }).stderr || String(error);
  return text.trim().split('\n').at(-1)!;
}
