import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCsv, toTsv, type ExportColumn } from '../../../src/lib/ui/export/csv.ts';

interface Film {
  title: string;
  genres: string[];
  score: number;
  year?: number;
}
const columns: ExportColumn<Film>[] = [
  { header: 'title', value: (film) => film.title },
  { header: 'year', value: (film) => film.year },
  { header: 'genres', value: (film) => film.genres },
  { header: 'score, centred', value: (film) => film.score },
];
const films: Film[] = [
  {
    title: 'Good, the Bad and the Ugly, The',
    genres: ['Action', 'Western'],
    score: 0.1,
    year: 1966,
  },
  { title: 'Film "Quoted"', genres: [], score: -1e-7 },
  { title: '=1+1', genres: ['Drama'], score: NaN, year: 2000 },
  { title: 'two\nlines', genres: ['Drama'], score: 3 },
];

describe('toCsv', () => {
  test('writes RFC 4180, keeps formulas and digits as they are, leaves missing values empty', () => {
    expect(toCsv(films, columns)).toBe(
      'title,year,genres,"score, centred"\r\n' +
        '"Good, the Bad and the Ugly, The",1966,Action|Western,0.1\r\n' +
        '"Film ""Quoted""",,,-1e-7\r\n' +
        '=1+1,2000,Drama,\r\n' +
        '"two\nlines",,Drama,3\r\n',
    );
  });

  test('without rows is the header alone', () => {
    expect(toCsv([], columns)).toBe('title,year,genres,"score, centred"\r\n');
  });

  test('is read back exactly by another reader, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), (rows) => {
        const text = toCsv(rows, [
          { header: 'a', value: (row) => row[0] },
          { header: 'b', value: (row) => row[1] },
        ]);
        const read = parse(text, { record_delimiter: '\r\n', from_line: 2 }) as string[][];
        expect(read).toEqual(rows);
      }),
    );
  });
});

test('toTsv quotes tabs, and leaves commas alone', () => {
  expect(
    toTsv(
      [{ a: 'x\ty', b: 'p, q' }],
      [
        { header: 'a', value: (row) => row.a },
        { header: 'b', value: (row) => row.b },
      ],
    ),
  ).toBe('a\tb\r\n"x\ty"\tp, q\r\n');
});
