import { setImmediate as breathe } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { qualityFigures } from '../src/lib/analysis/mapQuality.ts';
import type { Category } from '../src/lib/analysis/category.ts';
import { measureMap } from '../src/lib/kernels/mapQuality.ts';
import { kernelProducts } from '../src/lib/kernels/products.ts';
import { nodeTeam } from '../src/lib/kernels/team.node.ts';
import { createTsne, type TsneOptions } from '../src/lib/kernels/tsne/tsne.ts';
import { largestK } from '../src/lib/math/mapQuality.ts';
import { unitRows, type Matrix } from '../src/lib/math/matrix.ts';
import { largestPerplexity } from '../src/lib/math/tsne/affinities.ts';
import { principalPlane } from '../src/lib/math/tsne/initialisation.ts';
import type { MapInfo, RunMap } from '../src/lib/run/types.ts';
import { extendedPoints } from './extendMap.ts';
import { formatNumber } from './output.ts';
import type { Progress } from './progress.ts';
import { umapMap } from './umap.ts';

/** A map of the first rows, as far as computing goes. */
export interface Mapped {
  points: Float32Array;
  parameters: MapInfo['parameters'];
  quality: Record<string, number>;
}

export interface MappingOptions {
  method: 'tsne' | 'pca' | 'umap';
  engine: 'embedscope' | 'tsne-js';
  perplexity: number;
  iterations: number;
  seed: number;
  metric: 'euclidean' | 'cosine';
  initialisation: 'pca' | 'random';
  lateExaggeration?: number;
  /** A t-SNE whose points stay where they are, and to which the further rows are added. */
  onto?: RunMap;
  /** Of UMAP. */
  neighbours?: number;
  minDistance?: number;
  epochs?: number;
  /** What the items are sorted into, where the run says it. */
  category?: Category;
  progress: Progress;
  signal: AbortSignal;
}

/** Rows that `tsne-js` is given at most: its time grows with their square, a minute for 1,000. */
export const MOST_TSNE_JS = 1_000;
/** tsne-js's own defaults, of which its documentation lowers the learning rate from 1,000. */
const TSNE_JS = { learningRate: 100, earlyExaggeration: 4 };
/** Between looks at the signal. */
const BREATH_MS = 50;
/** Fewer rows are placed sooner than threads start. */
const FEWEST_FOR_THREADS = 1_000;
/** Iterations between two looks at the KL divergence. */
const KL_EVERY = 50;

/**
 * Places the rows in the plane, and measures the map.
 *
 * @throws the signal's reason when it is aborted
 */
export async function mapRows(rows: Matrix, options: MappingOptions): Promise<Mapped> {
  const { method, engine } = options;
  let mapped: Mapped;
  if (method === 'pca') mapped = pcaMap(rows, options);
  else if (options.onto) mapped = await extendedMap(rows, options.onto, options);
  else if (method === 'umap') mapped = await umapMap(rows, options);
  else if (engine === 'tsne-js') mapped = await tsneJsMap(rows, options);
  else mapped = await tsneMap(rows, options);
  return { ...mapped, quality: { ...mapped.quality, ...(await measured(rows, mapped, options)) } };
}

function pcaMap(rows: Matrix, { metric }: MappingOptions): Mapped {
  const points = new Float32Array(2 * rows.rows);
  const plane =
    rows.rows > 1
      ? principalPlane(metric === 'cosine' ? unitRows(rows) : rows, kernelProducts)
      : undefined;
  for (let i = 0; plane && i < rows.rows; i++) {
    points.set(plane.data.subarray(i * plane.columns, (i + 1) * plane.columns), 2 * i);
  }
  return { points, parameters: { metric, engine: 'embedscope' }, quality: {} };
}

/** A finished map and the further rows; its divergence was that of its own rows, and is left out. */
async function extendedMap(rows: Matrix, onto: RunMap, options: MappingOptions): Promise<Mapped> {
  const points = await extendedPoints(rows, onto, options);
  const placed = rows.rows - onto.info.of + Number(onto.info.parameters.placed ?? 0);
  return { points, parameters: { ...onto.info.parameters, placed }, quality: {} };
}

async function tsneMap(rows: Matrix, options: MappingOptions): Promise<Mapped> {
  const { iterations, progress, signal } = options;
  const phases = { neighbours: 'finding neighbours', affinities: 'computing affinities' };
  const tsne = await createTsne(rows, {
    ...tsneOptions(rows, options),
    team: rows.rows > FEWEST_FOR_THREADS ? nodeTeam() : undefined,
    signal,
    onProgress: (phase, done, total) => progress.update(done, total, phases[phase]),
  });
  try {
    const breath = breathing(signal);
    let kl = NaN;
    while (tsne.iteration < iterations) {
      tsne.step(1);
      if (tsne.iteration % KL_EVERY === 0) kl = tsne.klDivergence();
      const divergence = Number.isNaN(kl) ? '' : `, KL ${kl.toFixed(3)}`;
      progress.update(
        tsne.iteration,
        iterations,
        `iteration ${formatNumber(tsne.iteration)} of ${formatNumber(iterations)}${divergence}`,
      );
      await breath();
    }
    const { effectivePerplexity, neighbourRecall } = tsne;
    const { perplexity, metric, initialisation, lateExaggeration } = options;
    return {
      points: tsne.points,
      parameters: {
        perplexity,
        effectivePerplexity,
        iterations,
        metric,
        engine: 'embedscope',
        initialisation,
        ...(lateExaggeration !== undefined && { lateExaggeration }),
      },
      quality: {
        klDivergence: tsne.klDivergence(),
        ...(neighbourRecall < 1 && { neighbourRecall }),
      },
    };
  } finally {
    tsne.close();
  }
}

function tsneOptions(
  { rows }: Matrix,
  { perplexity, iterations, seed, metric, initialisation, lateExaggeration }: MappingOptions,
): TsneOptions {
  const used = Math.min(perplexity, largestPerplexity(rows));
  return { perplexity: used, iterations, seed, metric, initialisation, lateExaggeration };
}

/** The same by tsne-js, whose map is measured as ours: its KL divergence is that of our affinities. */
async function tsneJsMap(rows: Matrix, options: MappingOptions): Promise<Mapped> {
  const { perplexity, iterations, seed, metric } = options;
  const n = rows.rows;
  const effectivePerplexity = Math.min(perplexity, largestPerplexity(n));
  const points =
    n > 1
      ? await inThread(metric === 'cosine' ? unitRows(rows) : rows, effectivePerplexity, options)
      : new Float32Array(2 * n);
  if (!points.every(Number.isFinite)) {
    throw new Error(
      'tsne-js gave points that are not finite; take another --perplexity or --seed, or --engine embedscope',
    );
  }
  const seen = await createTsne(rows, { ...tsneOptions(rows, options), initialisation: points });
  return {
    points,
    parameters: {
      perplexity,
      effectivePerplexity,
      iterations,
      metric,
      engine: 'tsne-js',
      initialisation: 'random',
      ...TSNE_JS,
    },
    quality: { klDivergence: seen.klDivergence() },
  };

  function inThread(vectors: Matrix, used: number, { progress, signal }: MappingOptions) {
    return new Promise<Float32Array>((resolve, reject) => {
      const worker = new Worker(new URL('./tsneJs.worker.mjs', import.meta.url), {
        workerData: {
          rows: Array.from({ length: n }, (_, i) =>
            Array.from(vectors.data.subarray(i * vectors.columns, (i + 1) * vectors.columns)),
          ),
          perplexity: used,
          iterations,
          seed,
          ...TSNE_JS,
        },
      });
      const stop = () => {
        void worker.terminate();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      worker.on('error', reject);
      worker.on('exit', () => {
        signal.removeEventListener('abort', stop);
        reject(new Error('the thread of tsne-js ended without an answer'));
      });
      worker.on('message', (message: { iteration: number } | { points: Float32Array }) => {
        if ('points' in message) return resolve(message.points);
        const done = message.iteration + 1;
        progress.update(
          done,
          iterations,
          `iteration ${formatNumber(done)} of ${formatNumber(iterations)}, tsne-js`,
        );
      });
    });
  }
}

/** Trustworthiness and its like. Nothing under three rows. */
async function measured(
  rows: Matrix,
  { points }: Mapped,
  { metric, seed, category, progress, signal }: MappingOptions,
): Promise<Record<string, number>> {
  if (largestK(rows.rows) < 1) return {};
  const quality = await measureMap(rows, points, {
    metric,
    seed,
    labels: category?.labels,
    team: nodeTeam(),
    signal,
    onProgress: (done, total) => progress.update(done, total, 'measuring the map'),
  });
  return qualityFigures(quality, category?.name);
}

/** A pause now and then in which signals are heard. */
function breathing(signal: AbortSignal): () => Promise<void> {
  let due = 0;
  return async () => {
    if (performance.now() < due) return;
    await breathe();
    signal.throwIfAborted();
    due = performance.now() + BREATH_MS;
  };
}
