import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/lib/analysis/compare.ts';
import { matchItems } from '../../../src/lib/analysis/matchItems.ts';
import { seedSpread } from '../../../src/lib/analysis/seedSpread.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import type { Manifest, Run } from '../../../src/lib/run/types.ts';

/** A training of one configuration: the same truth for all, with noise of its own; it may lack the last items. */
function trained(model: string, seed: number, noise: number, n = 60): Run {
  const [truth, own] = [random(1), random(1000 * noise + seed)];
  const ids = Array.from({ length: n }, (_, i) => `i${i}`);
  return {
    manifest: {
      ...{ id: `${model}-${seed}`, kind: 'items', dimensions: 4 },
      dataset: { name: 'd', release: '1', sha256: 'x' },
      model: { name: model, hyperparameters: {}, seed },
    } as unknown as Manifest,
    maps: [],
    items: {
      ids,
      labels: ids,
      counts: new Uint32Array(n),
      columns: {},
      vectors: matrix(
        n,
        4,
        new Float32Array(4 * n).map(() => truth.normal() + noise * own.normal()),
      ),
    },
  };
}

const options = { k: 5, seed: 1 };
const rowsOf = (a: Run, b: Run) => matchItems([a.items, b.items]).rows[0];

describe('the spread of seeds beside a pair', () => {
  const [one, two, three] = [1, 2, 3].map((seed) => trained('a', seed, 0.3));
  const far = trained('b', 1, 3);

  it('is that of the whole comparison of all of them', async () => {
    const found = (await seedSpread([one, far], [two, three], rowsOf(one, far), options))!;
    const { pairs, seeds } = await compareRuns([one, far, two, three], options);
    const p = pairs.findIndex(({ a, b }) => a === 0 && b === 1);
    expect(found.areSeeds).toBe(false);
    expect(found.items).toBe(60);
    found.against.forEach((one, f) => {
      const expected = seeds!.against[p][f];
      expect(one).toMatchObject({ figure: expected.figure, pairs: 3, standing: 'further' });
      expect(one.range[0]).toBeCloseTo(expected.range[0], 12);
      expect(one.range[1]).toBeCloseTo(expected.range[1], 12);
    });
    expect(found.perItem.own).toEqual(pairs[p].perItem.overlap);
    expect(found.perItem.mean).toEqual(seeds!.stability.mean);
    expect(found.perItem.least).toEqual(seeds!.stability.least);
  });

  it('of two seeds is that of their other pairs', async () => {
    const found = (await seedSpread([one, two], [three], rowsOf(one, two), options))!;
    const { pairs } = await compareRuns([one, two, three], options);
    expect(found.areSeeds).toBe(true);
    const between = [pairs[1], pairs[2]].map(({ cka }) => cka).sort((a, b) => a - b);
    const cka = found.against.find(({ figure }) => figure === 'cka')!;
    expect(cka.pairs).toBe(2);
    expect(cka.range).toEqual(between);
  });

  it('is not known without another seed, and a run beside itself is none', async () => {
    expect(await seedSpread([one, two], [], rowsOf(one, two), options)).toBeUndefined();
    expect(await seedSpread([one, far], [], rowsOf(one, far), options)).toBeUndefined();
    const found = (await seedSpread([one, one], [two, three], rowsOf(one, one), options))!;
    expect(found.areSeeds).toBe(false);
    expect(found.against.map(({ pairs, standing }) => [pairs, standing])).toEqual(
      new Array(4).fill([3, 'nearer']),
    );
  });

  it('is over the items that every seed has; of the others nothing is known', async () => {
    const narrow = trained('a', 4, 0.3, 50);
    const heard: number[] = [];
    const found = (await seedSpread([one, two], [narrow], rowsOf(one, two), {
      ...options,
      onProgress: (done, total) => heard.push(done / total),
    }))!;
    expect(found.items).toBe(50);
    const known = Array.from(found.perItem.mean, (value) => !Number.isNaN(value));
    expect(known).toEqual(Array.from({ length: 60 }, (_, i) => i < 50));
    expect(found.perItem.own[55]).toBeNaN();
    expect(heard.at(-1)).toBe(1);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    await expect(
      seedSpread([one, two], [trained('a', 5, 0.3, 5)], rowsOf(one, two), options),
    ).rejects.toThrow('k is 5, but with 5 shared items each has only 4 others');
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const stopped = seedSpread([one, far], [two, three], rowsOf(one, far), {
      ...options,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopped).rejects.toThrow('aborted');
  });
});
