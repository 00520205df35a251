import { readFileSync } from 'node:fs';
import { random } from '../../../../src/lib/math/random.ts';
import { randomSplit } from '../../../../src/lib/train/movielens/split.ts';
import type { Ratings, Split } from '../../../../src/lib/train/types.ts';

/** Ratings given as [user, movie, value]. */
export function ratingsOf(rows: number[][], users: number, movies: number): Ratings {
  return {
    users: Int32Array.from(rows, ([user]) => user),
    movies: Int32Array.from(rows, ([, movie]) => movie),
    values: Float32Array.from(rows, ([, , value]) => value),
    timestamps: new Float64Array(rows.length),
    userIds: Array.from({ length: users }, (_, k) => String(k)),
    movieIds: Array.from({ length: movies }, (_, k) => String(k)),
  };
}

/** Real ratings of 40 users, see the fixture's README. */
export function realRatings(): { ratings: Ratings; split: Split } {
  const url = new URL('../../../fixtures/lesson/ratings.csv', import.meta.url);
  const lines = readFileSync(url, 'utf8').trim().split('\n').slice(1);
  const ids: Record<'users' | 'movies', string[]> = { users: [], movies: [] };
  const index = (kind: 'users' | 'movies', id: string) => {
    if (!ids[kind].includes(id)) ids[kind].push(id);
    return ids[kind].indexOf(id);
  };
  const rows = lines.map((line) => {
    const [user, movie, value] = line.split(',');
    return [index('users', user), index('movies', movie), Number(value)];
  });
  return {
    ratings: ratingsOf(rows, ids.users.length, ids.movies.length),
    split: randomSplit(rows.length, random(1)),
  };
}
