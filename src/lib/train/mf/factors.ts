import { InputError } from '../../errors.ts';
import { type Factorisation, loadFactorisation } from '../../kernels/factorisation.ts';
import { type Kernel, MEMORY_LIMIT } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import { type EpochProgress, type Ratings, Stopped } from '../types.ts';

/** The hyperparameters that training by passes needs; `mf` says what each one does. */
export interface FactorOptions {
  factors: number;
  initialScale: number;
  biasRate: number;
  implicitRate: number;
  userPenalty: number;
  moviePenalty: number;
  implicitPenalty: number;
  userBiasPenalty: number;
  movieBiasPenalty: number;
}

/**
 * A matrix factorisation in training. A user's row is [factors, bias, 1, padding], a movie's
 * [factors, 1, bias, padding], so that one dot product predicts a rating less the global mean.
 */
export interface Factors {
  /** Of a row, padding included. */
  readonly columns: number;
  readonly backend: Kernel<Factorisation>['backend'];
  /**
   * One pass over the training part.
   *
   * @returns the mean squared error, each rating's taken just before its own step
   * @throws Stopped when the signal is aborted
   */
  pass(learningRate: number, progress?: EpochProgress): Promise<number>;
  /** Rows whose dot products are the predictions; views that may change with the next pass. */
  rows(): { users: Float32Array; movies: Float32Array };
}

/** Factors, two columns for the biases, and zeros up to a multiple of four. */
export function paddedColumns(factors: number): number {
  return Math.ceil((factors + 2) / 4) * 4;
}

/** Columns of the bias and of the 1 that meets the other side's bias. */
export function biasColumns(side: 'users' | 'movies', factors: number) {
  return side === 'users'
    ? { bias: factors, one: factors + 1 }
    : { bias: factors + 1, one: factors };
}

/**
 * Rows at random: factors normal with an expected length of `initialScale`, biases 0. Entities without
 * a rating have factors of 0, since nothing would ever move them.
 *
 * @param counts ratings in the training part, per entity
 */
export function drawRows(
  side: 'users' | 'movies',
  counts: Uint32Array,
  { factors, initialScale }: FactorOptions,
  random: Random,
): Float32Array {
  const columns = paddedColumns(factors);
  const rows = new Float32Array(counts.length * columns);
  const { one } = biasColumns(side, factors);
  const scale = initialScale / Math.sqrt(factors);
  counts.forEach((count, a) => {
    const start = a * columns;
    for (let j = 0; j < factors && count > 0; j++) rows[start + j] = scale * random.normal();
    rows[start + one] = 1;
  });
  return rows;
}

/** The kernel's `keep` and `step` rows for one kind of row; columns that no step moves keep 1 and step 0. */
export function columnSteps(
  side: 'users' | 'movies',
  factors: number,
  factor: { rate: number; penalty: number },
  bias: { rate: number; penalty: number },
): Float32Array {
  const columns = paddedColumns(factors);
  const steps = new Float32Array(2 * columns).fill(1, 0, columns);
  const set = (j: number, { rate, penalty }: { rate: number; penalty: number }) => {
    steps[j] = 1 - rate * penalty;
    steps[columns + j] = rate;
  };
  for (let j = 0; j < factors; j++) set(j, factor);
  set(biasColumns(side, factors).bias, bias);
  return steps;
}

/**
 * A factorisation kernel with room for a training part.
 *
 * @throws InputError when the ratings are too many
 */
export async function allocate(
  bytes: number,
  ratings: Ratings,
  factors: number,
  plain: boolean,
): Promise<Kernel<Factorisation>> {
  try {
    return await loadFactorisation(bytes, { plain });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const gibibytes = (n: number) => (n / 2 ** 30).toFixed(1);
    throw new InputError(
      `${ratings.values.length} ratings of ${ratings.movieIds.length} movies by ` +
        `${ratings.userIds.length} users need ${gibibytes(bytes)} GiB at ${factors} factors ` +
        `(this machine gave less, and ${gibibytes(MEMORY_LIMIT)} GiB are the most that can be addressed): ` +
        'take fewer factors or fewer ratings',
      { cause },
    );
  }
}

/** About 50 ms of work, in floats of the rows that it touches. */
const FLOATS_PER_CHUNK = 6e6;

/** Resolves once timers, signals and messages have had their turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * Works through `units` units, chunk by chunk, and between chunks lets others run and hear a stop.
 *
 * @param ratingsBefore how many ratings the first k units hold, k = 0 … units
 * @param work trains units [from, to) and returns the sum of squared errors
 * @returns the mean squared error
 * @throws Stopped when the signal is aborted
 */
export async function inChunks(
  units: number,
  columns: number,
  ratingsBefore: (units: number) => number,
  work: (from: number, to: number) => number,
  { signal, onProgress }: EpochProgress,
): Promise<number> {
  const total = ratingsBefore(units);
  let squares = 0;
  for (let from = 0, to = 0; from < units; from = to) {
    if (from > 0) await breathe();
    if (signal?.aborted) throw new Stopped();
    const limit = ratingsBefore(from) + FLOATS_PER_CHUNK / columns;
    while (to < units && ratingsBefore(to) < limit) to++;
    squares += work(from, to);
    const done = ratingsBefore(to);
    if (done > 0) onProgress?.(done, total, squares / done);
  }
  return squares / total;
}
