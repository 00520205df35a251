import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorisationTwin, loadFactorisation } from '../../src/lib/kernels/factorisation.ts';
import { Layout } from '../../src/lib/kernels/load.ts';
import { random } from '../../src/lib/math/random.ts';
import { group } from '../../src/lib/train/mf/grouped.ts';

const shape = fc.record({
  seed: fc.integer(),
  users: fc.integer({ min: 1, max: 12 }),
  movies: fc.integer({ min: 1, max: 12 }),
  ratings: fc.integer({ min: 0, max: 60 }),
  columns: fc.integer({ min: 1, max: 14 }).map((n) => 4 * n),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** A memory laid out for every function of the kernel, filled at random, ratings grouped by user. */
function scene({ seed, users, movies, ratings, columns }: Shape) {
  const { integer, normal, uniform, shuffle } = random(seed);
  const layout = new Layout();
  const at = {
    users: layout.reserve(ratings),
    movies: layout.reserve(ratings),
    values: layout.reserve(ratings),
    order: layout.reserve(ratings),
    starts: layout.reserve(users + 1),
    partners: layout.reserve(ratings),
    userOrder: layout.reserve(users),
    userRows: layout.reserve(users * columns),
    movieRows: layout.reserve(movies * columns),
    userSums: layout.reserve(users * columns),
    movieSums: layout.reserve(movies * columns),
    contributions: layout.reserve(movies * columns),
    steps: layout.reserve(6 * columns),
    before: layout.reserve(columns),
  };
  const buffer = new ArrayBuffer(layout.bytes);
  const u = (offset: number, values: ArrayLike<number>) =>
    new Uint32Array(buffer, offset, values.length).set(values);
  const f = (offset: number, values: ArrayLike<number>) =>
    new Float32Array(buffer, offset, values.length).set(values);
  const draw = (n: number, next: () => number) => Float32Array.from({ length: n }, next);

  const userOf = Array.from({ length: ratings }, () => integer(users));
  const movieOf = Array.from({ length: ratings }, () => integer(movies));
  const all = Array.from({ length: ratings }, (_, k) => k);
  const { starts, partners } = group(userOf, movieOf, draw(ratings, normal), all, users);
  u(at.users, userOf);
  u(at.movies, movieOf);
  f(at.values, draw(ratings, normal));
  u(at.order, shuffle(all));
  u(at.starts, starts);
  u(at.partners, partners);
  u(at.userOrder, shuffle(Array.from({ length: users }, (_, a) => a)));
  for (const rows of [at.userRows, at.userSums]) f(rows, draw(users * columns, normal));
  for (const rows of [at.movieRows, at.movieSums, at.contributions]) {
    f(rows, draw(movies * columns, normal));
  }
  f(
    at.steps,
    draw(6 * columns, () => 0.05 * uniform()).map((x, j) =>
      j % (2 * columns) < columns ? 1 - x : x,
    ),
  );
  return { buffer, at, stride: 4 * columns };
}

/** The memory's bytes and the answer after `call`, by the compiled kernel and by its plain twin. */
async function bothWays(
  buffer: ArrayBuffer,
  call: (functions: ReturnType<typeof factorisationTwin>) => number | void,
) {
  const compiled = await loadFactorisation(buffer.byteLength);
  expect(compiled.backend).toBe('kernel');
  new Uint8Array(compiled.buffer).set(new Uint8Array(buffer));
  const plain = buffer.slice(0);
  return {
    kernel: {
      answer: call(compiled.functions),
      memory: new Uint8Array(compiled.buffer, 0, plain.byteLength),
    },
    twin: { answer: call(factorisationTwin(plain)), memory: new Uint8Array(plain) },
  };
}

describe('the factorisation kernel and its plain twin', () => {
  it('agree to the bit on plain gradient descent', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (given) => {
        const { buffer, at, stride } = scene(given);
        const { kernel, twin } = await bothWays(buffer, ({ sgd }) =>
          sgd(
            at.order,
            0,
            given.ratings,
            at.users,
            at.movies,
            at.values,
            at.userRows,
            at.movieRows,
            stride,
            at.steps,
          ),
        );
        expect(twin).toEqual(kernel);
        if (given.ratings > 0) expect(kernel.memory).not.toEqual(new Uint8Array(buffer));
      }),
    );
  });

  it('agree to the bit on sweeps with implicit feedback', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (given) => {
        const { buffer, at, stride } = scene(given);
        const { kernel, twin } = await bothWays(buffer, ({ sweep }) =>
          sweep(
            at.userOrder,
            0,
            given.users,
            at.starts,
            at.partners,
            at.values,
            at.userRows,
            at.userSums,
            at.movieRows,
            at.movieSums,
            at.contributions,
            stride,
            at.steps,
            at.before,
          ),
        );
        expect(twin).toEqual(kernel);
        if (given.ratings > 0) expect(kernel.memory).not.toEqual(new Uint8Array(buffer));
      }),
    );
  });

  it('agree to the bit on implicit sums, which are Σ y / √n', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (given) => {
        const { buffer, at, stride } = scene(given);
        const { kernel, twin } = await bothWays(buffer, ({ implicitSums }) =>
          implicitSums(
            0,
            given.users,
            at.starts,
            at.partners,
            at.contributions,
            at.userSums,
            stride,
          ),
        );
        expect(twin).toEqual(kernel);
        const starts = new Uint32Array(buffer, at.starts);
        const partners = new Uint32Array(buffer, at.partners);
        const contributions = new Float32Array(buffer, at.contributions);
        const sums = new Float32Array(kernel.memory.buffer, at.userSums);
        const { columns } = given;
        for (let a = 0; a < given.users; a++) {
          const mine = partners.subarray(starts[a], starts[a + 1]);
          for (let j = 0; j < columns; j++) {
            const sum = mine.reduce((total, b) => total + contributions[b * columns + j], 0);
            const expected = mine.length > 0 ? sum / Math.sqrt(mine.length) : 0;
            expect(sums[a * columns + j]).toBeCloseTo(expected, 4);
          }
        }
      }),
    );
  });
});
