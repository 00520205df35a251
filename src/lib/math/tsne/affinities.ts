import type { NeighbourGraph } from '../neighbourGraph.ts';

/** P, symmetric and sparse: every pair of rows once, i < j. */
export interface Affinities {
  readonly n: number;
  /** n + 1: where each row's pairs begin. */
  readonly starts: Int32Array;
  /** The pairs' other row, rising. */
  readonly columns: Int32Array;
  /** p_ij = p_ji; twice their sum is 1 (0 of fewer than two rows). */
  readonly values: Float64Array;
}

/** The perplexity that n rows can have: a third of each row's others, at least 1. */
export function largestPerplexity(n: number): number {
  return Math.max(1, (n - 1) / 3);
}

/** How many neighbours an affinity is computed for: three times the perplexity. */
export function neighboursFor(perplexity: number, n: number): number {
  return Math.max(0, Math.min(n - 1, Math.floor(3 * perplexity)));
}

/** The search for a row's precision ends when its entropy is as near as this, in nats, … */
const TOLERANCE = 1e-6;
/** … or after so many halvings, where no precision gives it: all of a row's neighbours are equally far. */
const MOST_STEPS = 100;
/** Rows between two reports. */
const BLOCK = 512;

/**
 * The conditional affinities p(j|i) of each row's neighbours: a Gaussian over their distances (van der Maaten and
 * Hinton 2008, eq. 1), its width such that the row's entropy is the logarithm of the perplexity.
 *
 * @returns a generator that yields how many of the n rows are done, and returns n × k, rows that sum to 1
 */
export function* conditionalAffinities(
  { n, k, squaredDistances }: NeighbourGraph,
  perplexity: number,
): Generator<number, Float64Array> {
  const conditional = new Float64Array(n * k);
  const target = Math.log(perplexity);
  for (let i = 0; i < n && k > 0; i++) {
    const row = conditional.subarray(i * k, (i + 1) * k);
    fitRow(squaredDistances.subarray(i * k, (i + 1) * k), target, row);
    if ((i + 1) % BLOCK === 0) yield i + 1;
  }
  return conditional;
}

function fitRow(squaredDistances: Float64Array, target: number, out: Float64Array): void {
  const nearest = squaredDistances[0];
  let mean = 0;
  for (const squared of squaredDistances) mean += (squared - nearest) / squaredDistances.length;
  // On the scale of the row's own distances, so that the units of the data do not matter.
  let precision = mean > 0 ? 1 / mean : 1;
  let low = 0;
  let high = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    let sum = 0;
    let weighted = 0;
    for (let j = 0; j < out.length; j++) {
      const squared = squaredDistances[j] - nearest;
      const weight = Math.exp(-precision * squared);
      out[j] = weight;
      sum += weight;
      weighted += weight * squared;
    }
    const entropy = Math.log(sum) + (precision * weighted) / sum;
    for (let j = 0; j < out.length; j++) out[j] /= sum;
    if (Math.abs(entropy - target) < TOLERANCE) return;
    if (entropy > target) {
      low = precision;
      precision = high === Infinity ? 2 * precision : (precision + high) / 2;
    } else {
      high = precision;
      precision = (precision + low) / 2;
    }
  }
}

/**
 * The joint affinities p_ij = (p(j|i) + p(i|j)) / 2n.
 *
 * @param conditional n × k, as of `conditionalAffinities`
 */
export function jointAffinities(graph: NeighbourGraph, conditional: Float64Array): Affinities {
  const { n, k, rows } = graph;
  const incoming = transposed(graph);
  const starts = new Int32Array(n + 1);
  const columns = new Int32Array(n * k);
  const values = new Float64Array(n * k);
  const place = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const start = count;
    const add = (j: number, entry: number) => {
      if (j <= i) return;
      if (place[j] < start) {
        place[j] = count;
        columns[count++] = j;
      }
      values[place[j]] += conditional[entry] / (2 * n);
    };
    for (let entry = i * k; entry < (i + 1) * k; entry++) add(rows[entry], entry);
    for (let at = incoming.starts[i]; at < incoming.starts[i + 1]; at++) {
      const entry = incoming.entries[at];
      add(Math.floor(entry / k), entry);
    }
    sortPairs(columns, values, start, count);
    starts[i + 1] = count;
  }
  return { n, starts, columns: columns.slice(0, count), values: values.slice(0, count) };
}

/** For each row the entries of the graph that name it. */
function transposed({ n, rows }: NeighbourGraph): { starts: Int32Array; entries: Int32Array } {
  const starts = new Int32Array(n + 1);
  for (const row of rows) starts[row + 1]++;
  for (let i = 0; i < n; i++) starts[i + 1] += starts[i];
  const next = starts.slice();
  const entries = new Int32Array(rows.length);
  for (let entry = 0; entry < rows.length; entry++) entries[next[rows[entry]]++] = entry;
  return { starts, entries };
}

/** Puts a row's pairs in the order of their columns, which keeps the points' memory near. */
function sortPairs(columns: Int32Array, values: Float64Array, from: number, to: number): void {
  const order = Array.from({ length: to - from }, (_, i) => from + i);
  order.sort((a, b) => columns[a] - columns[b]);
  const sortedColumns = order.map((at) => columns[at]);
  const sortedValues = order.map((at) => values[at]);
  columns.set(sortedColumns, from);
  values.set(sortedValues, from);
}
