import type { Matrix } from '../math/matrix.ts';

/** Copies the rows of `m` to rows of `columns` values, and returns their lengths; rows beyond its own become NaN. */
export function copyPadded(m: Matrix, target: Float32Array, columns: number): Float64Array {
  const lengths = new Float64Array(m.rows);
  if (columns === m.columns) target.set(m.data);
  for (let i = 0; i < m.rows; i++) {
    const from = i * m.columns;
    if (columns !== m.columns) target.set(m.data.subarray(from, from + m.columns), i * columns);
    let squares = 0;
    for (let j = from; j < from + m.columns; j++) squares += m.data[j] * m.data[j];
    lengths[i] = Math.sqrt(squares);
  }
  target.fill(NaN, m.rows * columns);
  return lengths;
}

/** The Euclidean length of a vector. */
export function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}
