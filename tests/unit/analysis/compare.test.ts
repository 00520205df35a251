import { describe, expect, it } from 'vitest';
import { byOverlap, compareRuns } from '../../../src/lib/analysis/compare.ts';
import { matchItems } from '../../../src/lib/analysis/matchItems.ts';
import {
  effectiveDimensions,
  sharedNeighbours,
  standingInWords,
} from '../../../src/lib/analysis/reading.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { random } from '../../../src/lib/math/random.ts';
import type { Items, Manifest, Run } from '../../../src/lib/run/types.ts';

/** Items named `id label`, or `id` alone for both; their vectors are not zero. */
function items(...names: string[]): Items {
  const pairs = names.map((name) => name.split(' '));
  return {
    ids: pairs.map(([id]) => id),
    labels: pairs.map(([id, label = id]) => label),
    counts: new Uint32Array(names.length),
    columns: {},
    vectors: matrix(names.length, 1, new Float32Array(names.length).fill(1)),
  };
}

const lists = (matched: { rows: Int32Array[] }) => matched.rows.map((rows) => [...rows]);

describe('matching items', () => {
  it('is by id, and what is left by label', () => {
    const matched = matchItems([
      items('1 a', '2 b', '3 c', '4 d'),
      items('2 b', '1 a', '9 c', '8 e'),
    ]);
    expect(lists(matched)).toEqual([
      [0, 1, 2],
      [1, 0, 2],
    ]);
    expect(matched).toMatchObject({ byId: 2, byLabel: 1, ambiguous: 0 });
    expect(matched.unmatched.map((rows) => [...rows])).toEqual([[3], [3]]);
  });

  it('takes no label that stands for several items, and counts them', () => {
    const matched = matchItems([items('1 a', '2 twin', '3 twin'), items('1 a', '8 twin', '9 b')]);
    expect(lists(matched)).toEqual([[0], [0]]);
    expect(matched.ambiguous).toBe(2);
  });

  it('keeps items of one label apart where their ids say which is which', () => {
    const matched = matchItems([items('1 twin', '2 twin'), items('2 twin', '1 twin')]);
    expect(lists(matched).map((rows) => rows.toSorted())).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(matched.rows[0][0]).not.toBe(matched.rows[1][0]);
  });

  it('does not trust ids that stand for other labels, as row numbers do', () => {
    const matched = matchItems([items('0 the', '1 of', '2 and'), items('0 of', '1 and', '2 the')]);
    expect(matched).toMatchObject({ byId: 0, byLabel: 3 });
    const [a, b] = matched.rows;
    expect([...a].map((row, i) => [row, b[i]]).sort()).toEqual([
      [0, 2],
      [1, 0],
      [2, 1],
    ]);
  });

  it('trusts ids whose labels were written anew', () => {
    const matched = matchItems([
      items('1 Heat', '2 Alien'),
      items('1 Heat(1995)', '2 Alien(1979)'),
    ]);
    expect(matched).toMatchObject({ byId: 2, byLabel: 0 });
  });

  it('leaves out vectors of zeros and what is beyond the limit, and says how many', () => {
    const [a, b] = [items('1', '2', '3', '4'), items('1', '2', '3', '4')];
    b.vectors.data[1] = 0;
    const matched = matchItems([a, b], 2);
    expect(lists(matched)).toEqual([
      [0, 2],
      [0, 2],
    ]);
    expect(matched).toMatchObject({ withoutDirection: 1, beyondLimit: 1 });
    expect(matched.unmatched.map((rows) => rows.length)).toEqual([0, 0]);
  });

  it('looks at labels alone where ids are of different worlds', () => {
    const films = items('1 Toy Story', '2 Jumanji', '9 it');
    const words = items('1 1', '2 2', 'it it');
    expect(lists(matchItems([films, words], Infinity, false))).toEqual([[2], [2]]);
  });

  it('of three runs takes what all have', () => {
    const matched = matchItems([items('1', '2', '3'), items('3', '2'), items('2', '3', '9')]);
    expect(lists(matched)).toEqual([
      [1, 2],
      [1, 0],
      [0, 1],
    ]);
    expect(matched.unmatched.map((rows) => [...rows])).toEqual([[0], [], [2]]);
  });
});

/** A run of one configuration: the same truth for all seeds, with noise of their own. */
function trained(model: string, seed: number, noise: number, n = 60): Run {
  const [truth, own] = [random(1), random(1000 * noise + seed)];
  const ids = Array.from({ length: n }, (_, i) => `i${i}`);
  return {
    manifest: {
      id: `${model}-${seed}`,
      kind: 'items',
      dimensions: 4,
      dataset: { name: 'd', release: '1', sha256: 'x' },
      model: { name: model, hyperparameters: { rate: 1 }, seed },
    } as unknown as Manifest,
    maps: [],
    items: {
      ids,
      labels: ids,
      counts: new Uint32Array(n),
      bias: Float32Array.from(ids, (_, i) => i + noise * own.normal()),
      columns: {},
      vectors: matrix(
        n,
        4,
        new Float32Array(4 * n).map(() => truth.normal() + noise * own.normal()),
      ),
    },
  };
}

describe('comparing runs', () => {
  const options = { k: 5, seed: 1 };

  it('measures other pairs against the spread of seeds', async () => {
    const runs = [1, 2, 3].map((seed) => trained('a', seed, 0.3));
    runs.push(trained('b', 1, 3), trained('c', 1, 0.01));
    const { seeds, pairs, tree } = await compareRuns(runs, options);
    expect(seeds!.groups).toEqual([[0, 1, 2]]);
    expect(seeds!.pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    const standings = (a: number, b: number) =>
      seeds!.against[pairs.findIndex((pair) => pair.a === a && pair.b === b)].map(
        ({ figure, standing }) => [figure, standing],
      );
    const all = (standing: string) =>
      ['overlap', 'cka', 'rsa', 'procrustes'].map((figure) => [figure, standing]);
    expect(standings(0, 3)).toEqual(all('further'));
    expect(standings(0, 4)).toEqual(all('nearer'));
    expect(standings(0, 1)).toEqual([]);
    expect(standings(3, 4)).toEqual([]);
    expect(tree.order.indexOf(3)).toBe(0);
    expect(tree.joins.at(-1)).toMatchObject({ left: 3 });
    const means = seeds!.pairs.map(({ perItem }) => perItem.overlap[7]);
    expect(seeds!.stability.mean[7]).toBeCloseTo((means[0] + means[1] + means[2]) / 3, 12);
    expect(seeds!.stability.least[7]).toBe(Math.min(...means));
    expect(seeds!.stability.most[7]).toBe(Math.max(...means));
  });

  it('has no seeds where two runs have one, or another hyperparameter', async () => {
    const other = trained('a', 2, 0.3);
    other.manifest.model.hyperparameters = { rate: 2 };
    const same = trained('a', 1, 0.4);
    const { seeds } = await compareRuns([trained('a', 1, 0.3), other, same], options);
    expect(seeds).toBeUndefined();
  });

  it('compares biases, and names the items as the first run has them', async () => {
    const found = await compareRuns([trained('a', 1, 0), trained('a', 2, 0)], options);
    expect(found.pairs[0].bias).toEqual({
      correlation: expect.closeTo(1, 12) as number,
      rankCorrelation: expect.closeTo(1, 12) as number,
    });
    expect(found.ids).toEqual(found.labels);
    expect(found.ids).toHaveLength(60);
    const without = trained('a', 3, 0.1);
    delete without.items.bias;
    const [pair] = (await compareRuns([trained('a', 1, 0), without], options)).pairs;
    expect(pair.bias).toBeUndefined();
  });

  it('repeats with its seed, says how far it is, and stops', async () => {
    const runs = [trained('a', 1, 0.3, 700), trained('a', 2, 0.3, 700)];
    const said: number[] = [];
    const first = await compareRuns(runs, {
      ...options,
      onProgress: (done, total) => said.push(done / total),
    });
    expect(said).toEqual(said.toSorted((a, b) => a - b));
    expect(said.at(-1)).toBe(1);
    expect(await compareRuns(runs, options)).toEqual(first);
    const other = await compareRuns(runs, { ...options, seed: 2 });
    expect(other.pairs[0].rsa.correlation).not.toBe(first.pairs[0].rsa.correlation);
    expect(other.pairs[0].overlap.mean).toBe(first.pairs[0].overlap.mean);
    const controller = new AbortController();
    const stopped = compareRuns(runs, {
      ...options,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopped).rejects.toThrow('aborted');
  });

  it('refuses what cannot be compared, in words', async () => {
    const [a, b] = [trained('a', 1, 0.3), trained('b', 1, 0.3)];
    await expect(compareRuns([a], options)).rejects.toThrow('a comparison needs two runs at least');
    await expect(compareRuns([a, b], { ...options, k: 60 })).rejects.toThrow(
      'k is 60, but with 60 shared items each has only 59 others; take a k from 1 to 59',
    );
    b.items.vectors.data.fill(1);
    await expect(compareRuns([a, b], options)).rejects.toThrow(
      'run 2 (b-1) cannot be compared on the shared items: all rows are the same',
    );
  });
});

it('items are put in order by overlap, then by rank-biased overlap, then as they come', () => {
  expect([...byOverlap(Float64Array.of(0.5, 0, 0, 1), Float64Array.of(0, 0.2, 0.1, 0))]).toEqual([
    2, 1, 0, 3,
  ]);
  expect([...byOverlap(Float64Array.of(0.5, 0, 0.5))]).toEqual([1, 0, 2]);
});

it('figures are put in words', () => {
  expect(sharedNeighbours(4 / 16, 10)).toBeCloseTo(4, 12);
  expect(effectiveDimensions(Float64Array.of(0.25, 0.25, 0.25, 0.25))).toBeCloseTo(4, 12);
  const against = { figure: 'cka' as const, range: [0, 1] as [number, number], pairs: 3 };
  expect(standingInWords({ ...against, standing: 'further' })).toBe(
    'further than any two seeds are',
  );
  expect(standingInWords({ ...against, pairs: 1, standing: 'nearer' })).toBe(
    'nearer than the two seeds are',
  );
});
