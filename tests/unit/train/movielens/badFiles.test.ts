import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { openMovieLens } from '../../../../src/lib/train/movielens/movielens.node.ts';
import { fixture } from './files.ts';

const CUT =
  'the file ends in the middle of this line, so it was cut short (download or copy it again)';
const QUOTES =
  'the quotes are not balanced (a field with a comma or a quote stands in double quotes, and a quote inside it is written twice)';
const SCALE = '(expected 0.5 to 5.0 with a point)';
const RATING_HEADER = 'userId,movieId,rating,timestamp';
const RATING_COLUMNS = 'userId, movieId, rating, timestamp';
const BINARY =
  'ratings.csv is not a text file: it holds zero bytes (expected plain text in UTF-8; if it is packed or UTF-16, unpack or convert it first)';

/** What is said of each folder in tests/fixtures/movielens/bad; PATH stands for the folder. */
const MESSAGES: Record<string, string> = {
  'above-scale': `ratings.csv line 4: rating 10 is out of range ${SCALE}`,
  binary: BINARY,
  blank: `ratings.csv is empty (expected the header ${RATING_HEADER} and one rating a line)`,
  'cut-in-line': `ratings.csv line 4: ${CUT}`,
  'cut-in-timestamp': `ratings.csv line 4: ${CUT}`,
  'dat-movies':
    'movies.dat line 1: 2 fields (expected 3, separated by "::": movieId, title, genres)',
  'dat-scale': 'ratings.dat line 1: rating 9 is out of range (expected 0.5 to 5 with a point)',
  'dat-single-colon': `ratings.dat line 1: 1 field (expected 4, separated by "::": ${RATING_COLUMNS})`,
  'decimal-comma': `ratings.csv line 4: rating "4,5" is not a number ${SCALE}`,
  'decimal-comma-unquoted': `ratings.csv line 4: 5 fields (expected 4, separated by commas: ${RATING_COLUMNS}); a rating is written with a point, as in 4.5`,
  duplicate:
    'ratings.csv line 6: user 2 rates movie 1 a second time (first on line 4); keep one of the two lines',
  'duplicate-later-user-first':
    'ratings.csv line 5: user 2 rates movie 1 a second time (first on line 4); keep one of the two lines',
  empty: `ratings.csv is empty (expected the header ${RATING_HEADER} and one rating a line)`,
  'few-fields': `ratings.csv line 4: 1 field (expected 4, separated by commas: ${RATING_COLUMNS})`,
  'header-missing': `ratings.csv line 1: the header is "1,1,4.0,964982703" (expected ${RATING_HEADER})`,
  'movie-empty':
    'ratings.csv line 4: the movieId is empty (expected what tells movies apart, usually a number)',
  'movies-cut': `movies.csv line 4: ${CUT}`,
  'movies-cut-before-genres': `movies.csv line 4: ${CUT}`,
  'movies-empty':
    'movies.csv is empty (expected the header movieId,title,genres and one movie a line)',
  'movies-file-missing':
    'PATH holds ratings.csv but no movies.csv beside it (expected both, as MovieLens publishes them)',
  'movies-header-alone': 'movies.csv holds no movies (expected one a line)',
  'movies-no-genres':
    'movies.csv line 4: the genres are empty (expected names separated by "|", or (no genres listed))',
  'movies-twice':
    'movies.csv line 4: movie 1 stands here a second time (first on line 2); keep one of the two lines',
  'movies-unquoted-comma':
    'movies.csv line 4: 4 fields (expected 3, separated by commas: movieId, title, genres); a title with a comma stands in double quotes',
  nan: `ratings.csv line 4: rating "NaN" is not a number ${SCALE}`,
  negative: `ratings.csv line 4: rating -1 is out of range ${SCALE}`,
  'no-ratings':
    'ratings.csv holds no ratings: there is nothing after its header line (expected one rating a line)',
  'not-utf-8': 'movies.csv line 4: the text is not UTF-8 (save the file as UTF-8)',
  nothing:
    'PATH holds no MovieLens ratings (expected ratings.csv and movies.csv, ratings.dat and movies.dat, or u.data and u.item)',
  'one-movie':
    'ratings.csv holds the ratings of one movie alone (1): training needs at least two movies',
  'one-user':
    'ratings.csv holds the ratings of one user alone (7): training needs at least two users, since factors are learnt from what users share',
  'other-columns': `ratings.csv line 1: the header is "userId,movieId,stars,when" (expected ${RATING_HEADER})`,
  'quote-inside': `movies.csv line 4: ${QUOTES}`,
  quotes: `movies.csv line 4: ${QUOTES}`,
  'quotes-in-ratings': `ratings.csv line 4: ${QUOTES}`,
  'rating-empty': `ratings.csv line 4: rating "" is not a number ${SCALE}`,
  timestamp:
    'ratings.csv line 4: timestamp "2015-10-24" is not a number (expected seconds since 1970)',
  'u-cut': `u.data line 2: ${CUT}`,
  'u-decimal-comma': 'u.data line 1: rating "4,5" is not a number (expected 1 to 5)',
  'u-item-fields':
    'u.item line 1: 6 fields (expected 24, separated by "|": id, title, two dates, an address and 19 flags)',
  'u-item-flag': 'u.item line 1: the flag for Comedy is "x" (expected 0 or 1)',
  'u-spaces': `u.data line 1: 1 field (expected 4, separated by tabs: ${RATING_COLUMNS})`,
  'user-empty':
    'ratings.csv line 4: the userId is empty (expected what tells users apart, usually a number)',
  'utf-16': BINARY,
  zero: `ratings.csv line 4: rating 0 is out of range ${SCALE}`,
};

it('knows what is to be said of each folder', () => {
  expect(Object.keys(MESSAGES).sort()).toEqual(readdirSync(fixture('bad')).sort());
});

it.each(Object.keys(MESSAGES))('refuses %s with the whole message', async (name) => {
  const path = fixture(`bad/${name}`);
  const error = await openMovieLens(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toBe(MESSAGES[name].replace('PATH', path));
});
