import { describe, expect, test } from 'vitest';
import { componentScores } from '../../../src/lib/analysis/components.ts';
import { clusters, placedMap, vectorsOf } from '../../../src/lib/analysis/map.ts';
import { mapNames } from '../../../src/lib/analysis/mapNames.ts';
import { InputError } from '../../../src/lib/errors.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import type { MapInfo, Run } from '../../../src/lib/run/types.ts';
import { films } from './runs.ts';

function mapped(): Run {
  const run = films();
  const info = { name: 'tsne', method: 'tsne', parameters: {}, seed: 1, of: 2, quality: {} };
  run.manifest.maps = [info];
  run.maps = [{ info, points: Float32Array.of(1, 2, 3, 4) }];
  return run;
}

describe('maps', () => {
  test('the run’s own come first, then the one that is computed, unless it has one of that name', () => {
    const named = (...names: string[]) => ({ maps: names.map((name) => ({ name }) as MapInfo) });
    expect(mapNames(named())).toEqual(['pca']);
    expect(mapNames(named('tsne'))).toEqual(['tsne', 'pca']);
    expect(mapNames(named('pca', 'tsne'))).toEqual(['pca', 'tsne']);
  });

  test('a stored map is given as it is, with what the run says of it', () => {
    const run = mapped();
    expect(placedMap(run, { map: 'tsne' })).toEqual({
      name: 'tsne',
      points: Float32Array.of(1, 2, 3, 4),
      info: run.maps[0].info,
    });
  });

  test('the computed one holds the two strongest components of all items', () => {
    const run = films();
    const { points, explainedVarianceRatio, info } = placedMap(run, { map: 'pca' });
    const { scores, components } = componentScores(run, { items: 60, convention: 'scores' });
    expect(points.length).toBe(120);
    for (let row = 0; row < 60; row++) {
      expect(points[2 * row]).toBeCloseTo(scores[row * components], 5);
      expect(points[2 * row + 1]).toBeCloseTo(scores[row * components + 1], 5);
    }
    expect(info).toBeUndefined();
    expect(explainedVarianceRatio![0]).toBeGreaterThan(0.9);
  });

  test('items along one line lie on a line, and one item alone in the middle', () => {
    const run = films();
    run.items.vectors = matrix(3, 2, Float32Array.of(0, 0, 1, 1, 2, 2));
    const { points } = placedMap(run, { map: 'pca' });
    expect([points[1], points[3], points[5]]).toEqual([0, 0, 0]);
    expect(points[4]).toBeCloseTo(Math.SQRT2, 6);
    const alone = films();
    alone.items.vectors = matrix(1, 2, Float32Array.of(5, 5));
    expect([...placedMap(alone, { map: 'pca' }).points]).toEqual([0, 0]);
  });

  test('a map that is not there is refused with those that are', () => {
    expect(() => placedMap(mapped(), { map: 'umap' })).toThrow(
      new InputError('this run has no map "umap"; there are: tsne, pca'),
    );
  });
});

describe('clusters', () => {
  /** Rows in three directions of different lengths: length must not tell. */
  function directions(): Run {
    const run = films();
    const at = [0, 1, 0, 2, 0, 1];
    run.items.vectors = matrix(6, 3);
    at.forEach((axis, row) => (run.items.vectors.data[3 * row + axis] = row + 1));
    run.items.labels = ['the', 'good', 'of', 'john', 'and', 'great'];
    return run;
  }

  test('are groups of direction, the largest first, known by their most frequent items', () => {
    const found = clusters(directions(), { k: 3 });
    expect(found.clusters).toEqual([
      { size: 3, labels: ['the', 'of', 'and'] },
      { size: 2, labels: ['good', 'great'] },
      { size: 1, labels: ['john'] },
    ]);
    expect([...found.assignment]).toEqual([0, 1, 0, 2, 0, 1]);
  });

  test('more clusters than items are as many as there are items', () => {
    expect(clusters(directions(), { k: 8 }).clusters.length).toBe(3);
  });

  test('a number of clusters that makes no sense is refused', () => {
    expect(() => clusters(directions(), { k: 0 })).toThrow(
      'k is 0 (expected a whole number from 1 to 50)',
    );
  });
});

describe('vectors', () => {
  test('come in the order asked for', () => {
    const run = films();
    const { data, rows, columns } = vectorsOf(run, { rows: [2, 0] });
    expect([rows, columns]).toEqual([2, 3]);
    expect([...data]).toEqual([
      ...run.items.vectors.data.subarray(6, 9),
      ...run.items.vectors.data.subarray(0, 3),
    ]);
  });

  test('of a row that is not there are refused', () => {
    expect(() => vectorsOf(films(), { rows: [60] })).toThrow(
      'row is 60 (expected a whole number from 0 to 59)',
    );
  });
});
