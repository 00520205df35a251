import { describe, expect, it } from 'vitest';
import { largestK, mapQuality } from '../../../src/lib/math/mapQuality.ts';
import { matrix, unitRows } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import { data, goldens } from './tsne/goldens.ts';

const maps = {
  tsne: Float32Array.from(goldens.quality.map),
  plane: Float32Array.from(
    { length: 2 * data.rows },
    (_, at) => data.data[(at >> 1) * data.columns + (at % 2)],
  ),
};

describe('mapQuality', () => {
  it.each(goldens.quality.figures)("equals scikit-learn's ($map, k = $k)", (golden) => {
    const { k, trustworthiness, continuity, rows } = mapQuality(data, maps[golden.map], {
      k: golden.k,
    });
    expect([k, rows.length]).toEqual([golden.k, data.rows]);
    expect(trustworthiness.mean).toBeCloseTo(golden.trustworthiness, 7);
    expect(continuity.mean).toBeCloseTo(golden.continuity, 7);
    expect([trustworthiness.standardError, continuity.standardError]).toEqual([0, 0]);
  });

  it('is what a pencil gives for five points on a line and a map that swaps two', () => {
    const line = matrix(5, 1, Float32Array.of(0, 1, 3, 7, 15));
    // On the map the last two have changed places.
    const map = Float32Array.of(0, 0, 1, 0, 3, 0, 15, 0, 7, 0);
    const { trustworthiness, continuity, preservation } = mapQuality(line, map, { k: 1 });
    // Nearest in the data: 1, 0, 1, 2, 3; on the map: 1, 0, 1, 4, 2. The rank in the data of row 3's neighbour 4
    // is 4 (distances 7, 6, 4, 8), and that of row 4's neighbour 2 is 2; the worst is 2n − 3k − 1 = 6.
    expect([...trustworthiness.perRow]).toEqual([1, 1, 1, 1 - (2 * 3) / 6, 1 - (2 * 1) / 6]);
    expect(trustworthiness.mean).toBeCloseTo((3 + 0 + 2 / 3) / 5, 12);
    // The rank on the map of row 3's neighbour 2 is 2 (distances 15, 14, 12, 8), of row 4's neighbour 3 it is 4.
    expect([...continuity.perRow]).toEqual([1, 1, 1, 1 - (2 * 1) / 6, 1 - (2 * 3) / 6]);
    expect([...preservation.perRow]).toEqual([1, 1, 1, 0, 0]);
  });

  it('is 1 throughout when the map is the data', () => {
    const plane = matrix(data.rows, 2, maps.plane);
    const { trustworthiness, continuity, preservation } = mapQuality(plane, maps.plane);
    expect([trustworthiness.mean, continuity.mean, preservation.mean]).toEqual([1, 1, 1]);
  });

  it('measures a sample of many rows, near the truth and the same for a seed', () => {
    const draw = random(3);
    const many = matrix(3_001, 3, Float32Array.from({ length: 9_003 }, draw.normal));
    const flat = Float32Array.from(
      { length: 6_002 },
      (_, at) => many.data[3 * (at >> 1) + (at % 2)],
    );
    const sample = mapQuality(many, flat, { seed: 5 });
    expect(sample.rows.length).toBe(1_000);
    expect([...sample.rows]).toEqual([...sample.rows].sort((a, b) => a - b));
    expect(new Set(sample.rows).size).toBe(1_000);
    expect(mapQuality(many, flat, { seed: 5 })).toEqual(sample);
    const other = mapQuality(many, flat, { seed: 6 });
    expect([...other.rows]).not.toEqual([...sample.rows]);
    const { standardError, mean } = sample.trustworthiness;
    expect(standardError).toBeGreaterThan(0);
    expect(Math.abs(other.trustworthiness.mean - mean)).toBeLessThan(5 * standardError);
  });

  it('takes cosine for the distance of rows of length 1', () => {
    const cosine = mapQuality(data, maps.tsne, { metric: 'cosine', k: 5 });
    expect(cosine).toEqual(mapQuality(unitRows(data), maps.tsne, { k: 5 }));
    expect(cosine).not.toEqual(mapQuality(data, maps.tsne, { k: 5 }));
  });

  it('refuses what cannot be measured', () => {
    const three = matrix(3, 1, Float32Array.of(1, 2, 4));
    expect([0, 1, 2, 3, 4, 24, 25].map(largestK)).toEqual([0, 0, 0, 1, 1, 11, 12]);
    expect(mapQuality(three, new Float32Array(6)).k).toBe(1);
    expect(() => mapQuality(three, new Float32Array(6), { k: 2 })).toThrow(
      'k is 2 (expected a whole number from 1 to 1, under half of the 3 rows)',
    );
    expect(() => mapQuality(three, new Float32Array(4))).toThrow(
      'the map has 4 values (expected 6)',
    );
    expect(() => mapQuality(three, Float32Array.of(0, 0, 1, 1, 2, NaN))).toThrow(
      'row 2, column 1 is NaN (expected a finite number)',
    );
  });
});
