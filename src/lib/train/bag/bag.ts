import { matrix } from '../../math/matrix.ts';
import { random, type Random } from '../../math/random.ts';
import type { Epoch, LayerInfo } from '../../run/types.ts';
import type { Corpus, ReviewModel } from '../imdb/types.ts';
import { Stopped, type EpochProgress, type Learnt, type Trainer } from '../types.ts';
import { baselines } from './baselines.ts';
import { type Features, NgramIndex } from './ngrams.ts';
import { type BagOptions, defaults, parseOptions } from './options.ts';
import { logCountRatios } from './ratios.ts';
import { WordVectors } from './wordVectors.ts';

/** Reviews between looks at the signal. */
const CHUNK = 250;

/**
 * A bag of n-grams, and word vectors beside it.
 *
 * The classifier is a logistic regression on log-count ratios (Wang and Manning 2012): a review with the n-grams F
 * scores b + Σ w_f · r_f / √|F| over f in F, trained by stochastic gradient descent. The vectors are learnt in the same
 * passes (see `WordVectors`); the classifier does not use them.
 *
 * The curves: `trainLoss` is the classifier's mean log loss, each review's taken just before its own step, and
 * `validationLoss` and `metrics.accuracy` are on the test reviews, which are read for figures only.
 */
export const bag: ReviewModel = {
  name: 'bag',
  description:
    'logistic regression on log-count ratios of n-grams, and word vectors whose mean predicts a review’s label and its words',
  loss: 'log loss',
  vectors: 'none',
  usesTensors: false,
  defaults,
  parse: (given) => ({ ...parseOptions(given) }),
  async create(corpus, hyperparameters, seed) {
    return new BagTrainer(corpus, parseOptions(hyperparameters), random(seed));
  },
};

class BagTrainer implements Trainer {
  readonly epochs: number;
  readonly samplesPerEpoch: number;
  readonly layers: LayerInfo[];
  private readonly train: Features;
  private readonly test: Features;
  private readonly ratios: Float32Array;
  private readonly weights: Float32Array;
  private bias = 0;
  private readonly vectors: WordVectors;
  private readonly order: Uint32Array;
  private done = 0;

  constructor(
    private readonly corpus: Corpus,
    private readonly options: BagOptions,
    private readonly random: Random,
  ) {
    const { train, test, vocabulary } = corpus;
    const words = vocabulary.words.length;
    const index = new NgramIndex(words, options.ngrams);
    this.train = index.features(train, true);
    this.test = index.features(test, false);
    const { smoothing, minimumReviews } = options;
    this.ratios = logCountRatios(this.train, train.labels, index.size, smoothing, minimumReviews);
    this.weights = new Float32Array(index.size);
    this.vectors = new WordVectors(train, words, options, random);
    this.order = Uint32Array.from(train.labels, (_, i) => i);
    this.epochs = options.epochs;
    this.samplesPerEpoch = train.labels.length;
    this.layers = [...this.classifierLayers(), ...this.vectors.layers()];
  }

  async epoch({ signal, onProgress }: EpochProgress): Promise<Epoch | undefined> {
    if (this.done === this.epochs) return undefined;
    const left = 1 - this.done / this.epochs;
    const learningRate = this.options.learningRate * left;
    const { labels } = this.corpus.train;
    const { length } = this.random.shuffle(this.order);
    let loss = 0;
    for (let k = 0; k < length; k++) {
      if (k % CHUNK === 0) {
        await new Promise((resolve) => setTimeout(resolve));
        if (signal?.aborted) throw new Stopped();
        if (k > 0) onProgress?.(k, length, loss / k);
      }
      const review = this.order[k];
      loss += this.step(review, labels[review], learningRate);
      this.vectors.step(review, labels[review], left);
    }
    onProgress?.(length, length, loss / length);
    this.done++;
    const { accuracy, logLoss } = this.measure();
    return {
      epoch: this.done,
      learningRate,
      trainLoss: loss / length,
      validationLoss: logLoss,
      metrics: { accuracy },
    };
  }

  async learnt(): Promise<Learnt> {
    const { test, vocabulary } = this.corpus;
    const words = vocabulary.words.length;
    const itemFactors = matrix(words, this.options.dimensions);
    itemFactors.data.set(this.vectors.words);
    return {
      itemFactors,
      metrics: {
        ...this.measure(),
        vectorsAccuracy: this.vectors.accuracy(test),
        ...baselines(this.corpus),
      },
    };
  }

  dispose() {}

  private classifierLayers(): LayerInfo[] {
    const { weights, ratios, options } = this;
    const used = ratios.reduce((sum, ratio) => sum + (ratio === 0 ? 0 : 1), 0);
    return [
      {
        name: 'n-grams of the review',
        kind: 'input',
        inputs: [],
        shape: [null, null],
        parameters: 0,
        settings: { longest: options.ngrams },
      },
      {
        name: 'log-count ratios',
        kind: 'embedding',
        inputs: ['n-grams of the review'],
        shape: [null, null],
        parameters: ratios.length,
        trainable: false,
        settings: { rows: ratios.length, notZero: used },
      },
      {
        name: 'score',
        kind: 'dense',
        inputs: ['log-count ratios'],
        shape: [null],
        parameters: weights.length + 1,
        settings: { pooling: 'sum / √count' },
      },
      {
        name: 'label',
        kind: 'sigmoid',
        inputs: ['score'],
        shape: [null],
        parameters: 0,
      },
    ];
  }

  /** A step of gradient descent on one review; its log loss before. */
  private step(review: number, label: number, rate: number): number {
    const { ids, starts } = this.train;
    const { weights, ratios } = this;
    const score = this.score(this.train, review);
    const error = label - 1 / (1 + Math.exp(-score));
    const size = (rate * error) / Math.sqrt(starts[review + 1] - starts[review]);
    for (let k = starts[review]; k < starts[review + 1]; k++)
      weights[ids[k]] += size * ratios[ids[k]];
    this.bias += BIAS_RATE * rate * error;
    return logLoss(score, label);
  }

  private score({ ids, starts }: Features, review: number): number {
    const { weights, ratios } = this;
    const from = starts[review];
    const to = starts[review + 1];
    let sum = 0;
    for (let k = from; k < to; k++) sum += weights[ids[k]] * ratios[ids[k]];
    // A test review may hold nothing that training has seen.
    return this.bias + sum / Math.sqrt(Math.max(1, to - from));
  }

  private measure(): { accuracy: number; logLoss: number } {
    const { labels } = this.corpus.test;
    let right = 0;
    let loss = 0;
    labels.forEach((label, review) => {
      const score = this.score(this.test, review);
      if (score > 0 === (label === 1)) right++;
      loss += logLoss(score, label);
    });
    return { accuracy: right / labels.length, logLoss: loss / labels.length };
  }
}

const BIAS_RATE = 0.01;

/** −ln of the probability that a score gives to a label, without overflow. */
function logLoss(score: number, label: number): number {
  const margin = label === 1 ? score : -score;
  return margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));
}
