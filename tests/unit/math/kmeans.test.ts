import { describe, expect, test } from 'vitest';
import { kmeans, nearestCentres } from '../../../src/lib/math/kmeans.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';

/** Points around some centres, `each` of them in turn. */
function around(centres: readonly (readonly number[])[], each: number, spread: number) {
  const draw = random(3);
  const d = centres[0].length;
  const m = matrix(centres.length * each, d);
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < d; j++) {
      m.data[i * d + j] = centres[i % centres.length][j] + spread * draw.normal();
    }
  }
  return m;
}

describe('kmeans', () => {
  test('by hand: 1, 2, 3 and 10, 11, 12 are two clusters around 2 and 11', () => {
    const m = matrix(6, 1, Float32Array.of(1, 10, 2, 11, 3, 12));
    const { assignment, centres, sizes, inertia } = kmeans(m, 2, { random: random(1) });
    expect([...centres.data].sort((a, b) => a - b)).toEqual([2, 11]);
    expect([...sizes]).toEqual([3, 3]);
    // Each cluster has squared distances 1, 0 and 1.
    expect(inertia).toBe(4);
    expect(new Set([0, 2, 4].map((i) => assignment[i])).size).toBe(1);
    expect(assignment[1]).not.toBe(assignment[0]);
  });

  test('finds planted clusters, whatever the seed', () => {
    const planted = [
      [0, 0, 0],
      [8, 0, 0],
      [0, 8, 0],
      [0, 0, 8],
    ];
    const m = around(planted, 50, 0.5);
    for (let seed = 1; seed <= 10; seed++) {
      const { assignment, sizes } = kmeans(m, 4, { random: random(seed) });
      expect([...sizes]).toEqual([50, 50, 50, 50]);
      for (let i = 4; i < m.rows; i++) expect(assignment[i]).toBe(assignment[i % 4]);
    }
  });

  test('ends where every row is with its nearest centre, and every centre in the middle of its rows', () => {
    const m = around([[0, 0]], 400, 1);
    const { assignment, centres, sizes, inertia } = kmeans(m, 7, { random: random(5) });
    expect([...nearestCentres(m, centres)]).toEqual([...assignment]);
    const sums = new Float64Array(14);
    let squares = 0;
    for (let i = 0; i < m.rows; i++) {
      for (let j = 0; j < 2; j++) {
        sums[2 * assignment[i] + j] += m.data[2 * i + j];
        squares += (m.data[2 * i + j] - centres.data[2 * assignment[i] + j]) ** 2;
      }
    }
    sums.forEach((sum, at) => expect(centres.data[at]).toBeCloseTo(sum / sizes[at >> 1], 5));
    expect(inertia).toBeCloseTo(squares, 3);
  });

  test('is the same for the same seed', () => {
    const m = around([[0, 0]], 100, 1);
    const once = kmeans(m, 5, { random: random(2) });
    expect(kmeans(m, 5, { random: random(2) })).toEqual(once);
  });

  test('has fewer clusters where there are fewer different rows', () => {
    const m = matrix(5, 1, Float32Array.of(4, 4, 9, 9, 9));
    const { centres, sizes, inertia } = kmeans(m, 4, { random: random(1) });
    expect(centres.rows).toBe(2);
    expect([...sizes].sort()).toEqual([2, 3]);
    expect(inertia).toBe(0);
  });

  test('one row is one cluster', () => {
    const m = matrix(1, 2, Float32Array.of(3, 4));
    expect([...kmeans(m, 1, { random: random(1) }).centres.data]).toEqual([3, 4]);
  });

  test('refuses what it cannot cluster', () => {
    const m = matrix(3, 1, Float32Array.of(1, 2, 3));
    const options = { random: random(1) };
    expect(() => kmeans(m, 4, options)).toThrow(
      'k is 4 (expected a whole number from 1 to 3, the rows)',
    );
    expect(() => kmeans(m, 0, options)).toThrow('k is 0');
    const broken = matrix(2, 1, Float32Array.of(1, NaN));
    expect(() => kmeans(broken, 1, options)).toThrow('the rows hold a value that is not finite');
  });
});
