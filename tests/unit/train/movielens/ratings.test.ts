import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { CSV, DAT, U_DATA } from '../../../../src/lib/train/movielens/layouts.ts';
import { ratingsOf } from './files.ts';

const TEXT = [
  'userId,movieId,rating,timestamp',
  '7,50,4.0,964982703',
  '7,3,0.5,964981247',
  '2,50,3.5,1445714835',
  '',
].join('\n');

const EXPECTED = {
  users: Int32Array.of(0, 0, 1),
  movies: Int32Array.of(0, 1, 0),
  values: Float32Array.of(4, 0.5, 3.5),
  timestamps: Float64Array.of(964982703, 964981247, 1445714835),
  userIds: ['7', '2'],
  movieIds: ['50', '3'],
};

describe('readRatings', () => {
  it('numbers users and movies in order of first appearance', async () => {
    expect(await ratingsOf(TEXT)).toEqual(EXPECTED);
  });

  it.each([
    ['CRLF', TEXT.replaceAll('\n', '\r\n')],
    ['a byte order mark', '\ufeff' + TEXT],
    ['no line end at the end', TEXT.trimEnd()],
    ['CRLF and no line end at the end', TEXT.trimEnd().replaceAll('\n', '\r\n')],
    ['blank lines', TEXT.replaceAll('\n', '\n\n') + '\n\n'],
    ['quoted fields', TEXT.replace(/[^,\n]+/g, '"$&"')],
    ['blanks around fields', TEXT.replaceAll(',', ' , ')],
    ['columns in another order', TEXT.replace(/(.*),(.*),(.*),(.*)/g, '$4,$3,$2,$1')],
  ])('reads a file with %s', async (_, text) => {
    expect(await ratingsOf(text)).toEqual(EXPECTED);
  });

  it('reads the same from pieces of any size', async () => {
    const text = '\ufeff' + TEXT.replace('50,4.0', '"50","4.0"').replaceAll('\n', '\r\n');
    for (let size = 3; size < 40; size++) {
      expect(await ratingsOf(text, CSV, size)).toEqual(EXPECTED);
    }
  });

  it('reads ratings.dat and u.data', async () => {
    const rows = TEXT.split('\n').slice(1).join('\n');
    expect(await ratingsOf(rows.replaceAll(',', '::'), DAT)).toEqual(EXPECTED);
    expect(await ratingsOf(rows.replaceAll(',', '\t'), U_DATA)).toEqual(EXPECTED);
  });

  it('reads more ratings than its first arrays hold', async () => {
    const lines = ['userId,movieId,rating,timestamp'];
    for (let i = 0; i < 150_000; i++) lines.push(`${i % 500},m${Math.floor(i / 500)},3,${i}`);
    const ratings = await ratingsOf(lines.join('\n'));
    expect(ratings.userIds.length).toBe(500);
    expect(ratings.movieIds.length).toBe(300);
    expect(ratings.timestamps.length).toBe(150_000);
    expect(ratings.timestamps.every((time, i) => time === i)).toBe(true);
  });

  it('names lines by their place in the file, with blank lines and across pieces', async () => {
    const lines = ['userId,movieId,rating,timestamp', ''];
    for (let i = 3; i < 10_234; i++) lines.push(`${i},1,3.5,1000000000`);
    lines.push('1,2,"4,5",1000000000', '2,2,4,1000000000', '');
    await expect(ratingsOf(lines.join('\n'), CSV, 1000)).rejects.toThrow(
      new InputError(
        'ratings.csv line 10,234: rating "4,5" is not a number (expected 0.5 to 5.0 with a point)',
      ),
    );
  });

  it('refuses a line without an end, and quotes that never close, before it has read the whole file', async () => {
    let read = 0;
    const endless = function* (start: string) {
      yield Buffer.from(start);
      for (; read < 100; read++) yield Buffer.alloc(1 << 18, 'x');
    };
    const { records } = await import('../../../../src/lib/train/movielens/records.node.ts');
    const { readRatings } = await import('../../../../src/lib/train/movielens/ratings.ts');
    const options = {
      name: 'ratings.csv',
      delimiter: ',',
      quotes: true,
      encoding: 'utf-8',
    } as const;
    await expect(readRatings(records(endless(TEXT), options), CSV)).rejects.toThrow(
      'ratings.csv line 5: no line end within 1 MB (expected a text file with one record a line)',
    );
    expect(read).toBeLessThan(10);
    read = 0;
    await expect(readRatings(records(endless(TEXT + '"2'), options), CSV)).rejects.toThrow(
      'ratings.csv line 5: a quote opens here or soon after, and none closes it within 1 MB (write a quote inside a field as two quotes)',
    );
    expect(read).toBeLessThan(10);
  });

  it('does not take a short time at the end of a file for a cut when others are as short', async () => {
    const ratings = await ratingsOf('1::1::5::100\n2::2::4::20', DAT);
    expect([...ratings.timestamps]).toEqual([100, 20]);
  });
});
