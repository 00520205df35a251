import { munkres } from 'munkres';
import { centred, checkPaired, crossProduct } from './centred.ts';
import type { Matrix } from './matrix.ts';
import type { Products } from './products.ts';

/** A row of weights and the column that it is given. */
export type Assigned = [row: number, column: number];

/**
 * Gives each row a column of its own, or each column a row where these are fewer, so that the sum of the weights is
 * largest; by rising row. Kuhn 1955 (The Hungarian method for the assignment problem), Munkres 1957; by the library munkres.
 *
 * @param weights rows of equal length, finite
 */
export function bestAssignment(weights: readonly (readonly number[])[]): Assigned[] {
  return munkres(weights.map((row) => row.map((weight) => -weight))).sort((a, b) => a[0] - b[0]);
}

/** A component of one embedding and the one of another that it is. */
export interface MatchedComponent {
  /** From 0. */
  a: number;
  b: number;
  /** Pearson's, of their scores; its sign says only how the two signs were chosen. */
  correlation: number;
}

/**
 * Which component of one embedding is which of another: the assignment with the largest sum of absolute correlations
 * of their scores, by rising `a`.
 *
 * @param a n × ka scores, `b` n × kb; row i is the same item in both
 * @throws RangeError when the row counts differ, or there are fewer than two
 */
export function matchComponents(a: Matrix, b: Matrix, products?: Products): MatchedComponent[] {
  checkPaired(a, b, 2);
  const [x, y] = [centred(a), centred(b)];
  const [lengthsA, lengthsB] = [columnLengths(a, x.mean), columnLengths(b, y.mean)];
  const cross = crossProduct(x, y, products);
  const correlations = Array.from(lengthsA, (lengthA, r) =>
    Array.from(lengthsB, (lengthB, c) =>
      // A component without spread goes along with nothing.
      lengthA * lengthB > 0 ? cross[r * b.columns + c] / (lengthA * lengthB) : 0,
    ),
  );
  const weights = correlations.map((row) => row.map(Math.abs));
  return bestAssignment(weights).map(([row, col]) => ({
    a: row,
    b: col,
    correlation: correlations[row][col],
  }));
}

function columnLengths({ data, columns }: Matrix, mean: Float64Array): Float64Array {
  const squares = new Float64Array(columns);
  for (let at = 0, column = 0; at < data.length; at++) {
    const value = data[at] - mean[column];
    squares[column] += value * value;
    if (++column === columns) column = 0;
  }
  return squares.map(Math.sqrt);
}
