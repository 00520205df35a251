import type { Random } from './random.ts';

/** A smaller spread than this share of the squares is rounding, not variation. */
const NEGLIGIBLE = 1e-20;

/**
 * Pearson's correlation; NaN when either side does not vary, or there are fewer than two pairs.
 *
 * @throws RangeError when the lengths differ
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `a correlation needs pairs, but there are ${a.length} and ${b.length} values`,
    );
  }
  const x = standardised(a);
  const y = standardised(b);
  if (!x || !y) return NaN;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return Math.max(-1, Math.min(1, sum));
}

/** Spearman's rank correlation, ties sharing their mean rank; NaN as `pearson`. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return pearson(ranks(a), ranks(b));
}

/** Ranks from 1, the lowest value; ties share their mean rank, NaN has rank NaN. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(values);
  // Sorted as numbers and looked up, which is several times as fast as a sort by a comparison.
  const sorted = result.filter((value) => !Number.isNaN(value)).sort();
  for (let i = 0; i < result.length; i++) {
    const value = result[i];
    if (Number.isNaN(value)) continue;
    const first = place(sorted, value, false);
    const alone = first + 1 === sorted.length || sorted[first + 1] !== value;
    result[i] = (first + 1 + (alone ? first + 1 : place(sorted, value, true))) / 2;
  }
  return result;
}

/** How many of the sorted values are less than `value`, or no more than it. */
function place(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Share of `values` below `value`, ties counting half, 0 to 100 (scipy's `percentileofscore`, kind `mean`).
 * NaN when there are no values.
 */
export function percentile(values: ArrayLike<number>, value: number): number {
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < value) below += 1;
    else if (values[i] === value) below += 0.5;
  }
  return (100 * below) / values.length;
}

/** What is compared with the scores: one value an item, NaN where it is missing. */
export interface Attribute {
  name: string;
  values: ArrayLike<number>;
}

export interface Correlation {
  name: string;
  /** Pearson's. */
  correlation: number;
  /** Pairs it is over. */
  n: number;
  /** Two-sided, corrected for all attributes tried. */
  pValue: number;
}

/**
 * Pearson correlations of `scores` with each attribute that varies, in their order, with permutation p-values
 * corrected by the maximum statistic (Westfall and Young 1993): a p-value is the share of permutations of the
 * scores, the one observed among them, in which *any* attribute correlates at least as strongly.
 *
 * @param scores n finite values
 * @param permutations the least p-value is 1 / (permutations + 1)
 */
export function correlations(
  scores: ArrayLike<number>,
  attributes: readonly Attribute[],
  permutations: number,
  random: Random,
): Correlation[] {
  const tried = attributes.flatMap((attribute) => prepare(attribute, scores.length));
  const values = Float64Array.from(scores);
  const total = sums(values);
  const observed = tried.map((attribute) => correlate(attribute, values, total));
  const real = tried.map((_, a) => a).filter((a) => !Number.isNaN(observed[a]));
  const atLeast = new Uint32Array(tried.length).fill(1);
  for (let p = 0; p < permutations; p++) {
    random.shuffle(values);
    let most = 0;
    for (const a of real) most = Math.max(most, Math.abs(correlate(tried[a], values, total)) || 0);
    for (const a of real) if (most >= Math.abs(observed[a]) - 1e-12) atLeast[a]++;
  }
  return real.map((a) => ({
    name: tried[a].name,
    correlation: observed[a],
    n: tried[a].n,
    pValue: atLeast[a] / (permutations + 1),
  }));
}

interface Sums {
  sum: number;
  squares: number;
}

/** Sums over the values of the given rows, or over all. */
function sums(values: Float64Array, rows?: Int32Array): Sums {
  let sum = 0;
  let squares = 0;
  const n = rows?.length ?? values.length;
  for (let i = 0; i < n; i++) {
    const value = values[rows ? rows[i] : i];
    sum += value;
    squares += value * value;
  }
  return { sum, squares };
}

/**
 * An attribute whose known values have been given mean 0 and length 1. One of two values, as a genre is, lies
 * on its `rows` of the rarer value alone: `step` above what it is elsewhere. Any other has a value for each row.
 */
interface Prepared {
  name: string;
  n: number;
  rows: Int32Array;
  weights: Float64Array | { step: number };
  /** The rows without a value. */
  missing: Int32Array;
}

function prepare({ name, values }: Attribute, length: number): Prepared[] {
  const all = Int32Array.from({ length }, (_, i) => i);
  const known = all.filter((i) => Number.isFinite(values[i]));
  const missing = all.filter((i) => !Number.isFinite(values[i]));
  const unit = standardised(Float64Array.from(known, (i) => values[i]));
  if (!unit) return [];
  const own = { name, n: known.length, missing };
  const [first] = unit;
  const other = unit.find((value) => value !== first)!;
  if (unit.some((value) => value !== first && value !== other)) {
    return [{ ...own, rows: known, weights: unit }];
  }
  // Mean 0 makes the value farther from zero the rarer one.
  const [rare, common] = Math.abs(first) > Math.abs(other) ? [first, other] : [other, first];
  const rows = known.filter((_, i) => unit[i] === rare);
  return [{ ...own, rows, weights: { step: rare - common } }];
}

/** `total` is of all scores, whose order does not matter to it. */
function correlate(
  { n, rows, weights, missing }: Prepared,
  scores: Float64Array,
  total: Sums,
): number {
  const without = sums(scores, missing);
  const sum = total.sum - without.sum;
  const squares = total.squares - without.squares;
  const spread = squares - (sum * sum) / n;
  // Scores lie about zero, so that little is lost in these differences.
  if (!(spread > total.squares * 1e-14)) return NaN;
  let dot = 0;
  if (weights instanceof Float64Array) {
    for (let i = 0; i < rows.length; i++) dot += weights[i] * scores[rows[i]];
  } else {
    for (let i = 0; i < rows.length; i++) dot += scores[rows[i]];
    dot = weights.step * (dot - (rows.length * sum) / n);
  }
  return Math.max(-1, Math.min(1, dot / Math.sqrt(spread)));
}

/** The values less their mean, scaled to length 1; undefined when they do not vary. */
function standardised(values: ArrayLike<number>): Float64Array | undefined {
  const n = values.length;
  let sum = 0;
  let raw = 0;
  for (let i = 0; i < n; i++) {
    sum += values[i];
    raw += values[i] * values[i];
  }
  const mean = sum / n;
  const result = new Float64Array(n);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = values[i] - mean;
    result[i] = value;
    squares += value * value;
  }
  if (n < 2 || !(squares > raw * NEGLIGIBLE)) return undefined;
  const length = Math.sqrt(squares);
  for (let i = 0; i < n; i++) result[i] /= length;
  return result;
}
