import { checkPaired } from './centred.ts';
import { cosineOfRows, inverseLengths } from './cosines.ts';
import type { Matrix } from './matrix.ts';
import type { Random } from './random.ts';
import { spearman } from './statistics.ts';

const PAIRS = 100_000;
/** Parts of the sample whose spread tells the error. */
const PARTS = 20;

export interface Rsa {
  /** Spearman's correlation of the cosines of pairs in one embedding with those in the other. */
  correlation: number;
  /** Its standard error from drawing pairs; 0 where all were taken. */
  error: number;
  pairs: number;
}

/**
 * Representational similarity analysis: whether pairs of items that are near in one embedding are near in the other.
 * All pairs where there are no more than `pairs`, or else as many drawn at random, each independently; the error is
 * that of the mean of twenty parts of the sample.
 *
 * Kriegeskorte, Mur and Bandettini 2008 (Representational similarity analysis), with cosines.
 *
 * @param a n × da, `b` n × db; row i is the same item in both
 * @throws RangeError when the row counts differ, or there are fewer than three
 */
export function rsa(a: Matrix, b: Matrix, random: Random, pairs = PAIRS): Rsa {
  checkPaired(a, b, 3);
  const n = a.rows;
  const all = (n * (n - 1)) / 2;
  const exhaustive = all <= pairs;
  const count = exhaustive ? all : pairs;
  const [lengthsA, lengthsB] = [inverseLengths(a), inverseLengths(b)];
  const inA = new Float64Array(count);
  const inB = new Float64Array(count);
  let [i, j] = [0, 0];
  for (let p = 0; p < count; p++) {
    if (exhaustive) {
      if (++j === n) j = ++i + 1;
    } else {
      i = random.integer(n);
      j = random.integer(n - 1);
      if (j >= i) j++;
    }
    inA[p] = cosineOfRows(a, lengthsA, i, j);
    inB[p] = cosineOfRows(b, lengthsB, i, j);
  }
  const correlation = spearman(inA, inB);
  return { correlation, error: exhaustive ? 0 : standardError(inA, inB), pairs: count };
}

function standardError(inA: Float64Array, inB: Float64Array): number {
  const size = Math.floor(inA.length / PARTS);
  const parts = Array.from({ length: PARTS }, (_, part) =>
    spearman(
      inA.subarray(part * size, (part + 1) * size),
      inB.subarray(part * size, (part + 1) * size),
    ),
  );
  const mean = parts.reduce((sum, value) => sum + value, 0) / PARTS;
  const squares = parts.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (PARTS - 1) / PARTS);
}
