import { row as rowOf, type Matrix } from './matrix.ts';
import { lowest, type Nearest } from './neighbours.ts';

/** How the answer is found: 3CosAdd or 3CosMul, as Levy and Goldberg 2014 name them. */
export type AnalogyRule = 'add' | 'mul';

/** Keeps 3CosMul's quotient finite; the value of Levy and Goldberg 2014. */
export const EPSILON = 0.001;

/** The rows of the three items of “a is to b as c is to …”. */
export interface AnalogyRows {
  a: number;
  b: number;
  c: number;
}

export interface Analogy extends Nearest {
  /** What the rule gives every row of the matrix; NaN for none. */
  all: Float64Array;
}

/**
 * The `k` rows of `m` that best answer “a is to b as c is to …”, exactly, without a, b and c; of equals the lower
 * row first. With x̂ for x at length 1:
 *
 * - `add` (3CosAdd): the cosine of x and b̂ − â + ĉ. It ranks as cos(x, b) − cos(x, a) + cos(x, c) does.
 * - `mul` (3CosMul): s(x, b) · s(x, c) / (s(x, a) + 0.001), where s = (cos + 1) / 2 lies in [0, 1].
 *
 * A vector of zeros has no direction: its cosine with anything is 0 here.
 *
 * Omer Levy and Yoav Goldberg 2014, Linguistic Regularities in Sparse and Explicit Word Representations, CoNLL,
 * equations 2 to 4. Memory beside the matrix: one number a row.
 *
 * @param m n × d
 * @throws RangeError when a row is not one of the matrix, the vector of a, b or c is zero, b̂ − â + ĉ is zero
 *   (`add`), or k is no whole number from 0
 */
export function analogy(
  m: Matrix,
  { a, b, c }: AnalogyRows,
  k: number,
  rule: AnalogyRule,
): Analogy {
  if (!Number.isInteger(k) || k < 0)
    throw new RangeError(`k is ${k} (expected a whole number from 0)`);
  const units = [unit(m, a), unit(m, b), unit(m, c)] as const;
  const all = rule === 'add' ? sums(m, units) : products(m, units);
  const ranked = all.map((value) => -value);
  for (const row of [a, b, c]) ranked[row] = NaN;
  const rows = lowest(ranked, k);
  return { rows, values: Float64Array.from(rows, (row) => all[row]), all };
}

/** Row `i` at length 1. */
export function unit(m: Matrix, i: number): Float64Array {
  if (!Number.isInteger(i) || i < 0 || i >= m.rows)
    throw new RangeError(`row ${i} is not one of ${m.rows}`);
  const values = rowOf(m, i);
  let squares = 0;
  for (const value of values) squares += value * value;
  if (squares === 0) throw new RangeError(`row ${i} is all zeros and has no direction`);
  const length = Math.sqrt(squares);
  return Float64Array.from(values, (value) => value / length);
}

type Units = readonly [a: Float64Array, b: Float64Array, c: Float64Array];

function sums({ data, rows, columns }: Matrix, [a, b, c]: Units): Float64Array {
  const target = a.map((value, j) => b[j] - value + c[j]);
  const length = Math.hypot(...target);
  // float32 vectors whose sum is zero leave about 1e-7 of it.
  if (length < 1e-6) throw new RangeError('b − a + c is zero and has no direction');
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let dot = 0;
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[at + j];
      dot += value * target[j];
      squares += value * value;
    }
    values[i] = cosine(dot, squares, length);
  }
  return values;
}

function products({ data, rows, columns }: Matrix, [a, b, c]: Units): Float64Array {
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let dotA = 0;
    let dotB = 0;
    let dotC = 0;
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[at + j];
      dotA += value * a[j];
      dotB += value * b[j];
      dotC += value * c[j];
      squares += value * value;
    }
    values[i] =
      (shifted(dotB, squares) * shifted(dotC, squares)) / (shifted(dotA, squares) + EPSILON);
  }
  return values;
}

/** The cosine with a vector of `length`, from the dot product and the row's sum of squares. */
function cosine(dot: number, squares: number, length: number): number {
  return squares === 0 ? 0 : Math.max(-1, Math.min(1, dot / (Math.sqrt(squares) * length)));
}

/** The cosine with a vector of length 1, moved from [−1, 1] to [0, 1]. */
function shifted(dot: number, squares: number): number {
  return (cosine(dot, squares, 1) + 1) / 2;
}
