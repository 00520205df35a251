import type { Matrix } from './matrix.ts';
import type { Stop } from './stop.ts';

/** Rows of the embedding that are looked at together; a block of similarities is this times the words asked about. */
const BLOCK = 1024;
/** Keeps a quotient finite (Levy and Goldberg 2014, section 6). */
const EPSILON = 0.001;

/** Questions *a is to b as c is to ?* as rows of an embedding, four numbers each: a, b, c and the right answer d. */
export interface AnalogyAnswers {
  /** One row per question by 3CosAdd: the w that is nearest to b − a + c. */
  add: Int32Array;
  /** One row per question by 3CosMul: the w with the largest cos(w, b)·cos(w, c) / (cos(w, a) + ε). */
  mul: Int32Array;
}

/**
 * The answers of an embedding to many analogies, over all its rows but the three of the question; −1 where there is no
 * other row. Of equals the lower row. Similarities of all words asked about are computed once, block by block, so that
 * a question costs a few operations a row.
 *
 * Mikolov, Yih and Zweig 2013 (3CosAdd); Levy and Goldberg 2014, equation 4 (3CosMul, cosines shifted to 0…1).
 *
 * @param m n × d
 * @param questions 4 rows a question
 * @throws RangeError when a question names a row that is not there
 */
export function answerAnalogies(
  m: Matrix,
  questions: Int32Array,
  options: { stop?: Stop; onProgress?: (done: number, total: number) => void } = {},
): AnalogyAnswers {
  const count = questions.length / 4;
  if (!Number.isInteger(count)) throw new RangeError('a question is four rows');
  const asked = new Map<number, number>();
  questions.forEach((row, i) => {
    if (!(row >= 0 && row < m.rows)) throw new RangeError(`row ${row} of ${m.rows} is asked about`);
    if (i % 4 < 3 && !asked.has(row)) asked.set(row, asked.size);
  });
  const places = questions.map((row) => asked.get(row) ?? -1);
  const units = unitRows(m, [...asked.keys()]);
  const best = { add: new Float64Array(count), mul: new Float64Array(count) };
  best.add.fill(-Infinity);
  best.mul.fill(-Infinity);
  const answers = { add: new Int32Array(count).fill(-1), mul: new Int32Array(count).fill(-1) };
  for (let from = 0; from < m.rows && !options.stop?.aborted; from += BLOCK) {
    const to = Math.min(m.rows, from + BLOCK);
    const block = unitRows(
      m,
      Array.from({ length: to - from }, (_, i) => from + i),
    );
    const similarities = products(units, block);
    const width = to - from;
    for (let q = 0; q < count; q++) {
      const [a, b, c] = [
        places[4 * q] * width,
        places[4 * q + 1] * width,
        places[4 * q + 2] * width,
      ];
      const [rowA, rowB, rowC] = [questions[4 * q], questions[4 * q + 1], questions[4 * q + 2]];
      for (let i = 0; i < width; i++) {
        const [toA, toB, toC] = [similarities[a + i], similarities[b + i], similarities[c + i]];
        const add = toB - toA + toC;
        const mul = ((toB + 1) * (toC + 1)) / (toA + 1 + 2 * EPSILON);
        if (add <= best.add[q] && mul <= best.mul[q]) continue;
        const row = from + i;
        if (row === rowA || row === rowB || row === rowC) continue;
        if (add > best.add[q]) [best.add[q], answers.add[q]] = [add, row];
        if (mul > best.mul[q]) [best.mul[q], answers.mul[q]] = [mul, row];
      }
    }
    options.onProgress?.(to, m.rows);
  }
  return answers;
}

/** Rows scaled to length 1; a row of zeros stays. */
function unitRows({ data, columns }: Matrix, rows: number[]): Matrix {
  const result = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += data[row * columns + j] ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = 0; j < columns; j++) result[i * columns + j] = data[row * columns + j] * scale;
  });
  return { data: result, rows: rows.length, columns };
}

/** a.rows × b.rows: the dot products of their rows. */
function products(a: Matrix, b: Matrix): Float32Array {
  const d = a.columns;
  const result = new Float32Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let dot = 0;
      for (let k = 0; k < d; k++) dot += a.data[i * d + k] * b.data[j * d + k];
      result[i * b.rows + j] = dot;
    }
  }
  return result;
}
