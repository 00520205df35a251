import { describe, expect, it } from 'vitest';
import { line } from '../../../src/lib/math/line.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';

describe('line', () => {
  it('gives figures that can be worked out by hand', () => {
    // From east to north: the line x + y = 1, √2 long. Then north-east, west, east ten times as long, and nothing.
    const m = matrix(6, 2, Float32Array.of(1, 0, 0, 5, 3, 3, -1, 0, 10, 0, 0, 0));
    const { positions, distances, cosine } = line(m, 0, 1);
    expect(cosine).toBeCloseTo(0, 12);
    expect([...positions]).toEqual([0, 1, 0.5, 1, 0, 0.5].map((value) => expect.closeTo(value, 9)));
    expect([positions[0], positions[1], distances[0], distances[1]]).toEqual([0, 1, 0, 0]);
    expect(distances[2]).toBeCloseTo(1 - Math.SQRT1_2, 7);
    // West: (−1, 0) is √2 from (0, 1), at right angles to the line.
    expect(distances[3]).toBeCloseTo(Math.SQRT2, 7);
    expect(distances[4]).toBeCloseTo(0, 7);
    expect(distances[5]).toBeCloseTo(Math.SQRT1_2, 7);
  });

  it('agrees with the geometry, and with cosines, on random data', () => {
    const draw = random(5);
    const [n, d, a, b] = [80, 6, 3, 70];
    const m = matrix(n, d);
    for (let i = 0; i < m.data.length; i++) m.data[i] = draw.normal() * 3;
    const units = Array.from({ length: n }, (_, i) => {
      const x = [...m.data.subarray(i * d, (i + 1) * d)];
      return x.map((value) => value / Math.hypot(...x));
    });
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, j) => sum + value * y[j], 0);
    const { positions, distances, cosine, varianceShare } = line(m, a, b);
    expect(cosine).toBeCloseTo(dot(units[a], units[b]), 6);
    for (let i = 0; i < n; i++) {
      const t =
        0.5 +
        (dot(units[i], units[b]) - dot(units[i], units[a])) / (2 * (1 - dot(units[a], units[b])));
      expect(positions[i]).toBeCloseTo(t, 6);
      const foot = units[a].map((value, j) => value + t * (units[b][j] - value));
      const away = Math.hypot(...units[i].map((value, j) => value - foot[j]));
      expect(distances[i]).toBeCloseTo(away, 6);
    }
    // The variance along a direction over the sum of the variances of all coordinates.
    const direction = units[b].map((value, j) => value - units[a][j]);
    const variance = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / n;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    };
    const along = variance(units.map((x) => dot(x, direction) / Math.hypot(...direction)));
    const total = direction.reduce((sum, _, j) => sum + variance(units.map((x) => x[j])), 0);
    expect(varianceShare).toBeCloseTo(along / total, 6);
  });

  it('turned round, it has every position from the other end', () => {
    const draw = random(6);
    const m = matrix(30, 4);
    for (let i = 0; i < m.data.length; i++) m.data[i] = draw.normal();
    const there = line(m, 1, 2);
    const back = line(m, 2, 1);
    back.positions.forEach((value, i) => expect(value).toBeCloseTo(1 - there.positions[i], 10));
    back.distances.forEach((value, i) => expect(value).toBeCloseTo(there.distances[i], 6));
    expect(back.varianceShare).toBeCloseTo(there.varianceShare, 10);
  });

  it('names what it cannot use', () => {
    const m = matrix(4, 2, Float32Array.of(1, 0, 2, 0, 0, 0, 0, 1));
    expect(() => line(m, 0, 0)).toThrow('rows 0 and 0 have the same direction');
    expect(() => line(m, 0, 1)).toThrow('rows 0 and 1 have the same direction');
    expect(() => line(m, 0, 2)).toThrow('row 2 is all zeros');
    expect(() => line(m, 4, 0)).toThrow('row 4 is not one of 4');
  });

  it('has no share of a variance where nothing varies but the two', () => {
    const m = matrix(2, 1, Float32Array.of(1, -1));
    expect(line(m, 0, 1).varianceShare).toBeCloseTo(1, 12);
  });
});
