import { InputError } from '../../errors.ts';
import type { Hyperparameters } from '../types.ts';
import type { FactorOptions } from './factors.ts';

export interface MfOptions extends FactorOptions {
  epochs: number;
  learningRate: number;
  implicitFeedback: boolean;
  stoppingPart: number;
  patience: number;
}

/** Every hyperparameter of `mf` with its default and what it does. */
export const defaults: MfOptions & Hyperparameters = {
  /** Latent factors. */
  factors: 50,
  /** Passes over the ratings at most; the rate falls to zero over so many. */
  epochs: 40,
  /** Of the first pass; it falls linearly to zero. */
  learningRate: 0.03,
  /** Whether who rated what is learnt from, beside how they rated it. */
  implicitFeedback: true,
  /** Share of the training part that the number of epochs is chosen on. */
  stoppingPart: 0.1,
  /** Epochs without an improvement after which the search for their number ends. */
  patience: 10,
  /** Expected length of a row of factors at the start. */
  initialScale: 0.3,
  /** Rate of the biases, as a multiple of the learning rate. */
  biasRate: 0.1,
  /** Rate of the implicit sums, as a multiple of the learning rate. */
  implicitRate: 0.15,
  /** L2 penalties, all per rating: on the users' own factors ... */
  userPenalty: 0.06,
  /** ... on the movies' own factors ... */
  moviePenalty: 0.6,
  /** ... on the sums of implicit factors ... */
  implicitPenalty: 0.012,
  /** ... on the users' own biases ... */
  userBiasPenalty: 0,
  /** ... and on the movies' own biases. */
  movieBiasPenalty: 0.6,
};

/** What a number may be; all others are at least 0. */
const ranges: Record<string, { whole?: boolean; least: number; below?: number }> = {
  factors: { whole: true, least: 1 },
  epochs: { whole: true, least: 1 },
  patience: { whole: true, least: 1 },
  stoppingPart: { least: 0, below: 1 },
};

/**
 * The hyperparameters with defaults filled in.
 *
 * @throws InputError for an unknown name, or a value that is not possible
 */
export function parseOptions(given: Hyperparameters): MfOptions {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaults)) {
      throw new InputError(
        `mf has no hyperparameter "${name}" (it has: ${Object.keys(defaults).join(', ')})`,
      );
    }
    const expected = expectation(name, value);
    if (expected) throw new InputError(`mf: ${name} is ${value} (expected ${expected})`);
  }
  return { ...defaults, ...given };
}

/** What a value should have been, or undefined when it is as it should be. */
function expectation(name: string, value: unknown): string | undefined {
  if (typeof defaults[name] === 'boolean') {
    return typeof value === 'boolean' ? undefined : 'true or false';
  }
  const { whole = false, least, below = Infinity } = ranges[name] ?? { least: 0 };
  const fits =
    typeof value === 'number' &&
    value >= least &&
    value < below &&
    (!whole || Number.isInteger(value));
  if (fits) return undefined;
  return (
    `a ${whole ? 'whole ' : ''}number of at least ${least}` +
    (below < Infinity ? ` and below ${below}` : '')
  );
}
