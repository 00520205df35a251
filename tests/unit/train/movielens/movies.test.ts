import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAT, U_DATA } from '../../../../src/lib/train/movielens/layouts.ts';
import { fixture, moviesOf } from './files.ts';

const HEADER = 'movieId,title,genres\n';
const one = async (line: string) => (await moviesOf(HEADER + line))[0];

describe('readMovies', () => {
  // The titles are lines of the releases of 2016 and 2018, as published.
  it.each([
    [
      '1,Toy Story (1995),Adventure|Animation',
      { title: 'Toy Story', label: 'Toy Story (1995)', year: 1995 },
    ],
    [
      '11,"American President, The (1995)",Comedy',
      { title: 'American President, The', label: 'American President, The (1995)', year: 1995 },
    ],
    [
      `7789,"11'09""01 - September 11 (2002)",Drama`,
      { title: `11'09"01 - September 11`, label: `11'09"01 - September 11 (2002)`, year: 2002 },
    ],
    [
      '51372,"""Great Performances"" Cats (1998)",Musical',
      { title: '"Great Performances" Cats', label: '"Great Performances" Cats (1998)', year: 1998 },
    ],
    [
      '27008,From Dusk Till Dawn 2: Texas Blood Money (1999) ,Comedy',
      {
        title: 'From Dusk Till Dawn 2: Texas Blood Money',
        label: 'From Dusk Till Dawn 2: Texas Blood Money (1999)',
        year: 1999,
      },
    ],
    [
      '171749,Death Note: Desu nôto (2006–2007),Drama',
      { title: 'Death Note: Desu nôto', label: 'Death Note: Desu nôto (2006–2007)', year: 2006 },
    ],
    [
      '108548,"Big Bang Theory, The (2007-)",Comedy',
      { title: 'Big Bang Theory, The', label: 'Big Bang Theory, The (2007-)', year: 2007 },
    ],
    [
      '108583,Fawlty Towers (1975-1979),Comedy',
      { title: 'Fawlty Towers', label: 'Fawlty Towers (1975-1979)', year: 1975 },
    ],
    [
      '104017,3 dev adam (Three Giant Men) (1973) ,Action',
      {
        title: '3 dev adam (Three Giant Men)',
        label: '3 dev adam (Three Giant Men) (1973)',
        year: 1973,
      },
    ],
    ['40697,Babylon 5,Sci-Fi', { title: 'Babylon 5', label: 'Babylon 5' }],
    [
      '1,2001: A Space Odyssey,Sci-Fi',
      { title: '2001: A Space Odyssey', label: '2001: A Space Odyssey' },
    ],
    ['1,(1968),Drama', { title: '(1968)', label: '(1968)' }],
    ['9,,Drama', { title: '', label: 'movie 9' }],
  ])('reads %s', async (line, expected) => {
    const { id, genres, ...rest } = await one(line);
    expect(rest).toEqual(expected);
    expect(id).toBe(line.split(',')[0]);
    expect(genres.length).toBeGreaterThan(0);
  });

  it('reads genres, and none for (no genres listed)', async () => {
    expect((await one('1,Heat (1995),Action|Crime|Thriller\r\n')).genres).toEqual([
      'Action',
      'Crime',
      'Thriller',
    ]);
    expect((await one('1,Paterson,(no genres listed)\r\n')).genres).toEqual([]);
  });

  it('reads a title with a line end inside its quotes, and names later lines rightly', async () => {
    const text = HEADER + '1,"Two\nlines (1999)",Drama\n2,Heat (1995),Action\n';
    expect((await moviesOf(text)).map(({ label }) => label)).toEqual([
      'Two\nlines (1999)',
      'Heat (1995)',
    ]);
    await expect(moviesOf(text + '1,Again (2000),Drama\n')).rejects.toThrow(
      'movies.csv line 5: movie 1 stands here a second time (first on line 2); keep one of the two lines',
    );
  });

  it('reads movies.dat in ISO-8859-1 and in UTF-8', async () => {
    const line = '73::Misérables, Les (1995)::Drama|War\n';
    const expected = [
      {
        id: '73',
        title: 'Misérables, Les',
        label: 'Misérables, Les (1995)',
        year: 1995,
        genres: ['Drama', 'War'],
      },
    ];
    expect(await moviesOf(Buffer.from(line, 'latin1'), DAT)).toEqual(expected);
    expect(await moviesOf(Buffer.from(line, 'utf8'), DAT)).toEqual(expected);
  });

  it('reads u.item: flags as genres, and the year of release where the title has none', async () => {
    const flags = (...set: number[]) => Array.from({ length: 19 }, (_, i) => +set.includes(i));
    const line = (start: string, ...set: number[]) => `${start}|${flags(...set).join('|')}\n`;
    const text =
      line('1|Toy Story (1995)|01-Jan-1995||http://example.org', 3, 4, 5) +
      line('267|unknown|||', 0) +
      line('3|Yojimbo|25-Apr-1961||', 8, 18) +
      '\n';
    expect(await moviesOf(text, U_DATA)).toEqual([
      {
        id: '1',
        title: 'Toy Story',
        label: 'Toy Story (1995)',
        year: 1995,
        genres: ['Animation', "Children's", 'Comedy'],
      },
      { id: '267', title: 'unknown', label: 'unknown', genres: [] },
      { id: '3', title: 'Yojimbo', label: 'Yojimbo', year: 1961, genres: ['Drama', 'Western'] },
    ]);
  });

  it('reads the same movies from all three layouts of the fixtures', async () => {
    const csv = await moviesOf(readFileSync(fixture('csv/movies.csv')));
    const dat = await moviesOf(readFileSync(fixture('dat/movies.dat')), DAT);
    const item = await moviesOf(readFileSync(fixture('u/u.item')), U_DATA);
    const plain = csv.map((movie) => ({ ...movie, label: movie.label.replace('–', '-') }));
    expect(dat).toEqual(plain);
    expect(item.map(({ label }) => label)).toEqual(plain.map(({ label }) => label));
    expect(item.map(({ year }) => year)).toEqual(plain.map(({ year }) => year));
  });
});
