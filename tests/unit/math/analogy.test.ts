import { describe, expect, it } from 'vitest';
import { analogy, EPSILON } from '../../../src/lib/math/analogy.ts';
import { matrix, type Matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';

/** The cosine by its definition, without a thought of speed. */
function cosine(m: Matrix, i: number, vector: readonly number[]): number {
  const x = [...m.data.subarray(i * m.columns, (i + 1) * m.columns)];
  const norm = (v: readonly number[]) => Math.sqrt(v.reduce((sum, value) => sum + value ** 2, 0));
  const dot = x.reduce((sum, value, j) => sum + value * vector[j], 0);
  return norm(x) === 0 ? 0 : dot / (norm(x) * norm(vector));
}

const rowOf = (m: Matrix, i: number) => [...m.data.subarray(i * m.columns, (i + 1) * m.columns)];

/** 3CosAdd as Levy and Goldberg write it: a sum of three cosines. */
const cosAdd = (m: Matrix, x: number, a: number, b: number, c: number) =>
  cosine(m, x, rowOf(m, b)) - cosine(m, x, rowOf(m, a)) + cosine(m, x, rowOf(m, c));

const cosMul = (m: Matrix, x: number, a: number, b: number, c: number) => {
  const s = (other: number) => (cosine(m, x, rowOf(m, other)) + 1) / 2;
  return (s(b) * s(c)) / (s(a) + 0.001);
};

function someMatrix(rows: number, columns: number, seed: number): Matrix {
  const draw = random(seed);
  const m = matrix(rows, columns);
  for (let i = 0; i < m.data.length; i++) m.data[i] = draw.normal();
  return m;
}

describe('analogy', () => {
  // Rows: a = east, b = north-east, c = north, then north-west, west, east twice as long, and nothing.
  const compass = matrix(7, 2, Float32Array.of(1, 0, 1, 1, 0, 1, -1, 1, -1, 0, 2, 0, 0, 0));

  it('gives figures that can be worked out by hand', () => {
    // b̂ − â + ĉ = (√½ − 1, √½ + 1): 22.5° west of north, so that north-west is at 22.5°, west at 112.5 − 45 = 67.5°.
    const { rows, values } = analogy(compass, { a: 0, b: 1, c: 2 }, 9, 'add');
    const target = [Math.SQRT1_2 - 1, Math.SQRT1_2 + 1];
    const length = Math.hypot(...target);
    expect([...rows]).toEqual([3, 4, 6, 5]);
    expect(values[0]).toBeCloseTo((-target[0] + target[1]) / Math.SQRT2 / length, 12);
    expect(values[1]).toBeCloseTo(-target[0] / length, 12);
    expect(values[2]).toBe(0);
    expect(values[3]).toBeCloseTo(target[0] / length, 12);

    // Similarities of north-west: with a (1 − √½) / 2, with b ½, with c (1 + √½) / 2. West: 0, (1 − √½) / 2, ½.
    const mul = analogy(compass, { a: 0, b: 1, c: 2 }, 9, 'mul');
    expect([...mul.rows]).toEqual([4, 3, 6, 5]);
    const low = (1 - Math.SQRT1_2) / 2;
    const high = (1 + Math.SQRT1_2) / 2;
    expect(mul.values[0]).toBeCloseTo((low * 0.5) / 0.001, 9);
    expect(mul.values[1]).toBeCloseTo((0.5 * high) / (low + 0.001), 9);
    expect(mul.values[2]).toBeCloseTo(0.25 / 0.501, 12);
    expect(mul.values[3]).toBeCloseTo((high * 0.5) / 1.001, 12);
    expect(EPSILON).toBe(0.001);
  });

  it.each(['add', 'mul'] as const)('finds by %s what brute force by the paper finds', (rule) => {
    for (const seed of [1, 2, 3]) {
      const m = someMatrix(200, 7, seed);
      const [a, b, c] = [seed, 50 + seed, 199 - seed];
      const score = rule === 'add' ? cosAdd : cosMul;
      const expected = Array.from({ length: m.rows }, (_, x) => x)
        .filter((x) => x !== a && x !== b && x !== c)
        .sort((x, y) => score(m, y, a, b, c) - score(m, x, a, b, c))
        .slice(0, 12);
      const { rows, values, all } = analogy(m, { a, b, c }, 12, rule);
      expect([...rows]).toEqual(expected);
      expect([...values]).toEqual([...rows].map((row) => all[row]));
      if (rule === 'mul') {
        values.forEach((value, at) => expect(value).toBeCloseTo(cosMul(m, rows[at], a, b, c), 6));
      }
    }
  });

  it('takes no heed of the length of any vector', () => {
    const m = someMatrix(60, 5, 9);
    const long = matrix(
      60,
      5,
      m.data.map((value, i) => value * (1 + (Math.floor(i / 5) % 4))),
    );
    for (const rule of ['add', 'mul'] as const) {
      const one = analogy(m, { a: 0, b: 1, c: 2 }, 10, rule);
      const other = analogy(long, { a: 0, b: 1, c: 2 }, 10, rule);
      expect(other.rows).toEqual(one.rows);
      other.values.forEach((value, at) => expect(value).toBeCloseTo(one.values[at], 5));
    }
  });

  it('leaves out the three, says what they would have had, and takes equals by row', () => {
    const m = matrix(6, 2, Float32Array.of(1, 0, 1, 1, 0, 1, 3, 4, 3, 4, 6, 8));
    for (const rule of ['add', 'mul'] as const) {
      const { rows, all } = analogy(m, { a: 0, b: 1, c: 2 }, 9, rule);
      expect([...rows]).toEqual([3, 4, 5]);
      expect(all[2]).toBeGreaterThan(all[3]);
    }
    expect([...analogy(m, { a: 0, b: 1, c: 2 }, 0, 'add').rows]).toEqual([]);
    // b twice: 2 b̂ − â, which is nearest to b itself.
    expect([...analogy(m, { a: 0, b: 1, c: 1 }, 1, 'add').rows]).toEqual([2]);
  });

  it('names what it cannot use', () => {
    const rows = { a: 0, b: 1, c: 2 };
    expect(() => analogy(compass, { ...rows, c: 7 }, 1, 'add')).toThrow('row 7 is not one of 7');
    expect(() => analogy(compass, { ...rows, a: 0.5 }, 1, 'add')).toThrow('row 0.5');
    expect(() => analogy(compass, { ...rows, b: 6 }, 1, 'mul')).toThrow('row 6 is all zeros');
    expect(() => analogy(compass, rows, -1, 'mul')).toThrow('k is -1');
    // b and c at 60° to either side of a add up to a.
    const star = matrix(3, 2, Float32Array.of(1, 0, 0.5, Math.sqrt(0.75), 0.5, -Math.sqrt(0.75)));
    expect(() => analogy(star, rows, 1, 'add')).toThrow('b − a + c is zero');
    expect([...analogy(star, rows, 1, 'mul').rows]).toEqual([]);
  });
});
