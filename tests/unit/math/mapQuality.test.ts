import { describe, expect, it } from 'vitest';
import { largestK, mapQuality } from '../../../src/lib/math/mapQuality.ts';
import { matrix, unitRows } from '../../../src/lib/math/matrix.ts';
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

  it('measures a sample, the same for a seed, as it measures all', () => {
    const all = mapQuality(data, maps.tsne, { k: 5 });
    const sample = mapQuality(data, maps.tsne, { k: 5, sample: 40, seed: 5 });
    expect(sample.rows.length).toBe(40);
    expect([...sample.rows]).toEqual([...new Set(sample.rows)].sort((a, b) => a - b));
    const measures = ['trustworthiness', 'continuity', 'preservation'] as const;
    for (const name of measures) {
      expect([...sample[name].perRow]).toEqual(
        Array.from(sample.rows, (row) => all[name].perRow[row]),
      );
      expect(sample[name].standardError).toBeGreaterThan(0);
    }
    expect(mapQuality(data, maps.tsne, { k: 5, sample: 40, seed: 5 })).toEqual(sample);
    const other = mapQuality(data, maps.tsne, { k: 5, sample: 40, seed: 6 });
    expect([...other.rows]).not.toEqual([...sample.rows]);
  });

  it('counts which neighbours share a label, and what chance would give', () => {
    const line = matrix(5, 1, Float32Array.of(0, 1, 3, 7, 15));
    const map = Float32Array.of(0, 0, 1, 0, 3, 0, 15, 0, 7, 0);
    // Row 0 is in both groups, row 3 in none. Nearest in the data: 1, 0, 1, 2, 3; on the map: 1, 0, 1, 4, 2.
    const labels = Uint32Array.of(3, 1, 2, 0, 2);
    const { onMap, inData, chance } = mapQuality(line, map, { k: 1, labels }).neighbourhoodHit!;
    expect([...onMap.perRow]).toEqual([1, 1, 0, NaN, 1]);
    expect([...inData.perRow]).toEqual([1, 1, 0, NaN, 0]);
    expect([onMap.mean, inData.mean, onMap.standardError]).toEqual([3 / 4, 2 / 4, 0]);
    // Of the four others, row 0 shares a label with three, row 1 with one, rows 2 and 4 with two each.
    expect(chance).toBe((3 + 1 + 2 + 2) / (4 * 4));
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
    for (const n of [0, 1, 2]) {
      expect(() => mapQuality(matrix(n, 1), new Float32Array(2 * n))).toThrow(
        `there are ${n} rows (expected at least 3, so that half of them are more than one neighbour)`,
      );
    }
    for (const k of [0, 1.5, NaN]) {
      expect(() => mapQuality(three, new Float32Array(6), { k })).toThrow(
        `k is ${k} (expected a whole number from 1 to 1`,
      );
    }
    for (const sample of [1, 4, 2.5]) {
      expect(() => mapQuality(three, new Float32Array(6), { sample })).toThrow(
        `sample is ${sample} (expected a whole number from 2 to 3, the rows)`,
      );
    }
    expect(() => mapQuality(three, new Float32Array(6), { labels: new Uint32Array(2) })).toThrow(
      'there are 2 labels (expected 3, one for each row)',
    );
    expect(() => mapQuality(three, new Float32Array(4))).toThrow(
      'the map has 4 values (expected 6)',
    );
    expect(() => mapQuality(three, Float32Array.of(0, 0, 1, 1, 2, NaN))).toThrow(
      'row 2, column 1 is NaN (expected a finite number)',
    );
  });
});
