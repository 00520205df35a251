import { unit } from './analogy.ts';
import type { Matrix } from './matrix.ts';

/** Where every row of a matrix lies along the line from one row to another; entry i is row i. */
export interface Line {
  /** 0 at the first row's direction, 1 at the second's, ½ where both are equally similar. */
  positions: Float64Array;
  /** From the line at right angles: 0 on it; about 1 where a row has next to nothing to do with either. */
  distances: Float64Array;
  /** The cosine of the two rows. */
  cosine: number;
  /** The share of the rows' variance about their mean that lies along the line; NaN when they do not vary. */
  varianceShare: number;
}

/**
 * All rows projected on the straight line through two of them, each row at length 1 (x̂ = x / |x|), so that a long
 * vector is no further along than a short one of the same direction:
 *
 *     position = (x̂ − â) · (b̂ − â) / |b̂ − â|² = ½ + (cos(x, b) − cos(x, a)) / (2 (1 − cos(a, b)))
 *     distance = |x̂ − â − position · (b̂ − â)|
 *
 * Positions rise with the cosine of x and b̂ − â, so that ranking by either is the same. A vector of zeros stays where
 * it is, at the origin: its position is ½.
 *
 * This is the semantic projection of Grand, Blank, Pereira and Fedorenko 2022 (Nature Human Behaviour 6), and with
 * one word at each end the axis of An, Kwak and Ahn 2018 (SemAxis, ACL).
 *
 * @param m n × d
 * @throws RangeError when a row is not one of the matrix, the vector of a or b is zero, or both have the same direction
 */
export function line(m: Matrix, a: number, b: number): Line {
  const { data, rows, columns } = m;
  const start = unit(m, a);
  const step = unit(m, b).map((value, j) => value - start[j]);
  let span = 0;
  let base = 0;
  for (let j = 0; j < columns; j++) {
    span += step[j] * step[j];
    base += start[j] * step[j];
  }
  // float32 vectors of one direction differ by about 1e-7 of their length.
  if (span < 1e-12) throw new RangeError(`rows ${a} and ${b} have the same direction`);
  const positions = new Float64Array(rows);
  const distances = new Float64Array(rows);
  const mean = new Float64Array(columns);
  let lengths = 0;
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let squares = 0;
    let along = 0;
    let towards = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[at + j];
      squares += value * value;
      along += value * step[j];
      towards += value * start[j];
    }
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    const length = squares === 0 ? 0 : 1;
    const position = (along * scale - base) / span;
    const fromStart = length - 2 * towards * scale + 1;
    positions[i] = position;
    distances[i] = Math.sqrt(Math.max(0, fromStart - position * position * span));
    for (let j = 0; j < columns; j++) mean[j] += data[at + j] * scale;
    lengths += length;
  }
  // Exact by definition, where rounding would leave specks.
  positions[a] = 0;
  positions[b] = 1;
  distances[a] = 0;
  distances[b] = 0;
  return {
    positions,
    distances,
    cosine: 1 - span / 2,
    varianceShare: share(positions, span, mean, lengths),
  };
}

/** Variance of the positions, in the rows' own units, over the variance of the rows. */
function share(positions: Float64Array, span: number, sums: Float64Array, lengths: number): number {
  const n = positions.length;
  let centre = 0;
  for (const position of positions) centre += position / n;
  let along = 0;
  for (const position of positions) along += (position - centre) ** 2 / n;
  let square = 0;
  for (const sum of sums) square += (sum / n) ** 2;
  const total = lengths / n - square;
  return total > 1e-12 ? (along * span) / total : NaN;
}
