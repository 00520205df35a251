import { checkPaired } from './centred.ts';
import { dotOfRows, unitRows } from './cosines.ts';
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
  const inA = new Float64Array(anchors.length);
  const inB = new Float64Array(anchors.length);
  return Float64Array.from({ length: a.rows }, (_, i) => {
    let count = 0;
    for (const anchor of anchors) {
      if (anchor === i) continue;
      inA[count] = dotOfRows(x, a.columns, i, anchor);
      inB[count++] = dotOfRows(y, b.columns, i, anchor);
    }
    return pearson(inA.subarray(0, count), inB.subarray(0, count));
  });
}
