import { InputError } from '../../errors.ts';
import type { Hyperparameters } from '../types.ts';

/** Every hyperparameter of `bag` with its default and what it does. */
export const defaults = {
  /** Longest n-gram that the classifier weighs, in words. */
  ngrams: 3,
  /** Training reviews that an n-gram must stand in. */
  minimumReviews: 2,
  /** Smoothing of the log-count ratios: α of Wang and Manning. */
  smoothing: 1,
  /** Passes over the training reviews. */
  epochs: 10,
  /** Of the classifier, in the first pass; it falls linearly to zero. */
  learningRate: 5,
  /** Length of the word vectors. */
  dimensions: 32,
  /** Of the word vectors, in the first pass; it falls linearly to zero. */
  vectorRate: 0.1,
  /** Weight of a review's label against one of its words, in what vectors are learnt from. */
  labelWeight: 5,
  /** Words of the review that its vector must tell from others, in each step. */
  targets: 32,
  /** Other words for each of them. */
  negatives: 4,
  /** Share of a review's words that is left out of its vector, drawn in each step. */
  dropout: 0.5,
};

export type BagOptions = typeof defaults;

/** What a number may be; all others are above 0. */
const ranges: Record<string, { whole?: boolean; least: number; most?: number }> = {
  ngrams: { whole: true, least: 1, most: 5 },
  minimumReviews: { whole: true, least: 1 },
  epochs: { whole: true, least: 1 },
  dimensions: { whole: true, least: 1 },
  targets: { whole: true, least: 0 },
  negatives: { whole: true, least: 1 },
  labelWeight: { least: 0 },
  dropout: { least: 0, most: 0.99 },
};

/** @throws InputError for an unknown name, or a value that is not possible */
export function parseOptions(given: Hyperparameters): BagOptions {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new InputError(
        `bag has no hyperparameter "${name}" (it has: ${Object.keys(defaults).join(', ')})`,
      );
    }
    const { whole = false, least, most = Infinity } = ranges[name] ?? { least: Number.MIN_VALUE };
    const fits =
      typeof value === 'number' &&
      value >= least &&
      value <= most &&
      Number.isFinite(value) &&
      (!whole || Number.isInteger(value));
    if (fits) continue;
    const bounds =
      least === Number.MIN_VALUE
        ? 'above 0'
        : `from ${least}${most < Infinity ? ` to ${most}` : ''}`;
    throw new InputError(
      `bag: ${name} is ${String(value)} (expected a ${whole ? 'whole ' : ''}number ${bounds})`,
    );
  }
  return { ...defaults, ...given } as BagOptions;
}
