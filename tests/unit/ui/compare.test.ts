import { describe, expect, test } from 'vitest';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { principalAngles } from '../../../src/lib/math/principalAngles.ts';
import { random } from '../../../src/lib/math/random.ts';
import { listed, pageOf, readChanged } from '../../../src/lib/ui/compare/changed.ts';
import { agreement, spaceInCommon, verdict } from '../../../src/lib/ui/compare/verdict.ts';

describe('the list of what changed', () => {
  const labels = ['Amélie', 'Babe', 'Cube', 'Babe: Pig in the City'];
  const counts = Uint32Array.of(100, 50, 20, 5);
  const order = Int32Array.of(2, 0, 3, 1);
  const list = (
    query: string,
    known: { counts?: Uint32Array; seeds?: Float64Array } = { counts },
  ) => [...listed(readChanged(new URLSearchParams(query)), { order, labels, ...known })];

  test('stands from the most changed to the most stable, or the other way', () => {
    expect(list('')).toEqual([2, 0, 3, 1]);
    expect(list('order=stable')).toEqual([1, 3, 0, 2]);
    expect([...order]).toEqual([2, 0, 3, 1]);
  });

  test('stands by what seeds have in common, where that is known, with what no seed has last', () => {
    const seeds = Float64Array.of(0.4, NaN, 0.1, 0.7);
    expect(list('order=accident', { counts, seeds })).toEqual([2, 0, 3, 1]);
    expect(list('order=steady', { counts, seeds })).toEqual([3, 0, 2, 1]);
    expect(list('order=accident')).toEqual(list(''));
    expect(list('order=steady')).toEqual(list('order=stable'));
  });

  test('is filtered by text, without case and accents, and by count', () => {
    expect(list('find=BABE')).toEqual([3, 1]);
    expect(list('find=amelie')).toEqual([0]);
    expect(list('least=20')).toEqual([2, 0, 1]);
    expect(list('least=20&find=babe')).toEqual([1]);
    expect(list('least=20', {})).toEqual([2, 0, 3, 1]);
    expect(list('find=nothing')).toEqual([]);
  });

  test('what an address says wrongly is passed over', () => {
    expect(readChanged(new URLSearchParams('least=-3&page=0&order=up'))).toEqual({
      find: '',
      minimumCount: 0,
      order: 'changed',
      page: 1,
    });
  });

  test('is paged, and a page beyond the last is the last', () => {
    const items = Int32Array.from({ length: 45 }, (_, i) => i);
    expect(pageOf(items, 1)).toMatchObject({ page: 1, pages: 3 });
    expect([...pageOf(items, 9).items]).toEqual([40, 41, 42, 43, 44]);
    expect(pageOf(new Int32Array(), 2)).toEqual({ page: 1, pages: 1, items: new Int32Array() });
  });
});

describe('whether two runs are the same', () => {
  const overlap = (mean: number, interval: [number, number]) => ({
    k: 10,
    mean,
    interval,
    chance: 0.01,
    items: 500,
  });

  test('is yes for one embedding turned, in part above chance, no at chance', () => {
    expect(agreement(overlap(1, [1, 1]), { scaled: 1e-12 })).toBe('same');
    expect(agreement(overlap(1, [1, 1]), { scaled: 0.2 })).toBe('part');
    expect(agreement(overlap(0.2, [0.18, 0.22]), { scaled: 0.4 })).toBe('part');
    expect(agreement(overlap(0.011, [0.009, 0.013]), { scaled: 0.9 })).toBe('chance');
  });

  test('says how much of what one spans the other spans, and what chance would give', () => {
    const start = {
      ids: Array.from({ length: 101 }, (_, i) => `i${i}`),
      figures: {
        spectra: [new Float64Array(3), new Float64Array(5)] as [Float64Array, Float64Array],
      },
    };
    const found = spaceInCommon(Float64Array.of(0, Math.PI / 4, Math.PI / 2), start);
    expect(found.share).toBeCloseTo(0.5, 12);
    expect(found).toMatchObject({ chance: 0.05, directions: 3, least: 0, most: 90 });
    expect(found.middle).toBeCloseTo(45, 12);
  });

  test('chance is what independent noise has', () => {
    const draw = random(4);
    const noise = (columns: number) =>
      matrix(
        400,
        columns,
        new Float32Array(400 * columns).map(() => draw.normal()),
      );
    const angles = principalAngles(noise(20), noise(30));
    const { share, chance } = spaceInCommon(angles, {
      ids: new Array<string>(400).fill(''),
      figures: { spectra: [new Float64Array(20), new Float64Array(30)] },
    });
    expect(chance).toBeCloseTo(30 / 399, 12);
    // The share of 20 directions has a standard deviation of 0.0035 over draws.
    expect(Math.abs(share - chance)).toBeLessThan(0.012);
  });

  test('counts the neighbours that are shared once every item is known', () => {
    const found = overlap(1 / 3, [0.3, 0.4]);
    expect(verdict(found, { scaled: 0.4 }, 'movie')).toBe(
      'In part: they agree on what is near what, with 33 times the overlap of chance.',
    );
    // 5 of 10 shared are 5 of the 15 that are in either list.
    expect(verdict(found, { scaled: 0.4 }, 'movie', Float64Array.of(1 / 3, 1 / 3))).toBe(
      'In part: of a movie’s 10 nearest in one run, 5.00 on average are among its 10 nearest in the other, 33 times the overlap of chance.',
    );
  });
});
