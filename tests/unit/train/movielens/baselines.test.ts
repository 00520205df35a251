import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { baselines } from '../../../../src/lib/train/movielens/baselines.ts';
import { fixture, ratingsOf } from './files.ts';

// Computed with scikit-learn's Ridge; the script and its versions lie beside the figures.
const expected = JSON.parse(readFileSync(fixture('baselines.json'), 'utf8')) as ReturnType<
  typeof baselines
>;

it('gives the errors of the mean and of ridge regression on users and movies', async () => {
  const ratings = await ratingsOf(readFileSync(fixture('csv/ratings.csv')));
  const all = Int32Array.from(ratings.values, (_, i) => i);
  const { mean, offsets } = baselines(ratings, {
    train: all.filter((i) => i % 5 !== 0),
    validation: all.filter((i) => i % 5 === 0),
  });
  for (const name of ['mse', 'rmse', 'mae'] as const) {
    expect(mean[name]).toBeCloseTo(expected.mean[name], 10);
    expect(offsets[name]).toBeCloseTo(expected.offsets[name], 6);
  }
});
