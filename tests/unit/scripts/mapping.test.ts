import { describe, expect, it } from 'vitest';
import { mapRows, type MappingOptions } from '../../../scripts/mapping.ts';
import { progress } from '../../../scripts/progress.ts';
import { matrix, unitRows } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import { data } from '../math/tsne/goldens.ts';

const options: MappingOptions = {
  method: 'tsne',
  engine: 'embedscope',
  perplexity: 20,
  iterations: 300,
  seed: 1,
  metric: 'euclidean',
  initialisation: 'pca',
  progress: progress({ quiet: true }),
  signal: new AbortController().signal,
};
const noise = (n: number) => {
  const draw = random(n);
  return matrix(n, 3, Float32Array.from({ length: 3 * n }, draw.normal));
};

describe('mapRows', () => {
  it('maps 200 rows by t-SNE of ours no worse than tsne-js does, which depends on the seed alone', async () => {
    const rows = matrix(200, data.columns, data.data.slice(0, 200 * data.columns));
    const ours = await mapRows(rows, { ...options, iterations: 500 });
    const reference = { ...options, engine: 'tsne-js', iterations: 160 } as const;
    const theirs = await mapRows(rows, reference);
    expect(theirs.quality.trustworthiness12).toBeGreaterThan(0.9);
    expect(ours.quality.klDivergence).toBeLessThan(theirs.quality.klDivergence);
    const short = { ...reference, iterations: 5 };
    const map = (await mapRows(rows, short)).points;
    expect((await mapRows(rows, short)).points).toEqual(map);
    expect((await mapRows(rows, { ...short, seed: 2 })).points).not.toEqual(map);
  });

  it('maps rows by UMAP from our neighbours, which depends on the seed alone', async () => {
    const umap = { ...options, method: 'umap', neighbours: 10, epochs: 100 } as const;
    const rows = matrix(200, data.columns, data.data.slice(0, 200 * data.columns));
    const map = await mapRows(rows, umap);
    expect(map.quality.trustworthiness12).toBeGreaterThan(0.9);
    expect(map.quality.klDivergence).toBeUndefined();
    expect(map.parameters).toEqual({
      neighbours: 10,
      effectiveNeighbours: 10,
      minimumDistance: 0.1,
      epochs: 100,
      metric: 'euclidean',
      engine: 'umap-js',
      initialisation: 'pca',
    });
    expect((await mapRows(rows, umap)).points).toEqual(map.points);
    for (const other of [
      { seed: 2 },
      { minDistance: 0.5 },
      { initialisation: 'random' },
    ] as const) {
      expect((await mapRows(rows, { ...umap, ...other })).points).not.toEqual(map.points);
    }
    const many = await mapRows(noise(8), { ...umap, neighbours: 30 });
    expect(many.parameters).toMatchObject({ neighbours: 30, effectiveNeighbours: 7 });
  });

  it.each([1, 2, 3, 4, 5, 20])('maps %i rows by UMAP, and as many that are the same', async (n) => {
    for (const rows of [noise(n), matrix(n, 3, new Float32Array(3 * n).fill(0.5))]) {
      const { points } = await mapRows(rows, { ...options, method: 'umap', epochs: 10 });
      expect(points.length).toBe(2 * n);
      expect(points.every(Number.isFinite)).toBe(true);
    }
  });

  it.each([1, 2, 3, 4])('maps %i rows by every method', async (n) => {
    for (const method of ['tsne', 'pca'] as const) {
      for (const engine of ['embedscope', 'tsne-js'] as const) {
        const { points, quality } = await mapRows(noise(n), {
          ...options,
          method,
          engine,
          iterations: 20,
        });
        expect(points.length).toBe(2 * n);
        expect(points.every(Number.isFinite)).toBe(true);
        expect('trustworthiness1' in quality).toBe(n >= 3);
        expect('klDivergence' in quality).toBe(method === 'tsne');
      }
    }
  });

  it('maps rows that are all the same: apart by t-SNE, on one point by principal components', async () => {
    const same = matrix(20, 3, new Float32Array(60).fill(0.5));
    expect(new Set((await mapRows(same, options)).points).size).toBe(40);
    const plane = await mapRows(same, { ...options, method: 'pca' });
    expect([...plane.points]).toEqual(Array(40).fill(0));
    const line = matrix(3, 2, Float32Array.of(1, 1, 2, 2, 4, 4));
    const { points } = await mapRows(line, { ...options, method: 'pca' });
    expect([points[1], points[3], points[5]]).toEqual([0, 0, 0]);
    expect(points[4] - points[2]).toBeCloseTo(2 * Math.SQRT2, 5);
  });

  it('gives the metric to the map and to its measures', async () => {
    for (const method of ['tsne', 'pca'] as const) {
      const settings = { ...options, method, iterations: 10 };
      const cosine = await mapRows(data, { ...settings, metric: 'cosine' });
      const unit = await mapRows(unitRows(data), settings);
      expect(cosine.points).toEqual(unit.points);
      expect(cosine.quality).toEqual(unit.quality);
    }
  });

  it.each(['neighbours', 'iteration', 'measuring'])(
    'stops while it is at the %s',
    async (phase) => {
      const controller = new AbortController();
      const seen: string[] = [];
      const work = mapRows(noise(3_100), {
        ...options,
        iterations: phase === 'measuring' ? 1 : 10_000,
        signal: controller.signal,
        progress: {
          update(_done, _total, label) {
            if (seen.at(-1) !== label.split(/ \d/)[0]) seen.push(label.split(/ \d/)[0]);
            if (label.includes(phase)) controller.abort();
          },
          note() {},
          stop() {},
        },
      });
      await expect(work).rejects.toHaveProperty('name', 'AbortError');
      const phases = [
        'finding neighbours',
        'computing affinities',
        'iteration',
        'measuring the map',
      ];
      expect(seen).toEqual(phases.slice(0, phases.findIndex((name) => name.includes(phase)) + 1));
    },
  );
});
