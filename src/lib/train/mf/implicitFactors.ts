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
import { countRatings, group } from './grouped.ts';

/** Where one side's arrays lie in the kernel's memory, in bytes. */
interface Side {
  name: 'users' | 'movies';
  count: number;
  rows: number;
  sums: number;
  /** What each of this side adds to the sums of its partners. */
  contributions: number;
  order: number;
  starts: number;
  partners: number;
  values: number;
}

/**
 * Matrix factorisation with implicit feedback on both sides: SVD++ (Koren 2008), and the same turned
 * round for the movies. Beside a row of its own each user has the sum s_u = |N(u)|^−½ Σ y_i over the
 * movies it rated, each movie the sum s_i = |N(i)|^−½ Σ z_u over its raters, biases included: who rated
 * a movie says something of it before one knows how they rated it. Minimises, over the training ratings,
 *
 *     ½ Σ (r − μ − (p_u + s_u)·(q_i + s_i))² + λ_p|p_u|² + λ_q|q_i|² + λ_s|s_u|² + λ_s|s_i|²
 *
 * written with rows that contain the biases; their penalties are their own, 0 in the sums. Passes go user by user and
 * movie by movie in turn, each in a fresh random order. While one side is swept the other side's sums
 * are fixed, and they stay exact, since nothing that they are made of moves.
 *
 * @param indices the training part; no other rating is read
 * @param mean μ
 * @param plain computes in plain JavaScript even where the kernel would run
 */
export async function implicitFactors(
  ratings: Ratings,
  indices: Int32Array,
  mean: number,
  options: FactorOptions,
  random: Random,
  { plain = false }: { plain?: boolean } = {},
): Promise<Factors> {
  const n = indices.length;
  const columns = paddedColumns(options.factors);
  const stride = columns * 4;
  const layout = new Layout();
  const reserve = (name: 'users' | 'movies', count: number): Side => ({
    name,
    count,
    rows: layout.reserve(count * columns),
    sums: layout.reserve(count * columns),
    contributions: layout.reserve(count * columns),
    order: layout.reserve(count),
    starts: layout.reserve(count + 1),
    partners: layout.reserve(n),
    values: layout.reserve(n),
  });
  const users = reserve('users', ratings.userIds.length);
  const movies = reserve('movies', ratings.movieIds.length);
  const steps = layout.reserve(6 * columns);
  const before = layout.reserve(columns);
  const kernel = await allocate(layout.bytes, ratings, options.factors, plain);
  const floats = new Float32Array(kernel.buffer);
  const integers = new Uint32Array(kernel.buffer);

  // The order inside a group is drawn once; only the order of the groups changes from pass to pass.
  const shuffled = random.shuffle(indices.slice());
  for (const [side, keys, partners] of [
    [users, ratings.users, ratings.movies],
    [movies, ratings.movies, ratings.users],
  ] as const) {
    const grouped = group(keys, partners, ratings.values, shuffled, side.count);
    integers.set(grouped.starts, side.starts / 4);
    integers.set(grouped.partners, side.partners / 4);
    floats.set(
      grouped.values.map((value) => value - mean),
      side.values / 4,
    );
    integers.set(
      Uint32Array.from({ length: side.count }, (_, a) => a),
      side.order / 4,
    );
    const counts = countRatings(keys, indices, side.count);
    floats.set(drawRows(side.name, counts, options, random), side.rows / 4);
  }

  let passes = 0;

  function refreshSums(side: Side, other: Side) {
    const { starts, partners, sums } = side;
    kernel.functions.implicitSums(
      0,
      side.count,
      starts,
      partners,
      other.contributions,
      sums,
      stride,
    );
  }

  /** Rates and penalties of a sweep over `side`, as the kernel takes them. */
  function setSteps(rate: number, side: Side, other: Side) {
    const row = ({ name }: Side) =>
      columnSteps(
        name,
        options.factors,
        { rate, penalty: name === 'users' ? options.userPenalty : options.moviePenalty },
        {
          rate: rate * options.biasRate,
          penalty: name === 'users' ? options.userBiasPenalty : options.movieBiasPenalty,
        },
      );
    const implicitRate = rate * options.implicitRate;
    const sum = columnSteps(
      side.name,
      options.factors,
      { rate: implicitRate, penalty: options.implicitPenalty },
      { rate: implicitRate * options.biasRate, penalty: 0 },
    );
    [row(side), sum, row(other)].forEach((part, i) =>
      floats.set(part, steps / 4 + i * part.length),
    );
  }

  /** Row plus sum of each of a side. */
  function added({ count, rows, sums }: Side) {
    const result = floats.slice(rows / 4, rows / 4 + count * columns);
    for (let j = 0; j < result.length; j++) result[j] += floats[sums / 4 + j];
    return result;
  }

  return {
    columns,
    backend: kernel.backend,
    pass(rate, progress = {}) {
      const [side, other] = passes++ % 2 === 0 ? [users, movies] : [movies, users];
      setSteps(rate, side, other);
      refreshSums(other, side);
      const order = random.shuffle(new Uint32Array(kernel.buffer, side.order, side.count));
      const before32 = new Uint32Array(side.count + 1);
      order.forEach((a, k) => {
        const start = side.starts / 4 + a;
        before32[k + 1] = before32[k] + integers[start + 1] - integers[start];
      });
      return inChunks(
        side.count,
        columns,
        (k) => before32[k],
        (from, to) =>
          kernel.functions.sweep(
            side.order,
            from,
            to,
            side.starts,
            side.partners,
            side.values,
            side.rows,
            side.sums,
            other.rows,
            other.sums,
            other.contributions,
            stride,
            steps,
            before,
          ),
        progress,
      );
    },
    rows() {
      refreshSums(users, movies);
      refreshSums(movies, users);
      return { users: added(users), movies: added(movies) };
    },
  };
}
