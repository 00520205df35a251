import { InputError } from '../../errors.ts';
import type { Hyperparameters } from '../types.ts';

/** What `vectors` holds when the embedding is drawn. */
export const NO_VECTORS = 'none';

/** Of all nets; each takes those that it has. */
export interface NetOptions {
  /** Words of a review, its last ones. */
  sequence: number;
  /** Numbers for words: 0 for none, the last for all that are rarer. */
  vocabulary: number;
  /** Length of the word vectors. */
  dimensions: number;
  /** Share of the vocabulary that is dropped for a batch. */
  wordDropout: number;
  /** Share of the values of the word vectors of a review that is dropped. */
  embeddingDropout: number;
  filters: number;
  /** Words that a filter spans. */
  width: number;
  /** `conv-multi`: of the filters side by side. */
  widths: number[];
  /** Share dropped after the convolution. */
  convolutionDropout: number;
  /** `conv-multi`: share dropped of what the convolutions give together. */
  mergedDropout: number;
  /** Units of the dense layer. */
  hidden: number;
  /** Share dropped after the dense layer. */
  dropout: number;
  /** Units of the LSTM. */
  units: number;
  batchNorm: boolean;
  /** Reviews per step. */
  batch: number;
  epochs: number;
  learningRate: number;
  /**
   * Of nets whose lesson changes the rate and freezes the vectors on the way: whether that holds (`as-written`), or
   * the rate stays and everything is learnt throughout (`constant`), as it may have been there.
   */
  schedule: 'as-written' | 'constant';
  /** The id of the run whose vectors the embedding starts from, or `NO_VECTORS`. */
  vectors: string;
}

/** What a number may be; shares are from 0 and below 1. */
const ranges: Record<string, { least?: number; multipleOf?: number }> = {
  sequence: { least: 2 },
  vocabulary: { least: 3 },
  dimensions: { least: 1 },
  filters: { least: 1 },
  width: { least: 1 },
  widths: { least: 1 },
  hidden: { least: 1 },
  units: { least: 4, multipleOf: 4 },
  batch: { least: 1 },
  epochs: { least: 1 },
};

/** The gradient of a convolution has room for windows so wide. */
const WIDEST = 8;

/**
 * A net's hyperparameters with its defaults filled in.
 *
 * @throws InputError for a name that the net does not have, or a value that is not possible
 */
export function parseOptions(
  model: string,
  defaults: Hyperparameters,
  given: Hyperparameters,
): NetOptions {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new InputError(
        `${model} has no hyperparameter "${name}" (it has: ${Object.keys(defaults).join(', ')})`,
      );
    }
    const expected = expectation(name, value);
    if (expected) {
      throw new InputError(`${model}: ${name} is ${String(value)} (expected ${expected})`);
    }
  }
  return { ...defaults, ...given } as unknown as NetOptions;
}

/** What a value should have been, or undefined when it is as it should be. */
function expectation(name: string, value: Hyperparameters[string]): string | undefined {
  if (name === 'batchNorm') return typeof value === 'boolean' ? undefined : 'true or false';
  if (name === 'schedule') {
    return value === 'as-written' || value === 'constant' ? undefined : 'as-written or constant';
  }
  if (name === 'vectors') return typeof value === 'string' ? undefined : 'the id of a run';
  const isNumber = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x);
  if (name === 'widths') {
    const fits = (x: unknown) => isNumber(x) && Number.isInteger(x) && x >= 1 && x <= WIDEST;
    return Array.isArray(value) && value.length > 0 && value.every(fits)
      ? undefined
      : `whole numbers from 1 to ${WIDEST}, with commas`;
  }
  if (name === 'learningRate') {
    return isNumber(value) && value > 0 ? undefined : 'a number above 0';
  }
  if (!(name in ranges)) {
    return isNumber(value) && value >= 0 && value < 1 ? undefined : 'a share from 0 and below 1';
  }
  const { least = 1, multipleOf = 1 } = ranges[name];
  const most = name === 'width' ? WIDEST : Infinity;
  const fits =
    isNumber(value) &&
    Number.isInteger(value) &&
    value >= least &&
    value <= most &&
    value % multipleOf === 0;
  if (fits) return undefined;
  const kind = multipleOf > 1 ? `a multiple of ${multipleOf}` : 'a whole number';
  return `${kind} from ${least}${most < Infinity ? ` to ${most}` : ''}`;
}
