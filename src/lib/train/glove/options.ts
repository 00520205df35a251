import { InputError } from '../../errors.ts';

/** Every hyperparameter of GloVe with its default, which is that of its authors' C program where that has one. */
export const defaults = {
  /** Length of the word vectors. */
  dimensions: 50,
  /** Words on each side that count as near. */
  window: 15,
  /** Occurrences that a word must have to be learnt. */
  minimumCount: 5,
  /** Passes over the pairs. */
  iterations: 15,
  /** Co-occurrences from which on a pair has full weight. */
  xMax: 100,
  /** Exponent of the weight of rarer pairs. */
  alpha: 0.75,
  /** Of AdaGrad. */
  learningRate: 0.05,
};

export type GloveOptions = typeof defaults;

const whole = (most: number) => ({
  expected: `a whole number from 1 to ${most}`,
  fits: (n: number) => Number.isInteger(n) && n >= 1 && n <= most,
});
const above = { expected: 'a number above 0', fits: (x: number) => x > 0 && Number.isFinite(x) };

/** What each hyperparameter may be. */
export const ranges: Record<
  keyof GloveOptions,
  { expected: string; fits: (value: number) => boolean }
> = {
  dimensions: whole(2000),
  window: whole(1000),
  minimumCount: whole(2 ** 32 - 1),
  iterations: whole(100_000),
  xMax: above,
  alpha: { expected: 'a number from 0', fits: (x) => x >= 0 && Number.isFinite(x) },
  learningRate: above,
};

/** @throws InputError for a value that is not possible */
export function checkOptions(options: GloveOptions): GloveOptions {
  for (const [name, { expected, fits }] of Object.entries(ranges)) {
    const value = options[name as keyof GloveOptions];
    if (!fits(value)) throw new InputError(`glove: ${name} is ${value} (expected ${expected})`);
  }
  return options;
}
