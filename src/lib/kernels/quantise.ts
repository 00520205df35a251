import type { Matrix } from '../math/matrix.ts';

/** What became of a matrix whose rows were rounded to whole numbers from −127 to 127. */
export interface QuantisedRows {
  /** What 1 stands for in each row. */
  steps: Float64Array;
  /** The greatest distance of a row from what it was rounded to, and the greatest in lengths of the row. */
  residual: number;
  relativeResidual: number;
}

/**
 * Rounds each row to multiples of its own step, its greatest magnitude over 127.
 *
 * @param lengths of the rows; one that is not finite is left out
 * @param target n × `columns` bytes, `columns` no less than those of `m`
 */
export function quantiseRows(
  { data, rows, columns: own }: Matrix,
  lengths: Float64Array,
  target: Int8Array,
  columns: number,
): QuantisedRows {
  const steps = new Float64Array(rows);
  let residual = 0;
  let relativeResidual = 0;
  for (let i = 0; i < rows; i++) {
    if (!Number.isFinite(lengths[i])) {
      steps[i] = NaN;
      continue;
    }
    if (lengths[i] === 0) continue;
    let most = 0;
    for (let at = i * own; at < (i + 1) * own; at++) most = Math.max(most, Math.abs(data[at]));
    const step = most / 127;
    let squares = 0;
    for (let j = 0; j < own; j++) {
      const value = data[i * own + j];
      const whole = Math.round(value / step);
      target[i * columns + j] = whole;
      squares += (value - whole * step) ** 2;
    }
    steps[i] = step;
    residual = Math.max(residual, Math.sqrt(squares));
    relativeResidual = Math.max(relativeResidual, Math.sqrt(squares) / lengths[i]);
  }
  return { steps, residual, relativeResidual };
}

/**
 * Rounds a query to 16-bit multiples of a step, so that its products with bytes add up to 32-bit whole numbers
 * whatever the row.
 *
 * @returns the step, and the query's distance from what it was rounded to
 */
export function quantiseQuery(
  query: Float32Array,
  target: Int16Array,
): { step: number; residual: number } {
  const range = Math.min(2 ** 15 - 1, Math.floor((2 ** 31 - 1) / (127 * target.length)));
  let most = 0;
  for (const value of query) most = Math.max(most, Math.abs(value));
  const step = most === 0 ? 1 : most / range;
  let squares = 0;
  for (let j = 0; j < query.length; j++) {
    const whole = Math.round(query[j] / step);
    // A vector may have more columns, all zeros, than whole numbers have been given room.
    if (j < target.length) target[j] = whole;
    squares += (query[j] - whole * step) ** 2;
  }
  return { step, residual: Math.sqrt(squares) };
}
