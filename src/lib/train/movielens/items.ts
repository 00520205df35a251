import { matrix } from '../../math/matrix.ts';
import type { Column, Items } from '../../run/types.ts';
import type { Learnt, Movie, Ratings } from '../types.ts';

/**
 * The items of a run: every rated movie, the most rated first (ties in order of first appearance).
 *
 * Columns: `year` (NaN when unknown), `genres`, and `mean`, the raw mean of *all* of a movie's ratings, those of the
 * validation part included; it describes the movie and is no prediction. A movie that the movies file lacks is
 * labelled `movie ID`.
 *
 * @throws RangeError when `learnt` has another number of movies than the ratings
 */
export function items(ratings: Ratings, movies: readonly Movie[], learnt: Learnt): Items {
  const n = ratings.movieIds.length;
  if (
    learnt.itemFactors.rows !== n ||
    (learnt.itemBias !== undefined && learnt.itemBias.length !== n)
  ) {
    throw new RangeError(
      `the model learnt ${learnt.itemFactors.rows} movies and ${learnt.itemBias?.length ?? 'no'} biases, but ${n} were rated`,
    );
  }
  const counts = new Uint32Array(n);
  const sums = new Float64Array(n);
  ratings.movies.forEach((movie, i) => {
    counts[movie]++;
    sums[movie] += ratings.values[i];
  });
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => counts[b] - counts[a]);
  const byId = new Map(movies.map((movie) => [movie.id, movie]));
  const found = order.map((movie) => byId.get(ratings.movieIds[movie]));
  const columns: Record<string, Column> = {
    year: {
      kind: 'number',
      storage: 'uint16',
      values: Float64Array.from(found, (movie) => movie?.year ?? NaN),
    },
    genres: { kind: 'tags', values: found.map((movie) => movie?.genres ?? []) },
    mean: {
      kind: 'number',
      storage: 'float32',
      values: Float64Array.from(order, (movie) => Math.fround(sums[movie] / counts[movie])),
    },
  };
  const d = learnt.itemFactors.columns;
  const vectors = matrix(n, d);
  order.forEach((movie, row) => {
    vectors.data.set(learnt.itemFactors.data.subarray(movie * d, (movie + 1) * d), row * d);
  });
  return {
    ids: order.map((movie) => ratings.movieIds[movie]),
    labels: order.map((movie, row) => found[row]?.label ?? `movie ${ratings.movieIds[movie]}`),
    counts: Uint32Array.from(order, (movie) => counts[movie]),
    ...(learnt.itemBias && {
      bias: Float32Array.from(order, (movie) => learnt.itemBias![movie]),
    }),
    columns,
    vectors,
  };
}
