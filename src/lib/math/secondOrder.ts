import { checkPaired } from './centred.ts';
import { unitRows } from './cosines.ts';
import type { Matrix } from './matrix.ts';
import { pearson } from './statistics.ts';

/**
 * Per-item second-order similarity of two embeddings: Pearson's correlation of an item's cosines to a common set of
 * anchors in one with those in the other. An item that is an anchor itself is not among its own.
 *
 * After Hamilton, Leskovec and Jurafsky 2016 (Cultural shift or linguistic drift?), who take the item's own
 * neighbours as anchors; common ones make the values of items comparable.
 *
 * @param a n × da, `b` n × db; row i is the same item in both
 * @param anchors rows
 * @returns n values in [−1, 1]; NaN where an item is equally near to all anchors
 * @throws RangeError when the row counts differ, or an anchor is not a row
 */
export function secondOrderSimilarity(a: Matrix, b: Matrix, anchors: Int32Array): Float64Array {
  checkPaired(a, b, 2);
  const missing = anchors.find((anchor) => !(anchor >= 0 && anchor < a.rows));
  if (missing !== undefined) throw new RangeError(`anchor ${missing} is not one of ${a.rows} rows`);
  const [x, y] = [unitRows(a), unitRows(b)];
  const [anchorsA, anchorsB] = [rowsOf(x, a.columns, anchors), rowsOf(y, b.columns, anchors)];
  const inA = new Float64Array(anchors.length);
  const inB = new Float64Array(anchors.length);
  return Float64Array.from({ length: a.rows }, (_, i) => {
    dots(x, a.columns, i, anchorsA, inA);
    dots(y, b.columns, i, anchorsB, inB);
    const own = anchors.indexOf(i);
    return own < 0 ? pearson(inA, inB) : pearson(without(inA, own), without(inB, own));
  });
}

/** Copies of the rows side by side. */
function rowsOf(units: Float64Array, d: number, rows: Int32Array): Float64Array {
  const result = new Float64Array(rows.length * d);
  rows.forEach((row, at) => result.set(units.subarray(row * d, (row + 1) * d), at * d));
  return result;
}

/** The dot products of row i with all anchors, four at a time so that each of its values is read once for four. */
function dots(
  units: Float64Array,
  d: number,
  i: number,
  anchors: Float64Array,
  out: Float64Array,
): void {
  const whole = out.length - (out.length % 4);
  for (let anchor = 0; anchor < whole; anchor += 4) {
    const at = anchor * d;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let f = 0; f < d; f++) {
      const value = units[i * d + f];
      s0 += value * anchors[at + f];
      s1 += value * anchors[at + d + f];
      s2 += value * anchors[at + 2 * d + f];
      s3 += value * anchors[at + 3 * d + f];
    }
    out[anchor] = s0;
    out[anchor + 1] = s1;
    out[anchor + 2] = s2;
    out[anchor + 3] = s3;
  }
  for (let anchor = whole; anchor < out.length; anchor++) {
    let sum = 0;
    for (let f = 0; f < d; f++) sum += units[i * d + f] * anchors[anchor * d + f];
    out[anchor] = sum;
  }
}

const without = (values: Float64Array, at: number): Float64Array =>
  values.filter((_, place) => place !== at);
