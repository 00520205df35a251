import { describe, expect, it, vi } from 'vitest';
import { biasRanking } from '../../../src/lib/analysis/bias.ts';
import {
  componentPlaces,
  componentRanking,
  spectrum,
} from '../../../src/lib/analysis/components.ts';
import { describeComponent } from '../../../src/lib/analysis/describe.ts';
import { findItem } from '../../../src/lib/analysis/find.ts';
import { neighbours } from '../../../src/lib/analysis/neighbours.ts';
import { films } from './runs.ts';

const base = { items: 60, convention: 'scores' as const };

describe('components', () => {
  const run = films();
  const ranking = componentRanking(run, { ...base, component: 1, count: 3 });

  it('rank both ends and name what is planted', () => {
    expect(ranking.top.map(({ row }) => row)).toEqual([59, 58, 57]);
    expect(ranking.bottom.map(({ row }) => row)).toEqual([0, 1, 2]);
    const year = ranking.about.find(({ name }) => name === 'year');
    expect(year).toMatchObject({ n: 60, pValue: 0.001 });
    expect(year!.correlation).toBeGreaterThan(0.99);
    // Drama is everybody's, Rare is five films': neither is tried.
    expect(ranking.about.some(({ name }) => name.startsWith('genre'))).toBe(false);
    expect(describeComponent(ranking)).toBe(
      'Newer, little-known films from older, well-known films: year +1.00, log count −1.00 (over 60 films).',
    );
  });

  it('filter before ranking, not before fitting', () => {
    const filter = { yearFrom: 1960, yearTo: 1969, minimumCount: 185 };
    const some = componentRanking(run, { ...base, component: 1, count: 9, filter });
    expect(some.top.map(({ row }) => row)).toEqual([15, 14, 13, 12, 11, 10]);
    expect([some.fitted, some.ranked]).toEqual([60, 6]);
    expect(some.explainedVariance).toBe(ranking.explainedVariance);
  });

  it('place an item, fitted or not', () => {
    expect(componentPlaces(run, { ...base, row: 59 })[0]).toMatchObject({ rank: 1, component: 1 });
    const [outside] = componentPlaces(run, { ...base, items: 50, row: 59 });
    expect(outside).toMatchObject({ rank: 1, percentile: 100 });
  });

  it('say what is out of range', () => {
    expect(() => componentRanking(run, { ...base, component: 4, count: 1 })).toThrow(
      'component is 4 (expected a whole number from 1 to 3)',
    );
    expect(() => componentRanking(run, { ...base, component: 1, count: 0 })).toThrow('count is 0');
    expect(() => spectrum(run, { ...base, items: 1 })).toThrow('items is 1');
    run.items.vectors.data.fill(1);
    expect(() => spectrum(run, { ...base, items: 9 })).toThrow('all rows are the same');
  });

  it('say when nothing goes along beyond chance', () => {
    const about = [{ name: 'year', correlation: 0.1, n: 60, pValue: 0.4 }];
    expect(describeComponent({ ...ranking, about })).toContain(
      'beyond chance: 1 attribute was tried over 60 films.',
    );
  });
});

it('biases rank with ties, and are refused where there are none', () => {
  const run = films();
  const { top, bottom, ranked } = biasRanking(run, { count: 2, items: 14 });
  expect(top.map(({ row, biasRank }) => [row, biasRank])).toEqual([
    [6, 1.5],
    [13, 1.5],
  ]);
  expect(bottom.map(({ row }) => row)).toEqual([0, 7]);
  expect(ranked).toBe(14);
  delete run.items.bias;
  expect(() => biasRanking(run, { count: 2, items: 14 })).toThrow('this run has no bias');
});

describe('neighbours', () => {
  it('leave out the item itself', async () => {
    const run = films();
    const found = await neighbours(run, { row: 0, metric: 'euclidean', count: 99 });
    expect(found).toHaveLength(59);
    expect(found.some(({ row }) => row === 0)).toBe(false);
    run.items.vectors.data.fill(0, 0, 3);
    await expect(neighbours(run, { row: 0, metric: 'cosine', count: 1 })).rejects.toThrow(
      'all zeros',
    );
  });

  it('are found by an index that is made once a run, and without one where memory is short', async () => {
    const memory = vi.spyOn(WebAssembly, 'Memory');
    const run = films();
    const query = { row: 7, metric: 'cosine', count: 5 } as const;
    const found = await neighbours(run, query);
    await neighbours(run, { ...query, metric: 'dot' });
    expect(memory).toHaveBeenCalledOnce();
    memory.mockImplementation(function () {
      throw new RangeError('could not allocate memory');
    });
    expect(await neighbours(films(), query)).toEqual(found);
    expect(memory).toHaveBeenCalledTimes(2);
    memory.mockRestore();
  });
});

describe('findItem', () => {
  const run = films();
  it.each([
    ['101', 1],
    ['Film 1 (1951)', 1],
    ['film 1', 1],
    ['1957', 7],
  ])('finds %s', (text, row) => expect(findItem(run, text)).toBe(row));

  it('lists candidates', () => {
    expect(() => findItem(run, 'Film 0 (1950)')).toThrow(
      '"Film 0 (1950)" fits 2 items; name one by its id:\n  100  Film 0 (1950)\n  159  Film 0 (1950)',
    );
    expect(() => findItem(run, 'film')).toThrow('and 50 more');
    expect(() => findItem(run, 'nothing')).toThrow('this run has no item "nothing"');
  });
});
