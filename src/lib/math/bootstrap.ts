import type { Random } from './random.ts';

const MOST_RESAMPLES = 1000;
const LEAST_RESAMPLES = 200;
/** Values drawn in all, so that many items take no longer than this. */
const DRAWS = 5_000_000;
const LEVEL = 0.95;

/** A mean and where it would lie, 19 times of 20, had other items been drawn. */
export interface BootstrapMean {
  mean: number;
  interval: [number, number];
}

/**
 * The mean of `values` with its 95 % percentile bootstrap interval (Efron 1979), over 1,000 resamples, or fewer, but
 * 200 at least, of more than 5,000 values. Items are drawn as if they were independent.
 */
export function bootstrapMean(values: Float64Array, random: Random): BootstrapMean {
  const n = values.length;
  let total = 0;
  for (const value of values) total += value;
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(MOST_RESAMPLES, Math.floor(DRAWS / n)));
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random.uniform() * n)];
    means[r] = sum / n;
  }
  means.sort();
  return {
    mean: total / n,
    interval: [quantile(means, (1 - LEVEL) / 2), quantile(means, (1 + LEVEL) / 2)],
  };
}

/** The quantile of sorted values, between two of them in a straight line (numpy's default). */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
