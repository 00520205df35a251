/** What affinities are computed from: every row's nearest other rows. */
export interface Neighbourhoods {
  readonly n: number;
  /** Neighbours of each row. */
  readonly k: number;
  /** n × k: nearest first. */
  readonly rows: Int32Array;
  /** n × k distances. */
  readonly values: Float32Array;
}

/** P, symmetric and sparse, by rows. */
export interface Affinities {
  readonly n: number;
  /** n + 1: where each row's entries begin. Rows are filled up to a multiple of four with zeros for the row itself. */
  readonly starts: Int32Array;
  /** The entries' other row, rising. */
  readonly columns: Int32Array;
  /** p_ij = p_ji, which sum to 1 (0 of fewer than two rows). */
  readonly values: Float32Array;
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
/** … or after so many steps, where no precision gives it: all of a row's neighbours are equally far. */
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
  { n, k, values }: Neighbourhoods,
  perplexity: number,
): Generator<number, Float32Array> {
  const conditional = new Float32Array(n * k);
  const target = Math.log(perplexity);
  const excess = new Float64Array(k);
  const weights = new Float64Array(k);
  for (let i = 0; i < n && k > 0; i++) {
    const nearest = values[i * k] * values[i * k];
    let mean = 0;
    for (let j = 0; j < k; j++) {
      const distance = values[i * k + j];
      excess[j] = distance * distance - nearest;
      mean += excess[j] / k;
    }
    fitRow(excess, mean, target, weights);
    conditional.set(weights, i * k);
    if ((i + 1) % BLOCK === 0) yield i + 1;
  }
  return conditional;
}

/**
 * Writes the weights of a row whose entropy is `target`: by Newton's method on the logarithm of their precision, in which
 * the entropy is smooth, and by halving where that leaves the bracket.
 */
function fitRow(excess: Float64Array, mean: number, target: number, weights: Float64Array): void {
  // On the scale of the row's own distances, so that the units of the data do not matter.
  let precision = mean > 0 ? 1 / mean : 1;
  let low = 0;
  let high = Infinity;
  for (let step = 0; ; step++) {
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let j = 0; j < weights.length; j++) {
      const weight = Math.exp(-precision * excess[j]);
      weights[j] = weight;
      sum += weight;
      first += weight * excess[j];
      second += weight * excess[j] * excess[j];
    }
    first /= sum;
    const difference = Math.log(sum) + precision * first - target;
    if (Math.abs(difference) < TOLERANCE || step === MOST_STEPS) {
      for (let j = 0; j < weights.length; j++) weights[j] /= sum;
      return;
    }
    if (difference > 0) low = precision;
    else high = precision;
    // The entropy's derivative by ln(precision) is −precision² · variance of the excess.
    const slope = precision * precision * (second / sum - first * first);
    const newton = precision * Math.exp(Math.max(-2, Math.min(2, difference / slope)));
    if (newton > low && newton < high) precision = newton;
    else precision = high === Infinity ? 2 * precision : (low + high) / 2;
  }
}

/**
 * The joint affinities p_ij = (p(j|i) + p(i|j)) / 2n.
 *
 * @param conditional n × k, as of `conditionalAffinities`
 */
export function jointAffinities(
  { n, k, rows }: Neighbourhoods,
  conditional: Float32Array,
): Affinities {
  const incoming = entriesByTarget(n, rows);
  // Each row's entries by the row that they name, for targets come in rising order.
  const outgoing = new Int32Array(n * k);
  const next = Int32Array.from({ length: n }, (_, i) => i * k);
  for (const entry of incoming.entries) outgoing[next[Math.floor(entry / k)]++] = entry;
  const starts = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    let common = 0;
    merge(i, (_, out, back) => (common += out >= 0 && back >= 0 ? 1 : 0));
    const count = k + incoming.starts[i + 1] - incoming.starts[i] - common;
    starts[i + 1] = starts[i] + 4 * Math.ceil(count / 4);
  }
  const columns = new Int32Array(starts[n]);
  const values = new Float32Array(starts[n]);
  for (let i = 0; i < n; i++) {
    let at = starts[i];
    merge(i, (column, out, back) => {
      columns[at] = column;
      values[at++] =
        ((out >= 0 ? conditional[out] : 0) + (back >= 0 ? conditional[back] : 0)) / (2 * n);
    });
    columns.fill(i, at, starts[i + 1]);
  }
  return { n, starts, columns, values };

  /** Goes through what row i names and what names row i, both by rising row; −1 stands for none. */
  function merge(i: number, take: (column: number, out: number, back: number) => void): void {
    let out = i * k;
    let back = incoming.starts[i];
    const outEnd = out + k;
    const backEnd = incoming.starts[i + 1];
    while (out < outEnd || back < backEnd) {
      const to = out < outEnd ? rows[outgoing[out]] : n;
      const from = back < backEnd ? Math.floor(incoming.entries[back] / k) : n;
      if (to < from) take(to, outgoing[out++], -1);
      else if (from < to) take(from, -1, incoming.entries[back++]);
      else take(to, outgoing[out++], incoming.entries[back++]);
    }
  }
}

/** For each row the entries of the graph that name it, in rising order. */
function entriesByTarget(n: number, rows: Int32Array): { starts: Int32Array; entries: Int32Array } {
  const starts = new Int32Array(n + 1);
  for (const row of rows) starts[row + 1]++;
  for (let i = 0; i < n; i++) starts[i + 1] += starts[i];
  const next = starts.slice();
  const entries = new Int32Array(rows.length);
  for (let entry = 0; entry < rows.length; entry++) entries[next[rows[entry]]++] = entry;
  return { starts, entries };
}
