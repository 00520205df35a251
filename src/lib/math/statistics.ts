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
  const result = new Float64Array(values.length).fill(NaN);
  const order: number[] = [];
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) order.push(i);
  order.sort((a, b) => values[a] - values[b]);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) result[order[i]] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
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
  const observed = tried.map((attribute) => correlate(attribute, values));
  const real = tried.map((_, a) => a).filter((a) => !Number.isNaN(observed[a]));
  const atLeast = new Uint32Array(tried.length).fill(1);
  for (let p = 0; p < permutations; p++) {
    random.shuffle(values);
    let most = 0;
    for (const a of real) most = Math.max(most, Math.abs(correlate(tried[a], values)) || 0);
    for (const a of real) if (most >= Math.abs(observed[a]) - 1e-12) atLeast[a]++;
  }
  return real.map((a) => ({
    name: tried[a].name,
    correlation: observed[a],
    n: tried[a].rows.length,
    pValue: atLeast[a] / (permutations + 1),
  }));
}

/** An attribute's items, and its values there with mean 0 and length 1. */
interface Prepared {
  name: string;
  rows: Int32Array;
  values: Float64Array;
}

function prepare({ name, values }: Attribute, n: number): Prepared[] {
  const rows = Int32Array.from({ length: n }, (_, i) => i).filter((i) =>
    Number.isFinite(values[i]),
  );
  const unit = standardised(Float64Array.from(rows, (i) => values[i]));
  return unit ? [{ name, rows, values: unit }] : [];
}

function correlate({ rows, values }: Prepared, scores: Float64Array): number {
  let dot = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < rows.length; i++) {
    const score = scores[rows[i]];
    dot += values[i] * score;
    sum += score;
    squares += score * score;
  }
  const spread = squares - (sum * sum) / rows.length;
  // Scores lie about zero, so that little is lost in this difference.
  return spread > squares * 1e-14 ? Math.max(-1, Math.min(1, dot / Math.sqrt(spread))) : NaN;
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
  const result = Float64Array.from(values, (value) => value - sum / n);
  let squares = 0;
  for (const value of result) squares += value * value;
  if (n < 2 || !(squares > raw * NEGLIGIBLE)) return undefined;
  const length = Math.sqrt(squares);
  return result.map((value) => value / length);
}
