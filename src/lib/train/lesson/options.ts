import { InputError } from '../../errors.ts';
import type { Hyperparameters } from '../types.ts';

export interface LessonOptions {
  /** Latent factors per user and per movie. */
  factors: number;
  /** Ratings per step. */
  batch: number;
  epochs: number;
  learningRate: number;
  /** λ of the penalty λ·Σw² over each whole table of factors, in every batch. */
  l2: number;
  /** `as-written` in the lesson's cells, or `constant` at the learning rate. */
  schedule: 'as-written' | 'constant';
  /** `nn` only: units of its dense layer, shares dropped before and after it, batch normalisation. */
  hidden: number;
  inputDropout: number;
  hiddenDropout: number;
  batchNorm: boolean;
}

/** What a number may be. */
const ranges: Record<string, { whole?: boolean; least?: number; above?: number; below?: number }> =
  {
    factors: { whole: true, least: 1 },
    batch: { whole: true, least: 1 },
    epochs: { whole: true, least: 1 },
    learningRate: { above: 0 },
    l2: { least: 0 },
    hidden: { whole: true, least: 1 },
    inputDropout: { least: 0, below: 1 },
    hiddenDropout: { least: 0, below: 1 },
  };

/**
 * A model's hyperparameters with its defaults filled in.
 *
 * @throws InputError for a name that the model does not have, or a value that is not possible
 */
export function parseOptions(
  model: string,
  defaults: Hyperparameters,
  given: Hyperparameters,
): LessonOptions {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new InputError(
        `${model} has no hyperparameter "${name}" (it has: ${Object.keys(defaults).join(', ')})`,
      );
    }
    const expected = expectation(name, value);
    if (expected) throw new InputError(`${model}: ${name} is ${value} (expected ${expected})`);
  }
  return { ...defaults, ...given } as unknown as LessonOptions;
}

/** What a value should have been, or undefined when it is as it should be. */
function expectation(name: string, value: unknown): string | undefined {
  if (name === 'schedule') {
    return value === 'as-written' || value === 'constant' ? undefined : 'as-written or constant';
  }
  if (name === 'batchNorm') return typeof value === 'boolean' ? undefined : 'true or false';
  const { whole = false, least = -Infinity, above = -Infinity, below = Infinity } = ranges[name];
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= least &&
    value > above &&
    value < below &&
    (!whole || Number.isInteger(value));
  if (fits) return undefined;
  const bounds = [
    ...(least > -Infinity ? [`of at least ${least}`] : []),
    ...(above > -Infinity ? [`above ${above}`] : []),
    ...(below < Infinity ? [`below ${below}`] : []),
  ];
  return `a ${whole ? 'whole ' : ''}number ${bounds.join(' and ')}`;
}
