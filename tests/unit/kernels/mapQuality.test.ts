import { describe, expect, it, vi } from 'vitest';
import { measureMap } from '../../../src/lib/kernels/mapQuality.ts';
import { nodeTeam } from '../../../src/lib/kernels/team.node.ts';
import type { TeamStarter } from '../../../src/lib/kernels/team.ts';
import { mapQuality, type MapQuality } from '../../../src/lib/math/mapQuality.ts';
import { matrix, type Matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import { data, goldens } from '../math/tsne/goldens.ts';

const golden = Float32Array.from(goldens.quality.map);
const plane = Float32Array.from(
  { length: 2 * data.rows },
  (_, at) => data.data[(at >> 1) * data.columns + (at % 2)],
);

/** Rows of a normal distribution, and the map of their first two columns (of one column twice). */
function cloud(rows: number, columns: number, seed: number): { m: Matrix; map: Float32Array } {
  const { normal } = random(seed);
  const m = matrix(rows, columns, Float32Array.from({ length: rows * columns }, normal));
  const map = Float32Array.from(
    { length: 2 * rows },
    (_, at) => m.data[(at >> 1) * columns + (at % Math.min(2, columns))],
  );
  return { m, map };
}

const measures = ['trustworthiness', 'continuity', 'preservation'] as const;

describe('measureMap', () => {
  it.each(goldens.quality.figures)("equals scikit-learn's ($map, k = $k)", async (figures) => {
    const map = figures.map === 'tsne' ? golden : plane;
    const { k, trustworthiness, continuity } = await measureMap(data, map, { k: figures.k });
    expect(k).toBe(figures.k);
    expect(trustworthiness.mean).toBeCloseTo(figures.trustworthiness, 7);
    expect(continuity.mean).toBeCloseTo(figures.continuity, 7);
  });

  it('measures as the definition does, by either metric', async () => {
    const labels = Uint32Array.from({ length: data.rows }, (_, i) => [0, 1, 2, 4, 6][i % 5]);
    for (const metric of ['euclidean', 'cosine'] as const) {
      const options = { metric, labels, k: 7 };
      expect(await measureMap(data, golden, options)).toEqual(mapQuality(data, golden, options));
    }
  });

  it.each([
    [3, 1, 1],
    [8, 2, 3],
    [9, 5, 4],
    [17, 3, 8],
    [100, 13, 49],
    [333, 50, 12],
  ])('gives what its plain twin gives (%i × %i, k = %i)', async (rows, columns, k) => {
    const { m, map } = cloud(rows, columns, rows);
    const { integer } = random(7);
    // Many ties, and rows that are the same.
    const grid = matrix(
      rows,
      columns,
      m.data.map(() => integer(2)),
    );
    const labels = Uint32Array.from({ length: rows }, () => integer(8));
    for (const values of [m, grid]) {
      const options = { k, labels };
      const twin = await measureMap(values, map, { ...options, plain: true });
      expect(await measureMap(values, map, options)).toEqual(twin);
      // Whole numbers have the same distances in single and in double precision.
      if (values === grid) expect(twin).toEqual(mapQuality(grid, map, options));
    }
  });

  it('is the same whatever the number of threads', async () => {
    const { m, map } = cloud(5_003, 50, 1);
    const alone = await measureMap(m, map, { k: 12 });
    for (const threads of [2, 3]) {
      const started = vi.fn();
      const own = nodeTeam(threads);
      const team: TeamStarter = {
        count: threads,
        start(kernel) {
          started();
          return own.start(kernel);
        },
      };
      expect(await measureMap(m, map, { k: 12, team })).toEqual(alone);
      expect(started).toHaveBeenCalledTimes(1);
    }
  });

  it('is 1 throughout when the map is the data', async () => {
    const same = matrix(data.rows, 2, plane);
    const quality = await measureMap(same, plane);
    for (const name of measures) {
      expect(quality[name].perRow.every((value) => value === 1)).toBe(true);
      expect([quality[name].mean, quality[name].standardError]).toEqual([1, 0]);
    }
  });

  it.each([2 ** 100, 2 ** -100])('takes values however large or small (%d)', async (size) => {
    const { m, map } = cloud(60, 5, 4);
    const sized = matrix(
      60,
      5,
      m.data.map((value) => value * size),
    );
    const far = map.map((value) => value * size);
    expect(await measureMap(sized, far)).toEqual(await measureMap(m, map));
  });

  it('estimates from a sample what all rows give, within its error bars', async () => {
    const { m, map } = cloud(4_000, 6, 3);
    const { integer } = random(9);
    const labels = Uint32Array.from({ length: 4_000 }, () => integer(4));
    const all = await measureMap(m, map, { labels });
    const figures = (quality: MapQuality) => [
      ...measures.map((name) => quality[name]),
      quality.neighbourhoodHit!.onMap,
      quality.neighbourhoodHit!.inData,
    ];
    const within = [0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const sample = await measureMap(m, map, { labels, sample: 400, seed });
      expect(sample.rows.length).toBe(400);
      figures(sample).forEach(({ mean, standardError }, i) => {
        const away = Math.abs(mean - figures(all)[i].mean) / standardError;
        expect(away).toBeLessThan(4);
        within[0] += Number(away < 1);
        within[1] += Number(away < 2);
      });
    }
    // One standard error holds the truth in 68 % of all samples, two in 95 %.
    expect(within[0]).toBeGreaterThan(0.55 * 100);
    expect(within[0]).toBeLessThan(0.8 * 100);
    expect(within[1]).toBeGreaterThan(0.88 * 100);
  });

  it('measures all of 20,000 rows, and of more as many as take the same work', async () => {
    const most = cloud(20_000, 3, 1);
    const exact = await measureMap(most.m, most.map, { k: 2 });
    expect([exact.rows.length, exact.trustworthiness.standardError]).toEqual([20_000, 0]);
    const more = cloud(25_000, 3, 1);
    const sampled = await measureMap(more.m, more.map, { k: 2 });
    expect(sampled.rows.length).toBe(16_000);
    expect(sampled.trustworthiness.standardError).toBeGreaterThan(0);
  });

  it('tells how far it is, and stops when asked to', async () => {
    const { m, map } = cloud(3_000, 60, 2);
    const heard: number[] = [];
    const controller = new AbortController();
    const stopped = measureMap(m, map, {
      signal: controller.signal,
      onProgress: (done, total) => {
        expect(total).toBe(3_000);
        heard.push(done);
        if (heard.length === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(heard.length).toBe(2);
    expect(heard[1]).toBe(2 * heard[0]);
    expect(heard[1]).toBeLessThan(3_000);
    await expect(measureMap(m, map, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('refuses what cannot be measured', async () => {
    for (const n of [0, 1, 2]) {
      await expect(measureMap(matrix(n, 1), new Float32Array(2 * n))).rejects.toThrow(
        `there are ${n} rows (expected at least 3`,
      );
    }
    const three = matrix(3, 2, Float32Array.of(1, 2, 4, 8, NaN, 1));
    await expect(measureMap(three, new Float32Array(6))).rejects.toThrow(
      'row 2, column 0 is NaN (expected a finite number)',
    );
    await expect(measureMap(data, golden, { k: data.rows })).rejects.toThrow(
      `k is ${data.rows} (expected a whole number from 1 to`,
    );
  });
});
