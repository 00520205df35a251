import type { Matrix } from './matrix.ts';

/** Rows scaled to length 1, in double precision; a row of zeros stays. */
export function unitRows({ data, rows, columns }: Matrix): Float64Array {
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += data[at + j] * data[at + j];
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = 0; j < columns; j++) result[at + j] = data[at + j] * scale;
  }
  return result;
}

/** One over the length of each row; 0 for a row of zeros. */
export function inverseLengths({ data, rows, columns }: Matrix): Float64Array {
  const result = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) {
    let squares = 0;
    for (let j = 0; j < columns; j++, at++) squares += data[at] * data[at];
    result[i] = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  }
  return result;
}

/**
 * The cosine of rows i and j.
 *
 * @param inverses of `inverseLengths`
 */
export function cosineOfRows(
  { data, columns }: Matrix,
  inverses: Float64Array,
  i: number,
  j: number,
): number {
  const [atI, atJ] = [i * columns, j * columns];
  let sum = 0;
  for (let f = 0; f < columns; f++) sum += data[atI + f] * data[atJ + f];
  return sum * inverses[i] * inverses[j];
}
