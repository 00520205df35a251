import type { Metric } from '../math/neighbours.ts';
import type { QuantisedRows } from './quantise.ts';

/** What is known of the vectors of a matrix: the greatest length, and the least that is not 0. */
export interface Lengths {
  longest: number;
  shortest: number;
}

/**
 * How far the values that a scan computes may be from the true ones: the dot product, the cosine times the
 * query's length, or the squared distance times −1.
 */
export interface RoundingBound {
  /** The greatest true value of a row whose computed value is `computed`. */
  highest(computed: number): number;
  /** The least computed value of a row whose true value is `value`. */
  lowest(value: number): number;
}

/** The unit of single precision's rounding, and the least number that keeps all its digits. */
const UNIT = 2 ** -24;
const LEAST = 2 ** -126;
/** Roundings of single precision beside those of a sum: of the scale, its product, and what is compared. */
const OTHERS = 8;

/** Lengths between which no product overflows, and what underflows is too little to matter. */
export function isBounded(length: number, exponent = 60): boolean {
  return length === 0 || (length > 2 ** -exponent && length < 2 ** exponent);
}

/**
 * Of sums of `columns` products in single precision, in whatever order: they are wrong by at most as many
 * units of rounding of the sum of their magnitudes (Higham 2002, section 3.1), and by what underflows.
 *
 * @param length of the query
 */
export function singleBound(
  metric: Metric,
  columns: number,
  length: number,
  { longest, shortest }: Lengths,
): RoundingBound {
  const relative = (columns + OTHERS) * UNIT * 1.01;
  const lost = columns * LEAST;
  if (metric === 'euclidean') {
    return {
      highest: (computed) => computed * (1 - relative) + lost,
      lowest: (value) => value * (1 + relative) - lost,
    };
  }
  const error =
    metric === 'dot' ? relative * length * longest + lost : relative * length + lost / shortest;
  return { highest: (computed) => computed + error, lowest: (value) => value - error };
}

/** Of products of rows of bytes and a query of whole numbers, which are exact but for what was rounded before. */
export function quantisedHighest(
  metric: Metric,
  length: number,
  query: { step: number; residual: number },
  rows: QuantisedRows,
  { longest }: Lengths,
): (computed: number) => number {
  const { step, residual } = query;
  if (metric === 'cosine') {
    const off = rows.relativeResidual;
    const error = off * length + (1 + off) * residual + OTHERS * UNIT * 2 * length;
    return (computed) => computed * step + error;
  }
  const error = rows.residual * length + (longest + rows.residual) * residual;
  if (metric === 'dot') {
    return (computed) => computed * step + error + OTHERS * UNIT * 2 * longest * length;
  }
  const rounding = OTHERS * UNIT * 2 * (longest + length) ** 2;
  return (computed) => computed * 2 * step - length ** 2 + 2 * error + rounding;
}
