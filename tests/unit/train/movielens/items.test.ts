import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/lib/math/matrix.ts';
import { items } from '../../../../src/lib/train/movielens/items.ts';
import type { Learnt, Movie, Ratings } from '../../../../src/lib/train/types.ts';

/** Movie b is rated three times, a and d twice, c once; d stands in no movies file. */
const ratings: Ratings = {
  users: Int32Array.of(0, 0, 1, 1, 2, 2, 2, 3),
  movies: Int32Array.of(0, 1, 1, 0, 1, 2, 3, 3),
  values: Float32Array.of(4, 5, 3, 0.5, 2, 1, 5, 4),
  timestamps: new Float64Array(8),
  userIds: ['1', '2', '3', '4'],
  movieIds: ['a', 'b', 'c', 'd'],
};
const movies: Movie[] = [
  { id: 'c', title: 'Heat', label: 'Heat', genres: [] },
  { id: 'b', title: 'Emma', label: 'Emma (1996)', year: 1996, genres: ['Comedy', 'Drama'] },
  { id: 'a', title: 'Emma', label: 'Emma (2009)', year: 2009, genres: ['Drama'] },
  { id: 'unrated', title: 'Unseen', label: 'Unseen (2000)', year: 2000, genres: ['War'] },
];
const learnt: Learnt = {
  itemFactors: matrix(4, 2, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
  itemBias: Float32Array.of(0.25, 0.5, 0.75, 1),
  metrics: {},
};

describe('items', () => {
  it('has the most rated first, ties in order of first appearance, every field in that order', () => {
    expect(items(ratings, movies, learnt)).toEqual({
      ids: ['b', 'a', 'd', 'c'],
      labels: ['Emma (1996)', 'Emma (2009)', 'movie d', 'Heat'],
      counts: Uint32Array.of(3, 2, 2, 1),
      bias: Float32Array.of(0.5, 0.25, 1, 0.75),
      columns: {
        year: {
          kind: 'number',
          storage: 'uint16',
          values: Float64Array.of(1996, 2009, NaN, NaN),
        },
        genres: { kind: 'tags', values: [['Comedy', 'Drama'], ['Drama'], [], []] },
        mean: {
          kind: 'number',
          storage: 'float32',
          values: Float64Array.of(Math.fround(10 / 3), 2.25, 4.5, 1),
        },
      },
      vectors: matrix(4, 2, Float32Array.of(3, 4, 1, 2, 7, 8, 5, 6)),
    });
  });

  it('has no bias when none was learnt', () => {
    const { itemFactors, metrics } = learnt;
    expect(items(ratings, movies, { itemFactors, metrics })).not.toHaveProperty('bias');
  });

  it('refuses factors of another number of movies', () => {
    const wrong = { ...learnt, itemFactors: matrix(3, 2) };
    expect(() => items(ratings, movies, wrong)).toThrow(
      new RangeError('the model learnt 3 movies and 4 biases, but 4 were rated'),
    );
  });
});
