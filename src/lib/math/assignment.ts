import { munkres } from 'munkres';
import { centred, checkPaired, crossProduct, type Centred } from './centred.ts';
import type { Matrix } from './matrix.ts';

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
export function matchComponents(a: Matrix, b: Matrix): MatchedComponent[] {
  checkPaired(a, b, 2);
  const [x, y] = [centred(a), centred(b)];
  const [lengthsA, lengthsB] = [columnLengths(x), columnLengths(y)];
  const products = crossProduct(x, y);
  const correlations = Array.from(lengthsA, (lengthA, r) =>
    Array.from(lengthsB, (lengthB, c) =>
      // A component without spread goes along with nothing.
      lengthA * lengthB > 0 ? products[r * y.columns + c] / (lengthA * lengthB) : 0,
    ),
  );
  const weights = correlations.map((row) => row.map(Math.abs));
  return bestAssignment(weights).map(([row, col]) => ({
    a: row,
    b: col,
    correlation: correlations[row][col],
  }));
}

function columnLengths({ data, columns }: Centred): Float64Array {
  const squares = new Float64Array(columns);
  data.forEach((value, at) => (squares[at % columns] += value * value));
  return squares.map(Math.sqrt);
}
