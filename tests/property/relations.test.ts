import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analogy } from '../../src/lib/math/analogy.ts';
import { line } from '../../src/lib/math/line.ts';
import { matrix, type Matrix } from '../../src/lib/math/matrix.ts';

const COLUMNS = 4;

/** Four to thirty vectors of small whole numbers, none of them zero: ties and parallels are common. */
const points: fc.Arbitrary<Matrix> = fc
  .array(
    fc
      .array(fc.integer({ min: -3, max: 3 }), { minLength: COLUMNS, maxLength: COLUMNS })
      .filter((vector) => vector.some((value) => value !== 0)),
    { minLength: 4, maxLength: 30 },
  )
  .map((rows) => matrix(rows.length, COLUMNS, Float32Array.from(rows.flat())));
const rules = fc.constantFrom('add' as const, 'mul' as const);

/** What `work` gives, or undefined where it refuses its input. */
function given<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

it('an analogy gives every row but the three at most once, best first, of equals the lower', () => {
  fc.assert(
    fc.property(points, rules, fc.nat(40), (m, rule, k) => {
      const found = given(() => analogy(m, { a: 0, b: 1, c: 2 }, k, rule));
      if (!found) return;
      const { rows, values } = found;
      expect(rows).toHaveLength(Math.min(k, m.rows - 3));
      expect(new Set(rows).size).toBe(rows.length);
      expect([...rows].every((row) => row > 2)).toBe(true);
      for (let i = 1; i < rows.length; i++) {
        const before = values[i - 1] > values[i];
        expect(before || (values[i - 1] === values[i] && rows[i - 1] < rows[i])).toBe(true);
      }
      const all = analogy(m, { a: 0, b: 1, c: 2 }, m.rows, rule).rows;
      expect([...rows]).toEqual([...all].slice(0, k));
    }),
  );
});

it('turning the axes changes no figure of an analogy or a line', () => {
  fc.assert(
    fc.property(points, rules, (m, rule) => {
      // Coordinates in another order, one with the other sign: a rotation without rounding.
      const turned = matrix(m.rows, COLUMNS);
      for (let i = 0; i < m.rows; i++) {
        const [p, q, r, s] = m.data.subarray(i * COLUMNS);
        turned.data.set([q, p, -s, r], i * COLUMNS);
      }
      const rows = { a: 0, b: 1, c: 2 };
      const one = given(() => analogy(m, rows, 0, rule));
      const other = given(() => analogy(turned, rows, 0, rule));
      expect(other === undefined).toBe(one === undefined);
      one?.all.forEach((value, i) => expect(other!.all[i]).toBeCloseTo(value, 6));
      const there = given(() => line(m, 0, 1));
      const again = given(() => line(turned, 0, 1));
      expect(again === undefined).toBe(there === undefined);
      there?.positions.forEach((value, i) => expect(again!.positions[i]).toBeCloseTo(value, 6));
    }),
  );
});

it('Pythagoras holds at every row’s foot on a line', () => {
  fc.assert(
    fc.property(points, (m) => {
      const found = given(() => line(m, 0, 1));
      if (!found) return;
      const { positions, distances, cosine } = found;
      const span = 2 * (1 - cosine);
      const unit = (i: number) => {
        const x = [...m.data.subarray(i * COLUMNS, (i + 1) * COLUMNS)];
        return x.map((value) => value / Math.hypot(...x));
      };
      for (let i = 0; i < m.rows; i++) {
        const squares = (end: number) =>
          unit(i).reduce((sum, value, j) => sum + (value - unit(end)[j]) ** 2, 0);
        expect(distances[i] ** 2 + positions[i] ** 2 * span).toBeCloseTo(squares(0), 6);
        expect(distances[i] ** 2 + (1 - positions[i]) ** 2 * span).toBeCloseTo(squares(1), 6);
      }
    }),
  );
});
