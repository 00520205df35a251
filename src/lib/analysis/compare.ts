import { InputError } from '../errors.ts';
import { alignmentOf } from '../math/alignment.ts';
import { matchComponents, type MatchedComponent } from '../math/assignment.ts';
import { bootstrapMean } from '../math/bootstrap.ts';
import { linearCkaOf } from '../math/cka.ts';
import { averageLinkage, type Dendrogram } from '../math/clustering.ts';
import { comparable, comparablePair, type Comparable } from '../math/comparable.ts';
import { neighbourGraph } from '../kernels/neighbourGraph.ts';
import { kernelProducts } from '../kernels/products.ts';
import type { TeamStarter } from '../kernels/team.ts';
import { matrix, row as rowOf, type Matrix } from '../math/matrix.ts';
import { chanceOverlap, type NeighbourTable, overlap } from '../math/overlap.ts';
import { pca, type Pca } from '../math/pca.ts';
import { principalAnglesOf } from '../math/principalAngles.ts';
import { random } from '../math/random.ts';
import { rsa, type Rsa } from '../math/rsa.ts';
import { secondOrderSimilarity } from '../math/secondOrder.ts';
import { pearson, spearman } from '../math/statistics.ts';
import type { Run } from '../run/types.ts';
import { checkWhole } from './item.ts';
import { checkShared, matchItems, type MatchedItems } from './matchItems.ts';
import {
  againstSeeds,
  figureOf,
  seedGroups,
  seedPairs,
  stability,
  type AgainstSeeds,
  type Figure,
  type Stability,
} from './seeds.ts';

/** Components are fitted on as many items, the most counted, as `embedscope components` takes. */
const FITTED = 2000;
/** Items that every item's second-order similarity is over. */
const ANCHORS = 100;

export interface CompareOptions {
  /** Neighbours of each item. */
  k: number;
  /** Only so many shared items, the most counted. */
  items?: number;
  seed: number;
  signal?: AbortSignal;
  /** Threads that look for neighbours. */
  team?: TeamStarter;
  onProgress?: (done: number, total: number, label: string) => void;
}

/** Figures of one pair of runs on their shared items. */
export interface PairComparison {
  /** Positions in the list of runs. */
  a: number;
  b: number;
  overlap: {
    k: number;
    /** Mean of the items' Jaccard overlaps, with its 95 % bootstrap interval and the value of chance. */
    mean: number;
    interval: [number, number];
    chance: number;
    /** Mean of the rank-biased overlaps. */
    rankBiased: number;
  };
  cka: number;
  rsa: Rsa;
  /** Shares of the squares that the best rotation leaves, with scaling and without. */
  procrustes: { scaled: number; unscaled: number };
  /** Mean of the items' second-order similarities. */
  secondOrder: number;
  /** Radians, rising. */
  angles: Float64Array;
  /** Pearson's and Spearman's correlation of the biases; absent where a run has none. */
  bias?: { correlation: number; rankCorrelation: number };
  /** By component of `a`, from 0. */
  components: MatchedComponent[];
  perItem: {
    /** Jaccard. */
    overlap: Float64Array;
    rankBiased: Float64Array;
    /** What the best rotation leaves of the item, with scaling and without; mean square is `procrustes`. */
    residual: Float64Array;
    unscaledResidual: Float64Array;
    secondOrder: Float64Array;
  };
}

/** Several runs compared on the items that all of them have. */
export interface RunsComparison {
  /** Item i of every per-item list; named as the first run has it. */
  ids: string[];
  labels: string[];
  matched: MatchedItems;
  k: number;
  /** Items that the components are fitted on: the first so many. */
  fitted: number;
  /** Per run the share of the variance along each of its components. */
  spectra: Float64Array[];
  /** All pairs, by a and then b. */
  pairs: PairComparison[];
  /** The runs by likeness: average linkage over 1 − mean overlap. */
  tree: Dendrogram;
  /** Absent where no two runs differ in their seed alone. */
  seeds?: {
    /** Positions of runs that differ in their seed alone. */
    groups: number[][];
    /** Of `pairs`, those of two seeds. */
    pairs: PairComparison[];
    /** Per pair, in the order of `pairs`; empty where there is nothing to measure it against. */
    against: AgainstSeeds[][];
    /** Per item its overlap over the pairs of seeds. */
    stability: Stability;
  };
}

/**
 * Compares two or more runs, each with each, on the items that all of them have.
 *
 * @throws InputError when fewer than two runs are given, too few items are shared, or a run does not vary on them
 */
export async function compareRuns(
  runs: readonly Run[],
  options: CompareOptions,
): Promise<RunsComparison> {
  if (runs.length < 2) throw new InputError('a comparison needs two runs at least');
  checkWhole('k', options.k, 1);
  if (options.items !== undefined) checkWhole('items', options.items, 1);
  const matched = matchItems(
    runs.map(({ items }) => items),
    options.items,
    new Set(runs.map(({ manifest }) => manifest.kind)).size === 1,
  );
  nameApart(runs, matched);
  checkShared(matched, options.k);
  const parts = runs.map((run, r) => part(run, matched.rows[r], r));
  const total = runs.length + (runs.length * (runs.length - 1)) / 2;
  const report = (done: number, label: string) => options.onProgress?.(done, total, label);
  const tables: NeighbourTable[] = [];
  for (const { vectors } of parts) {
    const at = tables.length;
    tables.push(
      await neighbourTable(vectors, options, (share) =>
        report(at + share, `finding neighbours in run ${at + 1} of ${runs.length}`),
      ),
    );
  }
  const pairs: PairComparison[] = [];
  for (let a = 0; a < runs.length; a++) {
    for (let b = a + 1; b < runs.length; b++) {
      report(runs.length + pairs.length, `comparing runs ${a + 1} and ${b + 1}`);
      await breathe(options.signal);
      const figures = comparePair(parts[a], parts[b], tables[a], tables[b], options.seed);
      pairs.push({ a, b, ...figures });
    }
  }
  report(total, 'comparing');
  const [{ items: first }] = runs;
  const named = [...matched.rows[0]];
  return {
    ids: named.map((row) => first.ids[row]),
    labels: named.map((row) => first.labels[row]),
    matched,
    k: options.k,
    fitted: parts[0].components.scores.rows,
    spectra: parts.map(({ components }) => components.explainedVarianceRatio),
    pairs,
    tree: treeOf(pairs, runs.length, 'overlap'),
    ...seedsOf(runs, pairs),
  };
}

/**
 * @throws InputError naming two of several runs that have nothing in common, when that is why all together have nothing
 */
function nameApart(runs: readonly Run[], { rows: [shared] }: MatchedItems): void {
  if (runs.length < 3 || shared.length > 0) return;
  for (let a = 0; a < runs.length; a++) {
    for (let b = a + 1; b < runs.length; b++) {
      const [one, other] = [runs[a], runs[b]];
      const sameKind = one.manifest.kind === other.manifest.kind;
      const { rows } = matchItems([one.items, other.items], undefined, sameKind);
      if (rows[0].length > 0) continue;
      throw new InputError(
        `the runs share no item: neither an id nor a label of ${one.manifest.id} is in ${other.manifest.id}; leave one of the two out`,
      );
    }
  }
}

function seedsOf(runs: readonly Run[], pairs: PairComparison[]): Pick<RunsComparison, 'seeds'> {
  const manifests = runs.map(({ manifest }) => manifest);
  const groups = seedGroups(manifests);
  const seeds = seedPairs(pairs, groups, manifests);
  if (seeds.length === 0) return {};
  const against = pairs.map((pair) => againstSeeds(pair, seeds, groups));
  return { seeds: { groups, pairs: seeds, against, stability: stability(seeds) } };
}

/** A run's part in a comparison: row i of all is shared item i. */
export interface Part {
  vectors: Matrix;
  comparable: Comparable;
  bias?: Float32Array;
  components: Pca;
}

/**
 * What a run brings to a comparison of `rows`.
 *
 * @param position of the run in the list, for messages
 * @throws InputError when the run does not vary on them
 */
export function part({ items, manifest }: Run, rows: Int32Array, position: number): Part {
  const { columns } = items.vectors;
  const vectors = matrix(rows.length, columns);
  rows.forEach((row, i) => vectors.data.set(rowOf(items.vectors, row), i * columns));
  const fitted = Math.min(FITTED, rows.length);
  try {
    return {
      vectors,
      comparable: comparable(vectors, kernelProducts),
      bias: items.bias && Float32Array.from(rows, (row) => items.bias![row]),
      components: pca(matrix(fitted, columns, vectors.data.subarray(0, fitted * columns)), {
        products: kernelProducts,
      }),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `run ${position + 1} (${manifest.id}) cannot be compared on the shared items: ${error.message}`,
      { cause: error },
    );
  }
}

/** Each row's `k` nearest by cosine; `onShare` hears of the share that is done. */
export async function neighbourTable(
  vectors: Matrix,
  { k, signal, team }: Pick<CompareOptions, 'k' | 'signal' | 'team'>,
  onShare: (share: number) => void,
): Promise<NeighbourTable> {
  const onProgress = (done: number, total: number) => onShare(done / total);
  const { rows } = await neighbourGraph(vectors, k, 'cosine', {
    // What an approximate graph misses would count as change.
    method: 'exact',
    signal,
    onProgress,
    team,
  });
  return { rows, n: vectors.rows, k };
}

/** Lets the worker or the terminal be heard. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/** All figures of two parts with the neighbours found in each; pairs, anchors and resamples are drawn from `seed`. */
export function comparePair(
  a: Part,
  b: Part,
  tableA: NeighbourTable,
  tableB: NeighbourTable,
  seed: number,
): Omit<PairComparison, 'a' | 'b'> {
  const { n, k } = tableA;
  const { jaccard, rankBiased } = overlap(tableA, tableB);
  const both = comparablePair(a.comparable, b.comparable, kernelProducts);
  const { scaled, unscaled } = alignmentOf(both, kernelProducts);
  const secondOrder = secondOrderSimilarity(a.vectors, b.vectors, anchors(n, seed));
  return {
    overlap: {
      k,
      ...bootstrapMean(jaccard, random(seed)),
      chance: chanceOverlap(n, k),
      rankBiased: meanOf(rankBiased),
    },
    cka: linearCkaOf(both),
    // The same draws for every pair of runs, so that their figures differ by the runs alone.
    rsa: rsa(a.vectors, b.vectors, random(seed)),
    procrustes: { scaled: scaled.residual, unscaled: unscaled.residual },
    secondOrder: meanOf(secondOrder.filter((value) => !Number.isNaN(value))),
    angles: principalAnglesOf(both),
    ...comparedBiases(a, b),
    components: matchComponents(a.components.scores, b.components.scores, kernelProducts),
    perItem: {
      overlap: jaccard,
      rankBiased,
      residual: scaled.residuals,
      unscaledResidual: unscaled.residuals,
      secondOrder,
    },
  };
}

/** Nothing where a run has no biases. */
export function comparedBiases(a: Part, b: Part): Pick<PairComparison, 'bias'> {
  if (!a.bias || !b.bias) return {};
  return {
    bias: { correlation: pearson(a.bias, b.bias), rankCorrelation: spearman(a.bias, b.bias) },
  };
}

/** As many items as are anchors, drawn without repeats; all where there are no more. */
function anchors(n: number, seed: number): Int32Array {
  const rows = random(seed).shuffle(Int32Array.from({ length: n }, (_, i) => i));
  return rows.slice(0, ANCHORS).sort();
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The runs by likeness in one figure: average linkage over 1 less it. */
export function treeOf(
  pairs: readonly PairComparison[],
  runs: number,
  figure: Exclude<Figure, 'procrustes'>,
): Dendrogram {
  const distances = Array.from({ length: runs }, () => new Array<number>(runs).fill(0));
  for (const pair of pairs) {
    const distance = 1 - figureOf(pair, figure);
    // Where a figure is not defined the two are as far apart as if they had nothing in common.
    distances[pair.a][pair.b] = distances[pair.b][pair.a] = Number.isNaN(distance) ? 1 : distance;
  }
  return averageLinkage(distances);
}

/** Positions of items from the least overlap to the largest; of equals the smaller rank-biased one, then the first. */
export function byOverlap(overlaps: Float64Array, rankBiased?: Float64Array): Int32Array {
  return Int32Array.from(overlaps.keys()).sort(
    (i, j) =>
      overlaps[i] - overlaps[j] || (rankBiased ? rankBiased[i] - rankBiased[j] : 0) || i - j,
  );
}
