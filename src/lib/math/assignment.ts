import { munkres } from 'munkres';
import type { Matrix } from './matrix.ts';
import { column } from './pca.ts';
import { pearson } from './statistics.ts';

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
 */
export function matchComponents(a: Matrix, b: Matrix): MatchedComponent[] {
  const columnsB = Array.from({ length: b.columns }, (_, c) => column(b, c));
  const correlations = Array.from({ length: a.columns }, (_, c) => {
    const scores = column(a, c);
    // A component without spread goes along with nothing.
    return columnsB.map((other) => pearson(scores, other) || 0);
  });
  const weights = correlations.map((row) => row.map(Math.abs));
  return bestAssignment(weights).map(([row, col]) => ({
    a: row,
    b: col,
    correlation: correlations[row][col],
  }));
}
