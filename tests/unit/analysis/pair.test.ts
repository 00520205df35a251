import { describe, expect, it } from 'vitest';
import { compareRuns, treeOf } from '../../../src/lib/analysis/compare.ts';
import {
  componentEnds,
  exactFigures,
  firstFigures,
  pairNeighbours,
  sideBySide,
} from '../../../src/lib/analysis/pair.ts';
import { pairMaps } from '../../../src/lib/analysis/pairMaps.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import type { Manifest, Run } from '../../../src/lib/run/types.ts';

/** A run of `n` items with a falling spectrum; `map` are the points of a map of the first of them. */
function run(seed: number, n: number, d: number, { map, prefix = 'i' }: Made = {}): Run {
  const draw = random(seed);
  const ids = Array.from({ length: n }, (_, i) => `${prefix}${i}`);
  const info = { name: 'own', method: 'tsne', parameters: {}, seed: 1, of: 0, quality: {} };
  const maps = map ? [{ info: { ...info, of: map.length / 2 }, points: map }] : [];
  return {
    manifest: {
      id: `run-${seed}`,
      kind: 'words',
      dimensions: d,
      dataset: {},
      model: { name: 'none', hyperparameters: {}, seed },
      maps: maps.map((one) => one.info),
    } as unknown as Manifest,
    maps,
    items: {
      ids,
      labels: ids,
      counts: new Uint32Array(n),
      columns: {},
      vectors: matrix(
        n,
        d,
        Float32Array.from({ length: n * d }, (_, at) => draw.normal() * 0.7 ** (at % d)),
      ),
    },
  };
}

interface Made {
  map?: Float32Array;
  prefix?: string;
}

/** `a` with some noise added. */
function near(a: Run, by: number): Run {
  const other = run(99, a.items.ids.length, a.items.vectors.columns);
  other.items.vectors.data.forEach((value, at) => {
    other.items.vectors.data[at] = a.items.vectors.data[at] + by * value;
  });
  return other;
}

describe('the first figures of a pair', () => {
  it('are those of the whole comparison where no more items are shared than are drawn', async () => {
    const a = run(1, 120, 5);
    const b = near(a, 0.4);
    const first = await firstFigures(sideBySide([a, b], 7), { k: 7, seed: 1 });
    const { pairs, spectra } = await compareRuns([a, b], { k: 7, seed: 1 });
    const [pair] = pairs;
    expect(first.overlap.items).toBe(120);
    expect(first.overlap.mean).toBeCloseTo(pair.overlap.mean, 12);
    expect(first.overlap.chance).toBe(pair.overlap.chance);
    expect(first.cka).toBe(pair.cka);
    expect(first.rsa).toEqual(pair.rsa);
    expect(first.procrustes).toEqual(pair.procrustes);
    expect(first.components).toEqual(pair.components);
    expect(first.spectra).toEqual(spectra);
  });

  it('estimate the overlap from some of many items, within an interval that holds it', async () => {
    const a = run(2, 1500, 5);
    const b = near(a, 0.6);
    const { overlap, rsa } = await firstFigures(sideBySide([a, b], 5), { k: 5, seed: 1 });
    const [pair] = (await compareRuns([a, b], { k: 5, seed: 1 })).pairs;
    expect(overlap.items).toBe(500);
    expect(overlap.interval[0]).toBeLessThan(pair.overlap.mean);
    expect(overlap.interval[1]).toBeGreaterThan(pair.overlap.mean);
    expect(overlap.interval[1] - overlap.interval[0]).toBeGreaterThan(
      pair.overlap.interval[1] - pair.overlap.interval[0],
    );
    expect(rsa.error).toBeGreaterThan(pair.rsa.error);
  });

  it('are refused in words where nothing is shared, or k is too large', () => {
    expect(() => sideBySide([run(1, 9, 3), run(2, 9, 3, { prefix: 'j' })], 2)).toThrow(
      'the runs share no item',
    );
    expect(() => sideBySide([run(1, 9, 3), run(2, 9, 3)], 9)).toThrow(
      'k is 9, but with 9 shared items each has only 8 others',
    );
  });
});

describe('the neighbours of one item', () => {
  it('say which are shared, and the rank that the others have elsewhere', async () => {
    const a = run(3, 60, 4);
    const b = near(a, 0.8);
    const side = sideBySide([a, b], 6);
    const [pair] = (await compareRuns([a, b], { k: 6, seed: 1 })).pairs;
    for (let item = 0; item < 60; item++) {
      const found = pairNeighbours(side, { item, k: 6 });
      expect(found.shared / (12 - found.shared)).toBeCloseTo(pair.perItem.overlap[item], 12);
      const inB = found.b.map((one) => one.item);
      for (const { item: other, elsewhere } of found.a) {
        if (inB.includes(other)) expect(elsewhere).toBe(inB.indexOf(other) + 1);
        else expect(elsewhere).toBeGreaterThan(6);
      }
      expect(found.a.map((one) => one.item)).not.toContain(item);
    }
  });

  it('of a run against itself are all shared, in their order', () => {
    const a = run(4, 30, 4);
    const found = pairNeighbours(sideBySide([a, a], 5), { item: 3, k: 5 });
    expect(found.shared).toBe(5);
    expect(found.a).toEqual(found.b);
    expect(found.a.map(({ elsewhere }) => elsewhere)).toEqual([1, 2, 3, 4, 5]);
  });

  it('are refused of an item that is not there', () => {
    const side = sideBySide([run(1, 9, 3), run(2, 9, 3)], 2);
    expect(() => pairNeighbours(side, { item: 9, k: 2 })).toThrow('item is 9');
  });
});

describe('the maps of a pair', () => {
  it('lie on each other when one is the other turned, mirrored, scaled and moved', () => {
    const draw = random(7);
    const map = Float32Array.from({ length: 40 }, () => draw.normal());
    const turned = map.map((_, at) => (at % 2 === 0 ? 3 * map[at + 1] - 5 : 3 * map[at - 1]));
    const pair = [run(1, 30, 3, { map }), run(2, 30, 3, { map: turned })] as const;
    const found = pairMaps(pair, sideBySide(pair, 3).matched, 'own');
    expect(found.items).toHaveLength(20);
    expect(found.residual).toBeCloseTo(0, 10);
    found.b.forEach((value, at) => expect(value).toBeCloseTo(found.a[at], 5));
  });

  it('lie on each other whatever the order of the rows', () => {
    const draw = random(8);
    const map = Float32Array.from({ length: 60 }, () => draw.normal());
    const a = run(1, 30, 3, { map });
    const b = run(1, 30, 3, { map: map.map((_, at) => map[58 - 2 * (at >> 1) + (at % 2)]) });
    b.items.ids = a.items.ids.toReversed();
    b.items.labels = b.items.ids;
    const { matched } = sideBySide([a, b], 3);
    const found = pairMaps([a, b], matched, 'own');
    found.items.forEach((item, i) => {
      expect(b.items.ids[matched.rows[1][item]]).toBe(a.items.ids[matched.rows[0][item]]);
      expect(found.a[2 * i]).toBe(map[2 * matched.rows[0][item]]);
      expect(found.b[2 * i + 1]).toBeCloseTo(found.a[2 * i + 1], 5);
    });
    expect(found.residual).toBeCloseTo(0, 10);
  });

  it('have the same spread, however little they have in common', () => {
    const draw = random(9);
    const map = () => Float32Array.from({ length: 60 }, () => draw.normal());
    const pair = [run(1, 30, 3, { map: map() }), run(2, 30, 3, { map: map() })] as const;
    const found = pairMaps(pair, sideBySide(pair, 3).matched, 'own');
    const spread = (points: Float32Array) =>
      [0, 1].reduce((sum, axis) => {
        const values = points.filter((_, at) => at % 2 === axis);
        const mean = values.reduce((a, b) => a + b) / 30;
        return sum + values.reduce((a, b) => a + (b - mean) ** 2, 0);
      }, 0);
    expect(found.residual).toBeGreaterThan(0.7);
    expect(spread(found.b) / spread(found.a)).toBeCloseTo(1, 4);
  });

  it('are the planes of the components where a run has no map of its own', () => {
    const pair = [run(1, 30, 3), run(2, 30, 3)] as const;
    const found = pairMaps(pair, sideBySide(pair, 3).matched, 'own');
    expect(found.names).toEqual(['pca', 'pca']);
    expect(found.items).toHaveLength(30);
    expect(found.residual).toBeGreaterThan(0.1);
  });

  it('are left as they are where all points are in one place', () => {
    const flat = new Float32Array(20);
    const pair = [run(1, 10, 3, { map: flat }), run(2, 10, 3, { map: flat })] as const;
    const found = pairMaps(pair, sideBySide(pair, 3).matched, 'own');
    expect(found.residual).toBeNaN();
    expect([...found.b]).toEqual([...flat]);
  });
});

describe('the ends of matched components', () => {
  it('are the same at the same end when one run is the other with signs turned', async () => {
    const a = run(5, 50, 4);
    const b = near(a, 0);
    b.items.vectors.data.forEach((value, at) => (b.items.vectors.data[at] = -value));
    const side = sideBySide([a, b], 3);
    const { components } = await firstFigures(side, { k: 3, seed: 1 });
    const found = componentEnds(side, components, { component: 1, count: 5 });
    expect(found).toMatchObject({ a: 0, b: 0 });
    const names = (list: { item: number }[]) => list.map(({ item }) => item);
    expect(names(found.top.b)).toEqual(names(found.top.a));
    expect(names(found.bottom.b)).toEqual(names(found.bottom.a));
    expect(found.top.a[0].score).toBeGreaterThan(found.bottom.a[0].score);
    expect(() => componentEnds(side, components, { component: 5, count: 5 })).toThrow(
      'component is 5 (expected a whole number from 1 to 4)',
    );
  });

  it('of a component beyond those of a narrower run stand alone', async () => {
    const side = sideBySide([run(1, 40, 5), run(2, 40, 2)], 3);
    const { components } = await firstFigures(side, { k: 3, seed: 1 });
    const alone = [1, 2, 3, 4, 5].filter((c) => !components.some(({ a }) => a === c - 1));
    expect(alone).toHaveLength(3);
    const found = componentEnds(side, components, { component: alone[0], count: 3 });
    expect(found.b).toBe(-1);
    expect(found.top.b).toEqual([]);
    expect(found.top.a).toHaveLength(3);
  });
});

describe('several runs', () => {
  it('of which two have nothing in common are refused by name', async () => {
    const runs = [run(1, 9, 3), run(2, 9, 3), run(3, 9, 3, { prefix: 'j' })];
    await expect(compareRuns(runs, { k: 2, seed: 1 })).rejects.toThrow(
      'neither an id nor a label of run-1 is in run-3; leave one of the two out',
    );
  });

  it('are ordered by the figure that is asked for', async () => {
    const a = run(1, 40, 4);
    const { pairs, tree } = await compareRuns([a, run(2, 40, 4), near(a, 0.2)], { k: 4, seed: 1 });
    expect(treeOf(pairs, 3, 'overlap')).toEqual(tree);
    for (const figure of ['cka', 'rsa'] as const) {
      expect(treeOf(pairs, 3, figure).joins[0]).toMatchObject({ left: 0, right: 2 });
    }
    const [, nearest] = pairs;
    expect(treeOf(pairs, 3, 'cka').joins[0].distance).toBeCloseTo(1 - nearest.cka, 12);
  });
});

describe('the exact figures of a pair', () => {
  it('are those of the whole comparison, and tell of the items of both runs', async () => {
    const a = run(1, 700, 5);
    const b = near(a, 0.3);
    const heard: [number, number][] = [];
    const figures = await exactFigures(sideBySide([a, b], 10), {
      k: 10,
      seed: 1,
      onProgress: (done, total) => heard.push([done, total]),
    });
    const { pairs } = await compareRuns([a, b], { k: 10, seed: 1 });
    expect({ a: 0, b: 1, ...figures }).toEqual(pairs[0]);
    expect(heard.at(-1)).toEqual([1400, 1400]);
  });
});
