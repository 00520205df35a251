import { expect, it } from 'vitest';
import { sharedMaps, sharedOverlap } from '../../../src/lib/analysis/sharedMaps.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import type { Manifest, Run } from '../../../src/lib/run/types.ts';

/** A run of words with a map of the first of them. */
function run(ids: string[], vectors: Float32Array, points: Float32Array): Run {
  const info = {
    ...{ name: 'own', method: 'tsne', parameters: {}, seed: 1, quality: {} },
    of: points.length / 2,
  };
  const n = ids.length;
  return {
    manifest: {
      ...{ id: 'made', kind: 'words', dimensions: vectors.length / n },
      maps: [info],
    } as unknown as Manifest,
    maps: [{ info, points }],
    items: {
      ids,
      labels: ids,
      counts: new Uint32Array(n),
      columns: {},
      vectors: matrix(n, vectors.length / n, vectors),
    },
  };
}

const n = 30;
const d = 5;
const ids = Array.from({ length: n }, (_, i) => `w${i}`);
const draw = random(3);
const vectors = Float32Array.from({ length: n * d }, () => draw.normal());
const points = Float32Array.from({ length: 2 * n }, () => draw.normal());
const a = run(ids, vectors, points);

/** The same in another order, the map turned by a quarter, twice as large and moved. */
const reversed = run(
  [...ids].reverse(),
  Float32Array.from({ length: n * d }, (_, at) => {
    const from = n - 1 - Math.floor(at / d);
    return vectors[from * d + (at % d)];
  }),
  Float32Array.from({ length: 2 * n }, (_, at) => {
    const from = n - 1 - (at >> 1);
    return at % 2 === 0 ? 7 - 2 * points[2 * from + 1] : 2 * points[2 * from] - 3;
  }),
);

it('lays the other run’s map on the first, whatever the order of its rows', () => {
  const { items, a: inA, b: inB, rows, residual } = sharedMaps([a, reversed], 'own');
  expect(items).toHaveLength(n);
  items.forEach((item, i) => {
    expect(reversed.items.ids[rows[1][item]]).toBe(ids[rows[0][item]]);
    expect(inA[2 * i]).toBe(points[2 * rows[0][item]]);
    expect(inB[2 * i]).toBeCloseTo(inA[2 * i], 4);
    expect(inB[2 * i + 1]).toBeCloseTo(inA[2 * i + 1], 4);
  });
  expect(residual).toBeCloseTo(0, 6);
});

it('counts the neighbours that both runs have: all of the same vectors, few of others', async () => {
  const progress: number[] = [];
  const same = await sharedOverlap([a, reversed], (done, total) => progress.push(done / total));
  expect([...same]).toEqual(new Array(n).fill(1));
  expect(progress.at(-1)).toBe(1);
  const other = run(
    ids,
    Float32Array.from(vectors, () => draw.normal()),
    points,
  );
  const overlap = await sharedOverlap([a, other]);
  const mean = overlap.reduce((sum, one) => sum + one, 0) / n;
  // By chance 10 of 29 others share 3.4 of 20, a Jaccard of about 0.21.
  expect(mean).toBeGreaterThan(0.1);
  expect(mean).toBeLessThan(0.35);
});

it('says in words when nothing is shared', () => {
  const strangers = run(
    ids.map((id) => `other ${id}`),
    vectors,
    points,
  );
  expect(() => sharedMaps([a, strangers], 'own')).toThrow(/the runs share no item/);
});
