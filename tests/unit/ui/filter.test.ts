import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ItemFilter, ItemTable } from '../../../src/lib/analysis/types.ts';
import {
  facetsOf,
  filterParts,
  filterSentence,
  readFilter,
  tidyFilter,
  writeFilter,
} from '../../../src/lib/ui/filter/filter.ts';
import { Params } from '../../../src/lib/ui/filter/params.ts';

const read = (text: string) => {
  const params = new Params(new URLSearchParams(text));
  return { filter: readFilter(params), notices: params.notices };
};

describe('a filter in an address', () => {
  test('is read back as it was written', () => {
    const year = fc.option(fc.integer({ min: 1, max: 9999 }), { nil: undefined });
    const filters = fc
      .record({
        genres: fc.uniqueArray(fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')),
        yearFrom: year,
        yearTo: year,
        minimumCount: fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined }),
      })
      .map(tidyFilter);
    fc.assert(
      fc.property(filters, (filter) => {
        const search = new URLSearchParams();
        writeFilter(search, filter);
        expect(read(search.toString()).filter).toEqual(filter);
      }),
    );
  });

  test('that makes no sense is left out or moved, and said', () => {
    expect(read('from=abc&min=-4&genre=&genre=Drama')).toEqual({
      filter: { genres: ['Drama'] },
      notices: [
        'from=abc is not a whole number; it is left out.',
        'min=-4 is not in 0 to 4294967295; 0 is used.',
      ],
    });
    expect(read('from=2000&to=1990').notices).toEqual([
      'from=2000 is after to=1990, so no year fits.',
    ]);
  });
});

test('a filter is said in a sentence', () => {
  const say = (filter: ItemFilter) => filterSentence(filter, 1204, 2000, 'movies', 'ratings');
  expect(say({ genres: ['Drama'], yearFrom: 1990, yearTo: 1999 })).toBe(
    '1,204 of 2,000 movies: Drama, 1990 to 1999',
  );
  expect(say({ genres: ['Drama', 'Comedy'], yearTo: 1980, minimumCount: 1500 })).toBe(
    '1,204 of 2,000 movies: Drama or Comedy, 1980 or earlier, at least 1,500 ratings',
  );
  expect(say({})).toBe('All 2,000 movies');
});

test('a chip takes its own part of the filter away, and nothing else', () => {
  const filter = { genres: ['Drama', 'War'], yearFrom: 1990, minimumCount: 20 };
  const parts = filterParts(filter, 'ratings');
  expect(parts.map((part) => part.text)).toEqual([
    'Drama',
    'War',
    '1990 or later',
    'at least 20 ratings',
  ]);
  expect(parts[0].without).toEqual({ genres: ['War'], yearFrom: 1990, minimumCount: 20 });
  expect(parts[2].without).toEqual({ genres: ['Drama', 'War'], minimumCount: 20 });
  expect(parts[3].without).toEqual({ genres: ['Drama', 'War'], yearFrom: 1990 });
});

test('facets count the rows in use alone, the most common genre first', () => {
  const table: ItemTable = {
    ids: ['a', 'b', 'c'],
    labels: ['A', 'B', 'C'],
    counts: Uint32Array.of(3, 2, 1),
    columns: {
      genres: { kind: 'tags', values: [['War', 'Drama'], ['Drama'], ['Comedy']] },
      year: { kind: 'number', storage: 'uint16', values: Float64Array.of(1990, NaN, 1930) },
    },
  };
  expect(facetsOf(table, 2)).toEqual({
    genres: [
      { name: 'Drama', count: 2 },
      { name: 'War', count: 1 },
    ],
    years: { from: 1990, to: 1990 },
  });
  expect(facetsOf({ ...table, columns: {} }, 3)).toEqual({ genres: [], years: undefined });
});
