import { describe, expect, it } from 'vitest';
import { findItem } from '../../../src/lib/analysis/find.ts';
import { InputError } from '../../../src/lib/errors.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import type { Manifest, Run } from '../../../src/lib/run/types.ts';

function runOf(items: [id: string, label: string][]): Run {
  return {
    manifest: { kind: 'movies' } as Manifest,
    maps: [],
    items: {
      ids: items.map(([id]) => id),
      labels: items.map(([, label]) => label),
      counts: Uint32Array.from(items, () => 1),
      columns: {},
      vectors: matrix(items.length, 1),
    },
  };
}

const run = runOf([
  ['300', 'Heat (1995)'],
  ['1917', 'Armageddon (1998)'],
  ['heat', 'Body Heat (1981)'],
  ['5', '1917 (2019)'],
  ['6', '300 (2007)'],
  ['7', 'The Thing (1982)'],
  ['8', 'The Thing (2011)'],
  ['9', 'THE THING (1982)'],
  ['10', 'Am\u00e9lie (2001)'],
  ['11', 'Solo'],
  ['12', 'Solo (2018)'],
  ['13', 'Twins'],
  ['14', 'Twins'],
]);

describe('findItem', () => {
  it.each([
    ['an id before a label with the same text', '1917', 1],
    ['an id before a label that it begins', '300', 0],
    ['an id before a title without its year', 'heat', 2],
    ['a label that looks like an id, by all of it', '1917 (2019)', 3],
    ['a label in another case than an id', 'HEAT', 0],
    ['a label before the same in another case', 'THE THING (1982)', 7],
    ['a whole label before one that needs its year taken off', 'Solo', 9],
    ['a part', 'body', 2],
    ['a year that one label has', '2011', 6],
    ['an accent however it is encoded', 'ame\u0301lie', 8],
    ['a name with spaces about it', '  armageddon\t', 1],
  ])('takes %s', (_, text, row) => expect(findItem(run, text)).toBe(row));

  it.each([
    ['the thing', ['7  The Thing (1982)', '8  The Thing (2011)', '9  THE THING (1982)']],
    ['Twins', ['13  Twins', '14  Twins']],
    ['the Thing (1982)', ['7  The Thing (1982)', '9  THE THING (1982)']],
  ])('lists what %s fits', (text, lines) => {
    const message = `"${text}" fits ${lines.length} items; name one by its id:\n  ${lines.join('\n  ')}`;
    expect(() => findItem(run, text)).toThrow(new InputError(message));
  });

  it('lists ten, and counts the rest', () => {
    const many = runOf(Array.from({ length: 12 }, (_, i) => [`id-${i}`, `Film ${i}`]));
    expect(() => findItem(many, 'film')).toThrow(/\n {2}id-9 {2}Film 9\n {2}and 2 more$/);
  });

  it('says when nothing fits, and when nothing was asked', () => {
    expect(() => findItem(run, 'Amelie')).toThrow(
      new InputError(
        'this run has no item "Amelie" (expected an id, a label, or a part of one; try fewer letters)',
      ),
    );
    for (const text of ['', '  ']) {
      expect(() => findItem(run, text)).toThrow(
        new InputError('the item has no name: give its id, or a part of its label'),
      );
    }
  });
});
