import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import type { TokenisedReviews } from '../imdb/types.ts';
import { type Features, NgramIndex } from './ngrams.ts';
import type { BagOptions } from './options.ts';

const START = 0.1;
const OUTPUT_START = 0.3;

/**
 * Word vectors that are learnt from whole reviews.
 *
 * The vector h of a review is the sum of its different words' vectors over √count, a share of them left out at random.
 * It predicts the review's label (logistic, weighted) and tells some of its words from words drawn from all reviews
 * (negative sampling, Mikolov et al. 2013, with the review as the context, as in Le and Mikolov 2014). So a vector says
 * both how a word judges and what it is about.
 */
export class WordVectors {
  /** words × dimensions, row-major */
  readonly words: Float32Array;
  /** What h is compared with, a row a word. */
  private readonly contexts: Float32Array;
  private readonly direction: Float32Array;
  private bias = 0;
  private readonly reviews: Features;
  private readonly mean: Float32Array;
  private readonly gradient: Float32Array;
  private active = new Uint32Array(0);

  constructor(
    train: TokenisedReviews,
    count: number,
    private readonly options: BagOptions,
    private readonly random: Random,
  ) {
    const { dimensions } = options;
    this.reviews = new NgramIndex(count, 1).features(train, true);
    this.words = new Float32Array(count * dimensions).map(() => START * random.normal());
    this.contexts = new Float32Array(count * dimensions);
    this.direction = new Float32Array(dimensions).map(() => OUTPUT_START * random.normal());
    this.mean = new Float32Array(dimensions);
    this.gradient = new Float32Array(dimensions);
  }

  /** @param left the share of the training that is left, which scales the rates */
  step(review: number, label: number, left: number): void {
    const { mean, gradient, direction, options } = this;
    const d = options.dimensions;
    const { ids, starts } = this.reviews;
    const from = starts[review];
    const to = starts[review + 1];
    const rate = options.vectorRate * left;
    const count = this.sum(ids, from, to, options.dropout);
    const error = label - sigmoid(this.bias + dot(direction, 0, mean, d));
    for (let j = 0; j < d; j++) {
      gradient[j] = options.labelWeight * error * direction[j];
      direction[j] += 0.1 * rate * error * mean[j];
    }
    this.bias += 0.01 * rate * error;
    for (let t = 0; t < options.targets; t++) {
      this.compare(ids[from + this.random.integer(to - from)], 1, rate);
      for (let n = 0; n < options.negatives; n++) {
        this.compare(ids[this.random.integer(ids.length)], 0, rate);
      }
    }
    const size = rate / Math.sqrt(Math.max(1, count));
    for (let k = 0; k < count; k++) {
      const row = this.active[k] * d;
      for (let j = 0; j < d; j++) this.words[row + j] += size * gradient[j];
    }
  }

  /** From a review's words to its label, and to how well each word of the vocabulary fits it. */
  layers(): LayerInfo[] {
    const { words, contexts, direction, options } = this;
    const d = direction.length;
    const rows = words.length / d;
    return [
      {
        name: 'words of the review',
        kind: 'input',
        inputs: [],
        shape: [null, null],
        parameters: 0,
      },
      {
        name: 'kept words',
        kind: 'dropout',
        inputs: ['words of the review'],
        shape: [null, null],
        parameters: 0,
        settings: { rate: options.dropout },
      },
      {
        name: 'word vectors',
        kind: 'embedding',
        inputs: ['kept words'],
        shape: [null, d],
        parameters: words.length,
        settings: { rows, pooling: 'sum / √count' },
      },
      {
        name: 'label by vectors',
        kind: 'dense',
        inputs: ['word vectors'],
        shape: [null],
        parameters: d + 1,
        settings: { activation: 'sigmoid' },
      },
      {
        name: 'words by vectors',
        kind: 'dense',
        inputs: ['word vectors'],
        shape: [null, contexts.length / d],
        parameters: contexts.length,
        settings: { activation: 'sigmoid', negatives: options.negatives },
      },
    ];
  }

  /** The share of reviews whose label the vectors tell by themselves. */
  accuracy(reviews: TokenisedReviews): number {
    const d = this.options.dimensions;
    const { ids, starts } = new NgramIndex(this.words.length / d, 1).features(reviews, false);
    let right = 0;
    reviews.labels.forEach((label, i) => {
      this.sum(ids, starts[i], starts[i + 1], 0);
      if (this.bias + dot(this.direction, 0, this.mean, d) > 0 === (label === 1)) right++;
    });
    return right / reviews.labels.length;
  }

  /** Puts h into `mean` and the words it was made of into `active`; their number. */
  private sum(ids: Uint32Array, from: number, to: number, dropout: number): number {
    const { mean, words } = this;
    const d = this.options.dimensions;
    if (this.active.length < to - from) this.active = new Uint32Array(2 * (to - from));
    mean.fill(0);
    let count = 0;
    for (let k = from; k < to; k++) {
      if (dropout > 0 && this.random.uniform() < dropout) continue;
      this.active[count++] = ids[k];
      const row = ids[k] * d;
      for (let j = 0; j < d; j++) mean[j] += words[row + j];
    }
    const scale = 1 / Math.sqrt(Math.max(1, count));
    for (let j = 0; j < d; j++) mean[j] *= scale;
    return count;
  }

  /** Moves a word's context towards h (`wanted` 1) or away from it (0), and adds to the gradient of h. */
  private compare(word: number, wanted: 0 | 1, rate: number): void {
    const { contexts, mean, gradient } = this;
    const d = this.options.dimensions;
    const row = word * d;
    const error = wanted - sigmoid(dot(contexts, row, mean, d));
    for (let j = 0; j < d; j++) {
      gradient[j] += error * contexts[row + j];
      contexts[row + j] += rate * error * mean[j];
    }
  }
}

function dot(a: Float32Array, from: number, b: Float32Array, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += a[from + j] * b[j];
  return sum;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
