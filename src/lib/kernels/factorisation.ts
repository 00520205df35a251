import { wasm } from './generated/factorisation.ts';
import { type Kernel, loadKernel } from './load.ts';

/**
 * The hot loops of matrix factorisation by stochastic gradient descent.
 *
 * Every user and every movie has a row of `stride` bytes (float32, a multiple of 16 bytes). A rating is
 * predicted as the dot product of two rows, so a bias is a column that the other side holds at 1. Each
 * step moves column j of a row by
 *
 *     row[j] ← keep[j]·row[j] + step[j]·error·other[j],
 *
 * with step = learning rate and keep = 1 − learning rate · penalty; a column with keep 1 and step 0 stays
 * as it is. Offsets and strides are in bytes, indices are uint32, all other values float32. Ranges are
 * half open. The functions that train return the sum of squared errors, each taken before its own step.
 */
export interface Factorisation {
  /**
   * Plain stochastic gradient descent over the ratings that `order[from … to)` names.
   *
   * @param steps four rows: keep and step for users, keep and step for movies
   */
  sgd(
    order: number,
    from: number,
    to: number,
    users: number,
    movies: number,
    values: number,
    userRows: number,
    movieRows: number,
    stride: number,
    steps: number,
  ): number;

  /**
   * Implicit feedback: `sums[a]` becomes Σ contributions[b] / √n over the n partners b of each `a` in
   * [from, to). The partners of `a` are `partners[starts[a] … starts[a + 1])`.
   */
  implicitSums(
    from: number,
    to: number,
    starts: number,
    partners: number,
    contributions: number,
    sums: number,
    stride: number,
  ): void;

  /**
   * Gradient descent over all ratings of the entities (users, or movies) that `order[from … to)` names,
   * predicting (own row + own sum)·(partner row + partner sum). The own sum is formed afresh, takes
   * a step with each rating like any row, and what it moved by in all is put back into the contributions
   * of the entity's n partners, 1/√n of it each, which is their gradient.
   *
   * @param values in the order of `partners`
   * @param partnerSums fixed during the sweep
   * @param steps six rows: keep and step for own rows, for own sums, for partner rows
   * @param before room for one row
   */
  sweep(
    order: number,
    from: number,
    to: number,
    starts: number,
    partners: number,
    values: number,
    ownRows: number,
    ownSums: number,
    partnerRows: number,
    partnerSums: number,
    contributions: number,
    stride: number,
    steps: number,
    before: number,
  ): number;
}

/** The factorisation kernel on `bytes` bytes of fresh memory; see `loadKernel`. */
export function loadFactorisation(
  bytes: number,
  options?: { plain?: boolean },
): Promise<Kernel<Factorisation>> {
  return loadKernel(wasm, factorisationTwin, bytes, options);
}

const { fround, sqrt } = Math;

/** The same functions in plain JavaScript. Every operation is rounded to float32, so that the answers are the kernel's to the bit. */
export function factorisationTwin(buffer: ArrayBuffer): Factorisation {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);

  function implicitSums(
    from: number,
    to: number,
    starts: number,
    partners: number,
    contributions: number,
    sums: number,
    stride: number,
  ) {
    const columns = stride >> 2;
    for (let a = from; a < to; a++) {
      const start = u[(starts >>> 2) + a];
      const end = u[(starts >>> 2) + a + 1];
      const sum = (sums >>> 2) + a * columns;
      f.fill(0, sum, sum + columns);
      if (start === end) continue;
      for (let k = start; k < end; k++) {
        const contribution = (contributions >>> 2) + u[(partners >>> 2) + k] * columns;
        for (let j = 0; j < columns; j++) f[sum + j] += f[contribution + j];
      }
      const scale = fround(1 / fround(sqrt(end - start)));
      for (let j = 0; j < columns; j++) f[sum + j] *= scale;
    }
  }

  return {
    sgd(order, from, to, users, movies, values, userRows, movieRows, stride, steps) {
      const columns = stride >> 2;
      const userKeep = steps >>> 2;
      const userStep = userKeep + columns;
      const movieKeep = userStep + columns;
      const movieStep = movieKeep + columns;
      let squares = 0;
      for (let k = from; k < to; k++) {
        const rating = u[(order >>> 2) + k];
        const user = (userRows >>> 2) + u[(users >>> 2) + rating] * columns;
        const movie = (movieRows >>> 2) + u[(movies >>> 2) + rating] * columns;
        // Four partial sums, as in the four lanes of the kernel.
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let j = 0; j < columns; j += 4) {
          s0 = fround(s0 + fround(f[user + j] * f[movie + j]));
          s1 = fround(s1 + fround(f[user + j + 1] * f[movie + j + 1]));
          s2 = fround(s2 + fround(f[user + j + 2] * f[movie + j + 2]));
          s3 = fround(s3 + fround(f[user + j + 3] * f[movie + j + 3]));
        }
        const error = fround(
          f[(values >>> 2) + rating] - fround(fround(s0 + s2) + fround(s1 + s3)),
        );
        squares += error * error;
        for (let j = 0; j < columns; j++) {
          const p = f[user + j];
          const q = f[movie + j];
          f[user + j] = fround(
            fround(p * f[userKeep + j]) + fround(fround(q * error) * f[userStep + j]),
          );
          f[movie + j] = fround(
            fround(q * f[movieKeep + j]) + fround(fround(p * error) * f[movieStep + j]),
          );
        }
      }
      return squares;
    },

    implicitSums,

    sweep(
      order,
      from,
      to,
      starts,
      partners,
      values,
      ownRows,
      ownSums,
      partnerRows,
      partnerSums,
      contributions,
      stride,
      steps,
      before,
    ) {
      const columns = stride >> 2;
      const ownKeep = steps >>> 2;
      const ownStep = ownKeep + columns;
      const sumKeep = ownStep + columns;
      const sumStep = sumKeep + columns;
      const partnerKeep = sumStep + columns;
      const partnerStep = partnerKeep + columns;
      const moved = before >>> 2;
      let squares = 0;
      for (let t = from; t < to; t++) {
        const a = u[(order >>> 2) + t];
        const start = u[(starts >>> 2) + a];
        const end = u[(starts >>> 2) + a + 1];
        if (start === end) continue;
        implicitSums(a, a + 1, starts, partners, contributions, ownSums, stride);
        const own = (ownRows >>> 2) + a * columns;
        const ownSum = (ownSums >>> 2) + a * columns;
        f.copyWithin(moved, ownSum, ownSum + columns);
        for (let k = start; k < end; k++) {
          const b = u[(partners >>> 2) + k] * columns;
          const partner = (partnerRows >>> 2) + b;
          const partnerSum = (partnerSums >>> 2) + b;
          let s0 = 0;
          let s1 = 0;
          let s2 = 0;
          let s3 = 0;
          for (let j = 0; j < columns; j += 4) {
            s0 = fround(s0 + product(own + j, ownSum + j, partner + j, partnerSum + j));
            s1 = fround(
              s1 + product(own + j + 1, ownSum + j + 1, partner + j + 1, partnerSum + j + 1),
            );
            s2 = fround(
              s2 + product(own + j + 2, ownSum + j + 2, partner + j + 2, partnerSum + j + 2),
            );
            s3 = fround(
              s3 + product(own + j + 3, ownSum + j + 3, partner + j + 3, partnerSum + j + 3),
            );
          }
          const error = fround(f[(values >>> 2) + k] - fround(fround(s0 + s2) + fround(s1 + s3)));
          squares += error * error;
          for (let j = 0; j < columns; j++) {
            const p = f[own + j];
            const s = f[ownSum + j];
            const q = f[partner + j];
            const x = fround(fround(p + s) * error);
            const z = fround(fround(q + f[partnerSum + j]) * error);
            f[own + j] = fround(fround(p * f[ownKeep + j]) + fround(z * f[ownStep + j]));
            f[ownSum + j] = fround(fround(s * f[sumKeep + j]) + fround(z * f[sumStep + j]));
            f[partner + j] = fround(
              fround(q * f[partnerKeep + j]) + fround(x * f[partnerStep + j]),
            );
          }
        }
        const scale = fround(1 / fround(sqrt(end - start)));
        for (let j = 0; j < columns; j++) {
          f[moved + j] = fround(fround(f[ownSum + j] - f[moved + j]) * scale);
        }
        for (let k = start; k < end; k++) {
          const contribution = (contributions >>> 2) + u[(partners >>> 2) + k] * columns;
          for (let j = 0; j < columns; j++) f[contribution + j] += f[moved + j];
        }
      }
      return squares;
    },
  };

  function product(a: number, b: number, c: number, d: number) {
    return fround(fround(f[a] + f[b]) * fround(f[c] + f[d]));
  }
}
