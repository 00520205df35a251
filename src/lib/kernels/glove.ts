import { wasm } from './generated/glove.ts';
import { loadSharedKernel, type SharedKernel } from './load.ts';

/** Bytes of a pair: two words by number (uint32), the logarithm of their co-occurrence and its weight (float32). */
export const PAIR_BYTES = 16;

/**
 * The hot loops of GloVe (Pennington, Socher and Manning 2014): weighted least squares on the logarithms of
 * co-occurrences, by AdaGrad.
 *
 * Every word has four rows of `stride` bytes (float32, a multiple of 16 bytes), one after another: its word vector w,
 * its context vector c, and the sums of squares that belong to each. A bias is a column that the other side holds at
 * 1, so that w·c is the whole prediction. A pair of words (i, j) with the logarithm l and the weight f moves column k by
 *
 *     d = w_i·c_j − l,   a = f·d·c_j[k]·step_w[k],   w_i[k] ← w_i[k] − a / √s_i[k],   s_i[k] ← s_i[k] + a²,
 *
 * c_j likewise with w_i and step_c, each from the values before. So the sums hold squares of gradients times rate, as
 * in the C program of the paper's authors, and not of gradients. A column with step 0 stays as it is.
 *
 * Threads may run these functions at once on different pairs and the same rows, without locks (Hogwild: Niu et al.
 * 2011), as the C program does. Offsets and strides are in bytes.
 */
export interface Glove {
  /** Puts `count` pairs into a random order (Fisher and Yates) that the seed (uint32) determines. */
  shuffle(pairs: number, count: number, seed: number): void;

  /**
   * One step for each of `count` pairs in both directions, (i, j) and (j, i); in one where i = j.
   *
   * @param steps two rows: the steps of word vectors and of context vectors
   * @returns the cost Σ ½·f·d², each taken before its own step
   */
  train(pairs: number, count: number, rows: number, stride: number, steps: number): number;

  /** `shuffle`, then `train`. */
  pass(
    pairs: number,
    count: number,
    seed: number,
    rows: number,
    stride: number,
    steps: number,
  ): number;
}

/** The GloVe kernel on `bytes` bytes of fresh memory that threads can share; see `loadSharedKernel`. */
export function loadGlove(
  bytes: number,
  options?: { plain?: boolean },
): Promise<SharedKernel<Glove>> {
  return loadSharedKernel(wasm, gloveTwin, bytes, options);
}

const { fround, imul, sqrt } = Math;

/** The same functions in plain JavaScript. Every operation is rounded to float32, so that the answers are the kernel's to the bit. */
export function gloveTwin(buffer: ArrayBufferLike): Glove {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);

  function shuffle(pairs: number, count: number, seed: number) {
    let state = seed | 0;
    for (let k = count; k > 1; k--) {
      state = (state + 0x9e3779b9) | 0;
      let drawn = imul(state ^ (state >>> 16), 0x21f0aaad);
      drawn = imul(drawn ^ (drawn >>> 15), 0x735a2d97);
      drawn = (drawn ^ (drawn >>> 15)) >>> 0;
      const other = (pairs >>> 2) + Math.floor((drawn * k) / 2 ** 32) * 4;
      const last = (pairs >>> 2) + (k - 1) * 4;
      for (let word = 0; word < 4; word++) {
        const swap = u[last + word];
        u[last + word] = u[other + word];
        u[other + word] = swap;
      }
    }
  }

  /** The arguments count values, not bytes. */
  function step(
    word: number,
    context: number,
    logarithm: number,
    weight: number,
    columns: number,
    steps: number,
  ) {
    // Four partial sums, as in the four lanes of the kernel.
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < columns; j += 4) {
      s0 = fround(s0 + fround(f[word + j] * f[context + j]));
      s1 = fround(s1 + fround(f[word + j + 1] * f[context + j + 1]));
      s2 = fround(s2 + fround(f[word + j + 2] * f[context + j + 2]));
      s3 = fround(s3 + fround(f[word + j + 3] * f[context + j + 3]));
    }
    const difference = fround(fround(fround(s0 + s2) + fround(s1 + s3)) - logarithm);
    const weighted = fround(weight * difference);
    const wordSquares = word + 2 * columns;
    const contextSquares = context + 2 * columns;
    for (let j = 0; j < columns; j++) {
      const p = f[word + j];
      const q = f[context + j];
      const s = f[wordSquares + j];
      const t = f[contextSquares + j];
      const a = fround(fround(weighted * q) * f[steps + j]);
      const b = fround(fround(weighted * p) * f[steps + columns + j]);
      f[word + j] = p - fround(a / fround(sqrt(s)));
      f[context + j] = q - fround(b / fround(sqrt(t)));
      f[wordSquares + j] = s + fround(a * a);
      f[contextSquares + j] = t + fround(b * b);
    }
    return fround(weighted * difference);
  }

  function train(pairs: number, count: number, rows: number, stride: number, steps: number) {
    const columns = stride >>> 2;
    let cost = 0;
    for (let k = 0; k < count; k++) {
      const pair = (pairs >>> 2) + 4 * k;
      const a = u[pair];
      const b = u[pair + 1];
      const logarithm = f[pair + 2];
      const weight = f[pair + 3];
      const first = (rows >>> 2) + a * 4 * columns;
      const second = (rows >>> 2) + b * 4 * columns;
      cost += step(first, second + columns, logarithm, weight, columns, steps >>> 2);
      if (a !== b) cost += step(second, first + columns, logarithm, weight, columns, steps >>> 2);
    }
    return 0.5 * cost;
  }

  return {
    shuffle,
    train,
    pass(pairs, count, seed, rows, stride, steps) {
      shuffle(pairs, count, seed);
      return train(pairs, count, rows, stride, steps);
    },
  };
}
