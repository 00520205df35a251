import { InputError } from '../../errors.ts';
import { random } from '../../math/random.ts';
import type { ReviewModel } from '../imdb/types.ts';
import type { Hyperparameters } from '../types.ts';
import { convolutionNet, convolutionsNet, denseNet, lstmNet, type Build } from './architectures.ts';
import { Net } from './net.ts';
import { NO_VECTORS, parseOptions, type NetOptions } from './options.ts';
import { pretrained } from './pretrained.ts';
import type { TensorNet } from './tensors/tensorNet.ts';
import { NetTrainer, type Stretch } from './trainer.ts';

interface Description {
  name: string;
  description: string;
  vectors: 'optional' | 'required';
  /** As the lesson's cells have it. */
  schedule: readonly Stretch[];
  /** Which reading of it is the default, where there are two: the one that comes nearer to the lesson's figures. */
  reading?: NetOptions['schedule'];
  /** Hyperparameters beside those that all nets have. */
  own: Hyperparameters;
  build: Build;
}

const CONSTANT: readonly Stretch[] = [{ epochs: Infinity, multiple: 1 }];

function net({
  name,
  description,
  vectors,
  schedule,
  reading,
  own,
  build,
}: Description): ReviewModel {
  const defaults: Hyperparameters = {
    sequence: 500,
    vocabulary: 5_000,
    dimensions: 32,
    ...own,
    batch: 64,
    epochs: schedule.reduce((sum, { epochs }) => sum + epochs, 0),
    learningRate: 0.001,
    ...(reading && { schedule: reading }),
    vectors: NO_VECTORS,
  };
  return {
    name,
    description,
    loss: 'log loss, in training with dropout',
    vectors,
    usesTensors: true,
    defaults,
    parse: (given) => ({ ...parseOptions(name, defaults, given) }),
    async create(corpus, hyperparameters, seed, run, onTensors = false) {
      const options = parseOptions(name, defaults, hyperparameters);
      const { words } = corpus.vocabulary;
      if (corpus.train.labels.length === 0 || words.length === 0) {
        throw new InputError(`${name}: there are no words to learn from in the training reviews`);
      }
      if (vectors === 'required' && run === undefined) {
        throw new InputError(
          `${name} starts from the vectors of another run: name a run of words with --vectors`,
        );
      }
      const seeds = random(seed);
      const [start, shuffle, drawn] = [seeds.seed(), seeds.seed(), seeds.seed()];
      // A corpus with fewer words needs no more rows: one for none, one for rare words.
      const vocabulary = Math.min(options.vocabulary, words.length + 2);
      const own = run && pretrained(run, words, vocabulary, random(drawn));
      const used = { ...options, vocabulary, dimensions: own?.dimensions ?? options.dimensions };
      const made = onTensors
        ? await tensorNet(build, used, own?.table, start)
        : await Net.create((layout) => build(layout, used, own?.table), start);
      const notices = own
        ? [`${own.found} of ${own.words} words start from the vectors of ${run.manifest.id}`]
        : [];
      const stretches = options.schedule === 'constant' ? CONSTANT : schedule;
      return new NetTrainer(made, stretches, corpus, used, shuffle, notices);
    },
  };
}

/** The net on the tfjs backend that is chosen, with the start that it has on our kernels. */
async function tensorNet(
  build: Build,
  options: NetOptions,
  table: Float32Array | undefined,
  seed: number,
): Promise<TensorNet> {
  const { TensorNet } = await import('./tensors/tensorNet.ts');
  // One review is enough for the start, which is drawn for the weights alone.
  const net = await Net.create((layout) => build(layout, { ...options, batch: 1 }, table), seed);
  return TensorNet.from(net, options.batch);
}

/** The lesson's nets on film reviews, with its settings as defaults; see docs/imdb.md. */

export const dense: ReviewModel = net({
  name: 'dense',
  description: 'word vectors side by side, a dense layer, dropout, a logistic regression',
  vectors: 'optional',
  schedule: [{ epochs: 2, multiple: 1 }],
  own: { wordDropout: 0, hidden: 100, dropout: 0.7, batchNorm: false },
  build: denseNet,
});

const convolution = {
  wordDropout: 0.2,
  embeddingDropout: 0.2,
  filters: 64,
  width: 5,
  convolutionDropout: 0.2,
  hidden: 100,
  dropout: 0.7,
  batchNorm: false,
};

export const conv: ReviewModel = net({
  name: 'conv',
  description:
    'word vectors, filters over five words, the larger of each two neighbours, a dense layer, a logistic regression',
  vectors: 'optional',
  schedule: [{ epochs: 4, multiple: 1 }],
  own: convolution,
  build: convolutionNet,
});

export const convPretrained: ReviewModel = net({
  name: 'conv-pretrained',
  description: 'the net of conv on word vectors of another run, first as they are and then tuned',
  vectors: 'required',
  schedule: [
    { epochs: 2, multiple: 1, isFrozen: true },
    { epochs: 1, multiple: 0.1 },
  ],
  reading: 'constant',
  own: convolution,
  build: convolutionNet,
});

export const convMulti: ReviewModel = net({
  name: 'conv-multi',
  description:
    'word vectors, filters over three, four and five words side by side, the larger of each two neighbours, a dense layer, a logistic regression',
  vectors: 'optional',
  schedule: [
    { epochs: 2, multiple: 1 },
    { epochs: 2, multiple: 0.01, isFrozen: true },
  ],
  reading: 'as-written',
  own: {
    wordDropout: 0.2,
    embeddingDropout: 0.2,
    filters: 64,
    widths: [3, 4, 5],
    mergedDropout: 0.5,
    hidden: 100,
    dropout: 0.7,
    batchNorm: false,
  },
  build: convolutionsNet,
});

export const lstm: ReviewModel = net({
  name: 'lstm',
  description: 'word vectors read one after another by an LSTM, a logistic regression',
  vectors: 'optional',
  schedule: [{ epochs: 5, multiple: 1 }],
  own: { sequence: 200, wordDropout: 0.2, units: 100 },
  build: lstmNet,
});
