import { Worker } from 'node:worker_threads';
import { neighbourGraph } from '../src/lib/kernels/neighbourGraph.ts';
import { nodeTeam } from '../src/lib/kernels/team.node.ts';
import { unitRows, type Matrix } from '../src/lib/math/matrix.ts';
import { random } from '../src/lib/math/random.ts';
import { principalPlane } from '../src/lib/math/tsne/initialisation.ts';
import { formatNumber } from './output.ts';
import type { Progress } from './progress.ts';

export interface UmapOptions {
  /** Each row's neighbours, itself counted in; at most as many as there are other rows are used. */
  neighbours?: number;
  /** How close points may come, of a spread of 1. */
  minDistance?: number;
  /** Left out: 500 up to 2,500 rows, 400 up to 5,000, 300 up to 7,500, 200 beyond. */
  epochs?: number;
  seed: number;
  metric: 'euclidean' | 'cosine';
  /** The first two principal components, the largest value at 10 as umap-learn has it, or the package's random start. */
  initialisation: 'pca' | 'random';
  progress: Progress;
  signal: AbortSignal;
}

/** The package's own, which are umap-learn's. */
export const UMAP_DEFAULTS = { neighbours: 15, minDistance: 0.1 };
const EPOCHS = [
  [2_500, 500],
  [5_000, 400],
  [7_500, 300],
  [Infinity, 200],
] as const;
/** Where the farthest point begins. */
const EXTENT = 10;
/** What tells rows apart that are the same. */
const JITTER = 1e-4;

/**
 * A UMAP of the rows (McInnes, Healy and Melville 2018) by the npm package umap-js, from our neighbours, exact up to
 * 50,000 rows. The same seed gives the same map. Fewer than three rows stay where they begin.
 *
 * @throws the signal's reason when it is aborted
 */
export async function umapMap(
  rows: Matrix,
  options: UmapOptions,
): Promise<{
  points: Float32Array;
  parameters: Record<string, number | string>;
  quality: Record<string, number>;
}> {
  const { neighbours = UMAP_DEFAULTS.neighbours, seed, metric, initialisation } = options;
  const { minDistance: minimumDistance = UMAP_DEFAULTS.minDistance } = options;
  const n = rows.rows;
  const epochs = options.epochs ?? EPOCHS.find(([most]) => n <= most)![1];
  const effectiveNeighbours = Math.min(neighbours, n - 1);
  const vectors = metric === 'cosine' ? unitRows(rows) : rows;
  const start = initialisation === 'pca' || n < 3 ? principalStart(vectors, seed) : undefined;
  const parameters = {
    neighbours,
    effectiveNeighbours,
    minimumDistance,
    epochs,
    metric,
    engine: 'umap-js',
    initialisation,
  };
  if (n < 3) return { points: start!, parameters, quality: {} };
  const { recall, ...graph } = await neighboursWithSelf(vectors, effectiveNeighbours, options);
  const settings = { ...graph, n, neighbours: effectiveNeighbours, minimumDistance, epochs, seed };
  const points = await inThread({ ...settings, points: start }, epochs, options);
  if (!points.every(Number.isFinite)) {
    throw new Error(
      'umap-js gave points that are not finite; take another --min-distance, --neighbours or --seed',
    );
  }
  return { points, parameters, quality: recall < 1 ? { neighbourRecall: recall } : {} };
}

function principalStart(vectors: Matrix, seed: number): Float32Array {
  const { normal } = random(seed);
  const points = Float32Array.from({ length: 2 * vectors.rows }, () => JITTER * normal());
  const plane = vectors.rows > 1 ? principalPlane(vectors) : undefined;
  if (!plane) return points;
  const most = plane.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  plane.data.forEach((value, at) => {
    const axis = at % plane.columns;
    points[(2 * (at - axis)) / plane.columns + axis] += (EXTENT * value) / most;
  });
  return points;
}

/** n × k: each row itself at distance 0, and its k − 1 nearest; and the share of these that was found. */
async function neighboursWithSelf(
  vectors: Matrix,
  k: number,
  { seed, progress, signal }: UmapOptions,
): Promise<{ rows: Int32Array; distances: Float32Array; recall: number }> {
  const graph = await neighbourGraph(vectors, k - 1, 'euclidean', {
    seed,
    signal,
    team: nodeTeam(),
    onProgress: (done, total) => progress.update(done, total, 'finding neighbours'),
  });
  const rows = new Int32Array(vectors.rows * k);
  const distances = new Float32Array(vectors.rows * k);
  for (let i = 0; i < vectors.rows; i++) {
    const [from, to] = [i * (k - 1), (i + 1) * (k - 1)];
    rows[i * k] = i;
    rows.set(graph.rows.subarray(from, to), i * k + 1);
    distances.set(graph.values.subarray(from, to), i * k + 1);
  }
  return { rows, distances, recall: graph.recall };
}

function inThread(
  workerData: object,
  epochs: number,
  { progress, signal }: UmapOptions,
): Promise<Float32Array> {
  return new Promise((resolve, reject) => {
    progress.update(0, epochs, 'preparing umap-js');
    const worker = new Worker(new URL('./umap.worker.mjs', import.meta.url), { workerData });
    const stop = () => {
      void worker.terminate();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('error', reject);
    worker.on('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('the thread of umap-js ended without an answer'));
    });
    worker.on('message', (message: { epoch: number } | { points: Float32Array }) => {
      if ('points' in message) return resolve(message.points);
      const label = `epoch ${formatNumber(message.epoch)} of ${formatNumber(epochs)}, umap-js`;
      progress.update(message.epoch, epochs, label);
    });
  });
}
