import { describe, expect, test } from 'vitest';
import { categoryOf } from '../../../src/lib/analysis/category.ts';
import { measuredMap, qualityFigures } from '../../../src/lib/analysis/mapQuality.ts';
import { InputError } from '../../../src/lib/errors.ts';
import { measureMap } from '../../../src/lib/kernels/mapQuality.ts';
import { mapQuality } from '../../../src/lib/math/mapQuality.ts';
import type { Column } from '../../../src/lib/run/types.ts';
import { films } from './runs.ts';

const numbers = (values: number[]): Column => ({
  kind: 'number',
  storage: 'float32',
  values: Float64Array.from(values),
});
const texts = (values: (string | null)[]): Column => ({ kind: 'text', values });

describe('what items are sorted into', () => {
  test('polarity, where it is clear', () => {
    // Mean 0, standard deviation √2.
    const columns = { genres: films().items.columns.genres, polarity: numbers([-2, -1, 0, 1, 2]) };
    const category = categoryOf({ columns }, 5)!;
    expect([category.name, ...category.labels]).toEqual(['polarity', 2, 2, 0, 1, 1]);
    const unknown = categoryOf({ columns: { polarity: numbers([-1, NaN, 1]) } }, 3)!;
    expect([...unknown.labels]).toEqual([2, 0, 1]);
    expect(categoryOf({ columns: { polarity: numbers([1, 1, 1]) } }, 3)).toBeUndefined();
  });

  test('tags, each row with all of its own', () => {
    const { columns } = films().items;
    expect(categoryOf({ columns: { year: columns.year } }, 60)).toBeUndefined();
    const category = categoryOf({ columns }, 60)!;
    expect(category.name).toBe('genres');
    expect([...category.labels]).toEqual([
      ...new Array<number>(55).fill(1),
      ...new Array<number>(5).fill(3),
    ]);
    // Of the first fifty all are dramas.
    expect(categoryOf({ columns }, 50)).toBeUndefined();
  });

  test('texts that come again, at most 32 different ones', () => {
    const country = texts(['fr', 'de', null, 'de', 'fr']);
    const category = categoryOf(
      { columns: { note: texts(['a', 'b', 'c', 'd', 'e']), country } },
      5,
    );
    expect(category).toEqual({ name: 'country', labels: Uint32Array.of(1, 2, 0, 2, 1) });
    const groups = (n: number) => ({
      columns: { group: texts(Array.from({ length: 100 }, (_, i) => String(i % n))) },
    });
    expect(categoryOf(groups(33), 100)).toBeUndefined();
    const { labels } = categoryOf(groups(32), 100)!;
    expect([labels[31], labels[32]]).toEqual([2 ** 31, 1]);
  });
});

describe('how far a map can be trusted', () => {
  test('is measured against the vectors by the metric of the map, at each of its items', async () => {
    const run = films();
    const points = Float32Array.from({ length: 100 }, (_, at) =>
      at % 2 ? 0 : run.items.vectors.data[3 * (at >> 1)],
    );
    const info = {
      name: 'line',
      method: 'tsne',
      parameters: { metric: 'cosine' },
      seed: 1,
      of: 50,
      quality: {},
    };
    run.manifest.maps = [info];
    run.maps = [{ info, points }];
    const heard: number[][] = [];
    const line = await measuredMap(run, { map: 'line' }, (...at) => heard.push(at));
    const vectors = { rows: 50, columns: 3, data: run.items.vectors.data.subarray(0, 150) };
    const expected = await measureMap(vectors, points, { metric: 'cosine' });
    expect(line.name).toBe('line');
    expect([...line.trustworthiness]).toEqual([...expected.trustworthiness.perRow]);
    expect(line.quality).toEqual(qualityFigures(expected));
    expect(heard.at(-1)).toEqual([50, 50]);
    expect(await measuredMap(run, { map: 'line' })).toBe(line);
    // The plane of three factors of which the first is by far the longest.
    const plane = await measuredMap(run, { map: 'pca' });
    expect(plane.trustworthiness.length).toBe(60);
    expect(plane.quality.trustworthiness12).toBeGreaterThan(0.95);
    expect(plane.quality['genres.hit12']).toBe(1);
  });

  test('is told with its error where a sample was measured', () => {
    const { vectors } = films().items;
    const points = Float32Array.from({ length: 120 }, (_, at) => vectors.data[at]);
    const labels = Uint32Array.from({ length: 60 }, (_, i) => i % 3);
    const quality = mapQuality(vectors, points, { k: 5, sample: 20, labels });
    const hit = quality.neighbourhoodHit!;
    expect(qualityFigures(quality, 'genres')).toEqual({
      trustworthiness5: quality.trustworthiness.mean,
      trustworthiness5Error: quality.trustworthiness.standardError,
      continuity5: quality.continuity.mean,
      continuity5Error: quality.continuity.standardError,
      preservation5: quality.preservation.mean,
      preservation5Error: quality.preservation.standardError,
      'genres.hit5': hit.onMap.mean,
      'genres.hit5Error': hit.onMap.standardError,
      'genres.hit5Embedding': hit.inData.mean,
      'genres.hit5EmbeddingError': hit.inData.standardError,
      'genres.hitChance': hit.chance,
      itemsMeasured: 20,
    });
  });

  test('is refused of fewer than three items, and of a map that is not there', async () => {
    const run = films();
    const info = { name: 'two', method: 'tsne', parameters: {}, seed: 1, of: 2, quality: {} };
    run.manifest.maps = [info];
    run.maps = [{ info, points: Float32Array.of(1, 2, 3, 4) }];
    await expect(measuredMap(run, { map: 'two' })).rejects.toThrow(
      new InputError(
        'map "two" places 2 items, too few to say how far it can be trusted (expected at least 3)',
      ),
    );
    await expect(measuredMap(run, { map: 'none' })).rejects.toThrow('this run has no map "none"');
  });
});
