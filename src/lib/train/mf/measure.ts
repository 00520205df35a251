import type { Ratings } from '../types.ts';

/** What predictions are made of: μ + user row · movie row, clipped to the rating range. */
export interface Predictor {
  users: Float32Array;
  movies: Float32Array;
  columns: number;
  mean: number;
  range: [number, number];
}

/** The predicted rating of a movie by a user. */
export function predict(predictor: Predictor, user: number, movie: number): number {
  const { users, movies, columns, mean, range } = predictor;
  const p = user * columns;
  const q = movie * columns;
  let sum = mean;
  for (let j = 0; j < columns; j++) sum += users[p + j] * movies[q + j];
  return Math.min(range[1], Math.max(range[0], sum));
}

/** Mean squared error, its root and the mean absolute error over the ratings that `indices` names; NaN for none. */
export function measure(predictor: Predictor, ratings: Ratings, indices: Int32Array) {
  let squares = 0;
  let absolute = 0;
  for (const k of indices) {
    const error = ratings.values[k] - predict(predictor, ratings.users[k], ratings.movies[k]);
    squares += error * error;
    absolute += Math.abs(error);
  }
  const mse = squares / indices.length;
  return { mse, rmse: Math.sqrt(mse), mae: absolute / indices.length };
}

/** Mean and range of the ratings that `indices` names. */
export function summarise(ratings: Ratings, indices: Int32Array) {
  let sum = 0;
  let low = Infinity;
  let high = -Infinity;
  for (const k of indices) {
    sum += ratings.values[k];
    low = Math.min(low, ratings.values[k]);
    high = Math.max(high, ratings.values[k]);
  }
  return { mean: sum / indices.length, range: [low, high] as [number, number] };
}
