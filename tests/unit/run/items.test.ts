import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { decodeItems, encodeItems, sortByCount } from '../../../src/lib/run/items.ts';
import type { Items } from '../../../src/lib/run/types.ts';
import { films, fixtures } from './films.ts';

const names = (folder: string) =>
  readdirSync(fixtures + folder).map((name) => name.replace('.arrow', ''));
const bytesOf = (path: string) => new Uint8Array(readFileSync(`${fixtures}${path}.arrow`));
const decode = (path: string) => decodeItems(bytesOf(path), 'items.arrow');

function message(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

/** What a layout cannot say as the plain one does, by fixture. */
const differences: Record<string, (items: Items) => void> = {
  int64: ({ columns }) => Object.assign(columns.year, { storage: 'int32' }),
  float64: ({ columns }) => Object.assign(columns.mean, { storage: 'float64' }),
  'no-bias': (items) => delete items.bias,
  'no-metadata': (items) => {
    delete items.bias;
    items.columns = {};
  },
  'empty-lists': ({ columns }) => {
    columns.genres = { kind: 'tags', values: [[], [], [], [], []] };
    columns.director = { kind: 'text', values: [null, null, null, null, null] };
  },
  'no-rows': (items) => Object.assign(items, decodeItems(encodeItems(none(items)), 'empty')),
  'no-batches': (items) => Object.assign(items, decodeItems(encodeItems(none(items)), 'empty')),
  // The two films that have 50 ratings are the other way round in the file, and stay so.
  unsorted: (items) => {
    const order = [0, 2, 1, 3, 4];
    items.ids = order.map((row) => items.ids[row]);
    items.bias = Float32Array.from(order, (row) => items.bias![row]);
    for (const column of Object.values(items.columns)) {
      if (column.kind === 'number') {
        column.values = Float64Array.from(order, (row) => column.values[row]);
      } else {
        column.values = order.map((row) => column.values[row]) as never;
      }
    }
    const rows = order.map((row) => items.vectors.data.slice(row * 3, row * 3 + 3));
    items.vectors = matrix(5, 3, Float32Array.from(rows.flatMap((values) => [...values])));
  },
};
const fixtureNames = names('readable');

function none(items: Items): Items {
  const columns = structuredClone(items.columns);
  for (const column of Object.values(columns)) {
    column.values = (column.kind === 'number' ? new Float64Array(0) : []) as never;
  }
  return {
    ids: [],
    labels: [],
    counts: new Uint32Array(0),
    bias: new Float32Array(0),
    columns,
    vectors: matrix(0, 3),
  };
}

describe('what pyarrow writes', () => {
  it('has a fixture for each layout', () => expect(fixtureNames).toHaveLength(24));

  it.each(fixtureNames)('%s', (name) => {
    const expected = films();
    differences[name]?.(expected);
    expect(decode(`readable/${name}`)).toStrictEqual(expected);
  });

  it('gives vectors without a copy from one batch of float32', () => {
    const bytes = bytesOf('readable/plain');
    expect(decodeItems(bytes, 'items.arrow').vectors.data.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(decodeItems(shifted, 'items.arrow')).toStrictEqual(films());
  });
});

describe('what cannot be used', () => {
  const rewrite =
    'rewrite it with pyarrow.feather.write_feather(table, "items.arrow", compression="uncompressed")';
  const diverged =
    '(expected a finite float32); leave the item out, or train again with a lower learning rate';
  const whole = '(expected a whole number from 0 to 4,294,967,295)';
  const fixedSize =
    '(expected fixed_size_list of float32); write it with pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])';
  const unread =
    'which is not read here; leave it out, or cast it to numbers, text or lists of text';
  const others = 'bias, year, genres, director, mean, seen';
  const messages: Record<string, string> = {
    'duplicate-id': ': id "m2" is in row 2 and again in row 4; ids must be unique',
    'flat-vector': `: column "vector" is float64 ${fixedSize}`,
    'float64-too-large': `: column "vector", row 4 (id m4), has 1e+39 as number 1 of 3 ${diverged}`,
    'fraction-count': `: column "count", row 2 (id m2), is 50.5 ${whole}`,
    'huge-count': `: column "count", row 1 (id m1), is 4294967296 ${whole}`,
    'huge-integer':
      ': column "serial", row 3 (id m3), is 9007199254740993, which is too large to be read exactly; store it as text',
    'infinite-vector': `: column "vector", row 3 (id m3), has -Infinity as number 2 of 3 ${diverged}`,
    'infinite-vector-batches': `: column "vector", row 3 (id m3), has -Infinity as number 2 of 3 ${diverged}`,
    'int-id':
      ': column "id" is int64 (expected utf8); cast it, with pyarrow column.cast(pa.string())',
    lz4: ` is compressed (LZ4), and a run's files are opened without a copy; ${rewrite}`,
    'missing-count': `: column "count", row 4 (id m4), is missing ${whole}`,
    'missing-genre':
      ': column "genres", row 5 (id m5), lists a missing text; leave it out of the list',
    'missing-label':
      ': column "label", row 3, is missing (expected a text); fill it in or leave the item out',
    'missing-value': ': column "vector", row 2 (id m2), lacks number 2 of 3; leave the item out',
    'missing-vector': ': column "vector", row 4 (id m4), is missing; leave the item out',
    'nan-vector': `: column "vector", row 3 (id m3), has NaN as number 2 of 3 ${diverged}`,
    'nan-vector-batches': `: column "vector", row 3 (id m3), has NaN as number 2 of 3 ${diverged}`,
    'negative-count': `: column "count", row 3 (id m3), is -50 ${whole}`,
    'no-id': ` has no column "id" (it has label, count, ${others}, vector); add or rename it`,
    'no-label': ` has no column "label" (it has id, count, ${others}, vector); add or rename it`,
    'no-vector': ` has no column "vector" (it has id, label, count, ${others}); add or rename it`,
    'no-width': ': column "vector" has vectors of 0 numbers (expected at least one)',
    'null-id':
      ': column "id" is null (expected utf8); cast it, with pyarrow column.cast(pa.string())',
    'number-dictionary': `: column "cinema" is a dictionary of int, ${unread}`,
    'number-lists': ': column "scores" holds int (expected utf8); leave it out, or cast it',
    parquet: ` is a Parquet file (expected Arrow); ${rewrite}`,
    ragged:
      ': column "vector", row 4 (id m4), has 2 numbers, but the first has 3; all must have the same',
    struct: `: column "crew" is struct, ${unread}`,
    'text-bias': ': column "bias" is utf8 (expected float32); cast it',
    'text-count': ': column "count" is utf8 (expected uint32); cast it',
    'text-vector': `: column "vector" is list of utf8 ${fixedSize}`,
    timestamp: `: column "released" is timestamp, ${unread}`,
    'two-columns': ' has two columns named "year"; rename one',
    zstd: ` is compressed (ZSTD), and a run's files are opened without a copy; ${rewrite}`,
  };

  it('has a message for each fixture', () =>
    expect(names('refused').sort()).toEqual(Object.keys(messages).sort()));

  it.each(Object.entries(messages))('%s', (name, expected) =>
    expect(message(() => decode(`refused/${name}`))).toBe(`items.arrow${expected}`),
  );

  it('is cut off at any byte', () => {
    const bytes = bytesOf('readable/plain');
    for (let length = 1; length < bytes.length; length += 7) {
      expect(message(() => decodeItems(bytes.slice(0, length), 'items.arrow'))).toMatch(
        /^items\.arrow (is cut off|is not Arrow data, or it is damaged)/,
      );
    }
    expect(message(() => decodeItems(new Uint8Array(0), 'items.arrow'))).toBe(
      'items.arrow is empty (expected an Arrow file); copy or write it again',
    );
  });
});

describe('a file in which any one number is wrong', () => {
  // Every count, length and offset of the metadata is such a number; a huge one must not be believed.
  it.each(['dictionary', 'views', 'stream-batches'])('%s', (name) => {
    const bytes = bytesOf(`readable/${name}`);
    for (let at = 0; at + 4 <= bytes.length; at += 4) {
      for (const value of [0x7fffffff, 0x20000000, -2]) {
        const damaged = bytes.slice();
        new DataView(damaged.buffer).setInt32(at, value, true);
        try {
          decodeItems(damaged, 'items.arrow');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }
    }
  });
});

describe('encodeItems', () => {
  it('is read back as it was', () =>
    expect(decodeItems(encodeItems(films()), 'items.arrow')).toStrictEqual(films()));

  it('refuses vectors that diverged, by the item', () => {
    const items = films();
    items.vectors.data[4] = NaN;
    expect(message(() => encodeItems(items))).toBe(
      'the vector of "Hamlet" (id m2) has NaN as number 2 of 3: the training diverged; train again with a lower learning rate',
    );
  });

  it('refuses ids that repeat', () => {
    const items = films();
    items.ids[4] = 'm1';
    expect(message(() => encodeItems(items))).toBe(
      'the items: id "m1" is in row 1 and again in row 5; ids must be unique',
    );
  });

  it.each<[string, (items: Items) => unknown]>([
    ['labels has 4 rows, but there are 5 ids', (items) => items.labels.pop()],
    ['vectors has 4 rows, but there are 5 ids', (items) => (items.vectors = matrix(4, 3))],
    [
      'vectors have no dimensions (expected at least one)',
      (items) => (items.vectors = matrix(5, 0)),
    ],
    ['rows are not sorted by count, descending', (items) => (items.counts[4] = 3)],
    [
      'column "year" has 70000 in row 2, which is no uint16',
      ({ columns }) => (columns.year.values[1] = 70000),
    ],
    [
      'column "year" has 0.5 in row 2, which is no uint16',
      ({ columns }) => (columns.year.values[1] = 0.5),
    ],
    [
      'metadata cannot be named "bias", which is a column of its own',
      ({ columns }) => (columns.bias = columns.year),
    ],
  ])('refuses: %s', (expected, spoil) => {
    const items = films();
    spoil(items);
    expect(() => encodeItems(items)).toThrow(new RangeError(expected));
  });
});

describe('sortByCount', () => {
  it('sorts every field alike and keeps the order of equals', () => {
    const items = films();
    items.counts = Uint32Array.of(1, 50, 50, 2, 50);
    const sorted = sortByCount(items);
    expect(sorted.ids).toEqual(['m2', 'm3', 'm5', 'm4', 'm1']);
    expect([...sorted.counts]).toEqual([50, 50, 50, 2, 1]);
    expect([...sorted.bias!]).toEqual([-0.25, 0.125, -1.5, 0, 0.5]);
    expect([...sorted.columns.year.values]).toEqual([1990, 1996, NaN, 2001, 2001]);
    expect(sorted.columns.director.values).toEqual([null, 'Branagh', '', '宮崎 駿', 'Jeunet']);
    expect([...sorted.vectors.data.slice(6, 9)]).toEqual([-1, 1024, 2 ** -10]);
  });
});
