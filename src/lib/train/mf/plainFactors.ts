import { Layout } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import type { Ratings } from '../types.ts';
import {
  allocate,
  columnSteps,
  drawRows,
  type FactorOptions,
  type Factors,
  inChunks,
  paddedColumns,
} from './factors.ts';
import { countRatings } from './grouped.ts';

/**
 * Plain stochastic gradient descent over the ratings in a fresh random order each pass: the model
 * without implicit feedback (Koren, Bell and Volinsky 2009). Minimises, over the training ratings,
 *
 *     ½ Σ (r − μ − b_u − b_i − p_u·q_i)² + λ_p|p_u|² + λ_q|q_i|² + λ_bu·b_u² + λ_bi·b_i²
 *
 * @param indices the training part; no other rating is read
 * @param mean μ
 * @param plain computes in plain JavaScript even where the kernel would run
 */
export async function plainFactors(
  ratings: Ratings,
  indices: Int32Array,
  mean: number,
  options: FactorOptions,
  random: Random,
  { plain = false }: { plain?: boolean } = {},
): Promise<Factors> {
  const n = indices.length;
  const columns = paddedColumns(options.factors);
  const layout = new Layout();
  const userRows = layout.reserve(ratings.userIds.length * columns);
  const movieRows = layout.reserve(ratings.movieIds.length * columns);
  const steps = layout.reserve(4 * columns);
  const users = layout.reserve(n);
  const movies = layout.reserve(n);
  const values = layout.reserve(n);
  const order = layout.reserve(n);
  const kernel = await allocate(layout.bytes, ratings, options.factors, plain);

  const users32 = new Uint32Array(kernel.buffer, users, n);
  const movies32 = new Uint32Array(kernel.buffer, movies, n);
  const values32 = new Float32Array(kernel.buffer, values, n);
  for (let k = 0; k < n; k++) {
    users32[k] = ratings.users[indices[k]];
    movies32[k] = ratings.movies[indices[k]];
    values32[k] = ratings.values[indices[k]] - mean;
  }
  const order32 = new Uint32Array(kernel.buffer, order, n).map((_, k) => k);
  const floats = new Float32Array(kernel.buffer);
  const userCounts = countRatings(ratings.users, indices, ratings.userIds.length);
  const movieCounts = countRatings(ratings.movies, indices, ratings.movieIds.length);
  floats.set(drawRows('users', userCounts, options, random), userRows / 4);
  floats.set(drawRows('movies', movieCounts, options, random), movieRows / 4);

  return {
    columns,
    backend: kernel.backend,
    pass(rate, progress = {}) {
      const biasRate = rate * options.biasRate;
      const userSteps = columnSteps(
        'users',
        options.factors,
        { rate, penalty: options.userPenalty },
        { rate: biasRate, penalty: options.userBiasPenalty },
      );
      const movieSteps = columnSteps(
        'movies',
        options.factors,
        { rate, penalty: options.moviePenalty },
        { rate: biasRate, penalty: options.movieBiasPenalty },
      );
      floats.set(userSteps, steps / 4);
      floats.set(movieSteps, steps / 4 + userSteps.length);
      new Uint32Array(kernel.buffer, order, n).set(random.shuffle(order32));
      return inChunks(
        n,
        columns,
        (k) => k,
        (from, to) =>
          kernel.functions.sgd(
            order,
            from,
            to,
            users,
            movies,
            values,
            userRows,
            movieRows,
            columns * 4,
            steps,
          ),
        progress,
      );
    },
    rows: () => ({
      users: new Float32Array(kernel.buffer, userRows, ratings.userIds.length * columns),
      movies: new Float32Array(kernel.buffer, movieRows, ratings.movieIds.length * columns),
    }),
  };
}
