import { describe, expect, it } from 'vitest';
import { answerAnalogies } from '../../../src/lib/math/analogyTest.ts';
import { matrix, type Matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';

/** The rules as they are written in the papers, one row at a time in double precision. */
function byHand({ data, rows, columns }: Matrix, [a, b, c]: number[], rule: 'add' | 'mul'): number {
  const of = (row: number) => Array.from(data.subarray(row * columns, (row + 1) * columns));
  const cosine = (i: number, j: number) => {
    const [x, y] = [of(i), of(j)];
    const norm = Math.hypot(...x) * Math.hypot(...y);
    return norm === 0 ? 0 : x.reduce((sum, value, k) => sum + value * y[k], 0) / norm;
  };
  const shifted = (i: number, j: number) => (cosine(i, j) + 1) / 2;
  const score = (w: number) =>
    rule === 'add'
      ? cosine(w, b) - cosine(w, a) + cosine(w, c)
      : (shifted(w, b) * shifted(w, c)) / (shifted(w, a) + 0.001);
  const others = Array.from({ length: rows }, (_, w) => w).filter((w) => ![a, b, c].includes(w));
  return others.reduce((best, w) => (best < 0 || score(w) > score(best) ? w : best), -1);
}

describe('answerAnalogies', () => {
  it('answers as the rules say, over several blocks of rows', () => {
    const draw = random(5);
    const m = matrix(
      2500,
      6,
      Float32Array.from({ length: 15_000 }, () => draw.normal()),
    );
    m.data.fill(0, 6 * 77, 6 * 78);
    const questions = Int32Array.from({ length: 4 * 40 }, () => Math.floor(draw.uniform() * 2500));
    questions.set([77, 3, 2400, 0]);
    const { add, mul } = answerAnalogies(m, questions);
    for (let q = 0; q < 40; q++) {
      const question = [...questions.subarray(4 * q, 4 * q + 3)];
      expect(add[q]).toBe(byHand(m, question, 'add'));
      expect(mul[q]).toBe(byHand(m, question, 'mul'));
    }
  });

  it('takes the lower row of equals, and never a word of the question', () => {
    const m = matrix(5, 2, Float32Array.of(1, 0, 0, 1, 1, 1, 0, 2, 0, 3));
    const { add, mul } = answerAnalogies(m, Int32Array.of(0, 1, 1, 4));
    expect([add[0], mul[0]]).toEqual([3, 3]);
  });

  it('has no answer where there are no other words, and none to no question', () => {
    const m = matrix(3, 1, Float32Array.of(1, 2, 3));
    expect(answerAnalogies(m, Int32Array.of(0, 1, 2, 0))).toEqual({
      add: Int32Array.of(-1),
      mul: Int32Array.of(-1),
    });
    expect(answerAnalogies(m, new Int32Array(0)).add).toHaveLength(0);
  });

  it('refuses rows that are not there', () => {
    const m = matrix(3, 1, Float32Array.of(1, 2, 3));
    expect(() => answerAnalogies(m, Int32Array.of(0, 1, 3, 0))).toThrow(
      new RangeError('row 3 of 3 is asked about'),
    );
  });
});
