import { describe, expect, it } from 'vitest';
import { loadFactorisation } from '../../../src/lib/kernels/factorisation.ts';
import { Layout } from '../../../src/lib/kernels/load.ts';
import { random } from '../../../src/lib/math/random.ts';

/** Tiny data: [user, movie, value], grouped by user; user 2 has rated nothing. */
const ratings = [
  [0, 0, 1.5],
  [0, 2, -0.5],
  [0, 3, 0.25],
  [1, 2, 1],
  [3, 1, -1],
  [3, 2, 0.5],
] as const;
const STARTS = [0, 3, 4, 4, 6];
const USERS = 4;
const MOVIES = 4;
const COLUMNS = 8;
/** So small that the steps of one pass add up to the gradient. */
const RATE = 1e-4;

interface Parameters {
  userRows: Float64Array;
  movieRows: Float64Array;
  /** What movies contribute to the sums of users. */
  contributions: Float64Array;
}

/** Partial derivatives of `objective` by central differences. */
function gradient(objective: (p: Parameters) => number, at: Parameters, name: keyof Parameters) {
  const h = 1e-5;
  return at[name].map((value, j) => {
    const shifted = (by: number) => {
      const moved = { ...at, [name]: at[name].slice() };
      moved[name][j] = value + by;
      return objective(moved);
    };
    return (shifted(h) - shifted(-h)) / (2 * h);
  });
}

async function scene() {
  const layout = new Layout();
  const n = ratings.length;
  const at = {
    users: layout.reserve(n),
    movies: layout.reserve(n),
    values: layout.reserve(n),
    order: layout.reserve(n),
    starts: layout.reserve(USERS + 1),
    userRows: layout.reserve(USERS * COLUMNS),
    movieRows: layout.reserve(MOVIES * COLUMNS),
    userSums: layout.reserve(USERS * COLUMNS),
    movieSums: layout.reserve(MOVIES * COLUMNS),
    contributions: layout.reserve(MOVIES * COLUMNS),
    steps: layout.reserve(6 * COLUMNS),
    before: layout.reserve(COLUMNS),
  };
  const { buffer, functions } = await loadFactorisation(layout.bytes);
  const integers = (offset: number, values: readonly number[]) =>
    new Uint32Array(buffer, offset, values.length).set(values);
  const floats = (offset: number, n: number) => new Float32Array(buffer, offset, n);
  integers(
    at.users,
    ratings.map(([user]) => user),
  );
  integers(
    at.movies,
    ratings.map(([, movie]) => movie),
  );
  integers(at.order, [4, 0, 5, 2, 1, 3]);
  integers(at.starts, STARTS);
  floats(at.values, n).set(ratings.map(([, , value]) => value));
  const { normal } = random(5);
  const draw = (offset: number, rows: number) =>
    floats(offset, rows * COLUMNS).forEach((_, j, all) => (all[j] = 0.5 * normal()));
  draw(at.userRows, USERS);
  draw(at.movieRows, MOVIES);
  draw(at.movieSums, MOVIES);
  draw(at.contributions, MOVIES);
  const parameters = (): Parameters => ({
    userRows: Float64Array.from(floats(at.userRows, USERS * COLUMNS)),
    movieRows: Float64Array.from(floats(at.movieRows, MOVIES * COLUMNS)),
    contributions: Float64Array.from(floats(at.contributions, MOVIES * COLUMNS)),
  });
  const movieSums = Float64Array.from(floats(at.movieSums, MOVIES * COLUMNS));
  const setSteps = (penalties: readonly number[]) =>
    penalties.forEach((penalty, i) => {
      floats(at.steps + 8 * i * COLUMNS, COLUMNS).fill(1 - RATE * penalty);
      floats(at.steps + 8 * i * COLUMNS + 4 * COLUMNS, COLUMNS).fill(RATE);
    });
  return { at, functions, floats, parameters, movieSums, setSteps };
}

/** Compares what a pass moved, over the rate, with the negative gradient. */
function expectDescent(
  objective: (p: Parameters) => number,
  before: Parameters,
  after: Parameters,
  names: (keyof Parameters)[],
) {
  for (const name of names) {
    const slope = gradient(objective, before, name);
    expect(Math.max(...slope.map(Math.abs))).toBeGreaterThan(0.5);
    const moved = after[name].map((value, j) => (before[name][j] - value) / RATE);
    // Values near 1 are held to about 1e-7, so their differences over the rate to about 1e-3.
    slope.forEach((expected, j) => expect(Math.abs(moved[j] - expected)).toBeLessThan(5e-3));
  }
}

const squared = (row: Float64Array) => row.reduce((sum, value) => sum + value * value, 0);
const rowOf = (rows: Float64Array, a: number) => rows.subarray(a * COLUMNS, (a + 1) * COLUMNS);
const dot = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, j) => sum + value * b[j], 0);
const plus = (a: Float64Array, b: Float64Array) => a.map((value, j) => value + b[j]);

describe('the factorisation kernel descends its objective', () => {
  it('with plain steps: ½ Σ (r − p·q)² + λ_p|p|² + λ_q|q|²', async () => {
    const { at, functions, parameters, setSteps } = await scene();
    const [userPenalty, moviePenalty] = [0.7, 1.3];
    setSteps([userPenalty, moviePenalty]);
    const objective = ({ userRows, movieRows }: Parameters) =>
      ratings.reduce((sum, [user, movie, value]) => {
        const [p, q] = [rowOf(userRows, user), rowOf(movieRows, movie)];
        const error = value - dot(p, q);
        return sum + (error ** 2 + userPenalty * squared(p) + moviePenalty * squared(q)) / 2;
      }, 0);
    const before = parameters();
    const squares = functions.sgd(
      at.order,
      0,
      ratings.length,
      at.users,
      at.movies,
      at.values,
      at.userRows,
      at.movieRows,
      4 * COLUMNS,
      at.steps,
    );
    expectDescent(objective, before, parameters(), ['userRows', 'movieRows']);
    const errors = ratings.map(
      ([user, movie, value]) =>
        value - dot(rowOf(before.userRows, user), rowOf(before.movieRows, movie)),
    );
    expect(squares).toBeCloseTo(squared(Float64Array.from(errors)), 2);
  });

  it('with sweeps: ½ Σ (r − (p + s)·(q + t))² + λ_p|p|² + λ_s|s|² + λ_q|q|², s = Σ y / √n', async () => {
    const { at, functions, floats, parameters, movieSums, setSteps } = await scene();
    const [userPenalty, sumPenalty, moviePenalty] = [0.7, 0.9, 1.3];
    setSteps([userPenalty, sumPenalty, moviePenalty]);
    const objective = ({ userRows, movieRows, contributions }: Parameters) =>
      ratings.reduce((sum, [user, movie, value]) => {
        const partners = ratings.filter(([other]) => other === user);
        const s = new Float64Array(COLUMNS).map(
          (_, j) =>
            partners.reduce((total, [, b]) => total + rowOf(contributions, b)[j], 0) /
            Math.sqrt(partners.length),
        );
        const [p, q] = [rowOf(userRows, user), rowOf(movieRows, movie)];
        const error = value - dot(plus(p, s), plus(q, rowOf(movieSums, movie)));
        const penalties =
          userPenalty * squared(p) + sumPenalty * squared(s) + moviePenalty * squared(q);
        return sum + (error ** 2 + penalties) / 2;
      }, 0);
    // All users at once, and one after another, in an order of its own.
    const before = parameters();
    new Uint32Array(floats(at.order, 4).buffer, at.order, 4).set([3, 0, 2, 1]);
    for (const [from, to] of [
      [0, 1],
      [1, 4],
    ]) {
      functions.sweep(
        at.order,
        from,
        to,
        at.starts,
        at.movies,
        at.values,
        at.userRows,
        at.userSums,
        at.movieRows,
        at.movieSums,
        at.contributions,
        4 * COLUMNS,
        at.steps,
        at.before,
      );
    }
    expectDescent(objective, before, parameters(), ['userRows', 'movieRows', 'contributions']);
    expect(rowOf(parameters().userRows, 2)).toEqual(rowOf(before.userRows, 2));
  });

  it('leaves columns with keep 1 and step 0 as they are', async () => {
    const { at, functions, floats, parameters, setSteps } = await scene();
    setSteps([0.5, 0.5]);
    for (const keep of [0, 2]) {
      floats(at.steps + 4 * keep * COLUMNS, COLUMNS)[6] = 1;
      floats(at.steps + 4 * (keep + 1) * COLUMNS, COLUMNS)[6] = 0;
    }
    const before = parameters();
    functions.sgd(
      at.order,
      0,
      ratings.length,
      at.users,
      at.movies,
      at.values,
      at.userRows,
      at.movieRows,
      4 * COLUMNS,
      at.steps,
    );
    const after = parameters();
    for (const name of ['userRows', 'movieRows'] as const) {
      expect(after[name].filter((_, j) => j % COLUMNS === 6)).toEqual(
        before[name].filter((_, j) => j % COLUMNS === 6),
      );
      expect(after[name]).not.toEqual(before[name]);
    }
  });
});
