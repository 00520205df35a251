import type { Ratings, Split } from '../types.ts';

interface Errors {
  mse: number;
  rmse: number;
  mae: number;
}

/** Errors on the validation part of predictions that use no factors. */
export interface Baselines {
  /** Predicting the mean of the training part. */
  mean: Errors;
  /** Predicting mean + user offset + movie offset. */
  offsets: Errors;
}

/** Weight of the pull towards zero on an offset, in ratings. */
const SHRINKAGE = 5;
const SWEEPS = 20;

/**
 * What a model's error is measured against: the error of the mean, and of mean + user offset + movie offset.
 *
 * The offsets minimise the squared error on the training part plus 5 times the squared offsets, by alternating exact
 * solutions (ridge regression, Koren and Bell 2011, section 5.2.1). A user or movie without training ratings has offset 0.
 */
export function baselines(ratings: Ratings, split: Split): Baselines {
  const { users, movies, values } = ratings;
  let mean = 0;
  for (const i of split.train) mean += values[i];
  mean /= split.train.length;
  const userOffset = new Float64Array(ratings.userIds.length);
  const movieOffset = new Float64Array(ratings.movieIds.length);
  const solve = (
    offset: Float64Array,
    index: Int32Array,
    other: Float64Array,
    otherIndex: Int32Array,
  ) => {
    const count = new Float64Array(offset.length).fill(SHRINKAGE);
    const sum = new Float64Array(offset.length);
    for (const i of split.train) {
      count[index[i]]++;
      sum[index[i]] += values[i] - mean - other[otherIndex[i]];
    }
    for (let k = 0; k < offset.length; k++) offset[k] = sum[k] / count[k];
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    solve(movieOffset, movies, userOffset, users);
    solve(userOffset, users, movieOffset, movies);
  }
  const errors = (predict: (i: number) => number): Errors => {
    let squares = 0;
    let absolute = 0;
    for (const i of split.validation) {
      squares += (values[i] - predict(i)) ** 2;
      absolute += Math.abs(values[i] - predict(i));
    }
    const mse = squares / split.validation.length;
    return { mse, rmse: Math.sqrt(mse), mae: absolute / split.validation.length };
  };
  return {
    mean: errors(() => mean),
    offsets: errors((i) => mean + userOffset[users[i]] + movieOffset[movies[i]]),
  };
}
