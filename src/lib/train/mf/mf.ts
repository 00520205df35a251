import { InputError } from '../../errors.ts';
import { matrix } from '../../math/matrix.ts';
import { random } from '../../math/random.ts';
import type { Epoch, LayerInfo } from '../../run/types.ts';
import { part, table } from '../layerInfo.ts';
import type { EpochProgress, Learnt, MovieModel, Ratings, Split, Trainer } from '../types.ts';
import { biasColumns, breathe, type Factors } from './factors.ts';
import { implicitFactors } from './implicitFactors.ts';
import { measure, type Predictor, summarise } from './measure.ts';
import { defaults, type MfOptions, parseOptions } from './options.ts';
import { plainFactors } from './plainFactors.ts';

/**
 * Matrix factorisation with biases and implicit feedback, trained by sparse stochastic gradient descent.
 *
 * Training has two phases. The *search* cuts a stopping part from the training part, trains on the rest
 * and finds the number of epochs with the least error on the stopping part. The *refit* starts afresh on
 * the whole training part for that many epochs, and is what is learnt. The validation part of the split
 * is read for figures only; no choice depends on it.
 *
 * The curves are the refit's: `trainLoss` the mean squared error on the training part, each rating's
 * taken just before its own step; `validationLoss` on the validation part; and `metrics.stoppingLoss`
 * what the search had on its stopping part after as many epochs. The search runs inside the first
 * call of `epoch`, which first reports its progress as (samples done, samples of all planned epochs) and
 * then that of the refit's first pass. Predictions are clipped to the range of ratings
 * in the training part. A movie without a training rating has zero factors and bias.
 *
 * `learnt().itemFactors` and `itemBias` are whole: own row plus implicit sum.
 */
export const mf: MovieModel = {
  name: 'mf',
  description:
    'matrix factorisation: global mean + user bias + movie bias + user · movie, each with implicit ' +
    'feedback, by sparse gradient descent',
  loss: 'mean squared error',
  usesTensors: false,
  defaults,
  async create(ratings, split, hyperparameters, seed) {
    const options = parseOptions(hyperparameters);
    if (split.train.length === 0) {
      throw new InputError('mf: there are no ratings to train on (expected at least one)');
    }
    return new MfTrainer(ratings, split, options, seed);
  },
};

class MfTrainer implements Trainer {
  readonly samplesPerEpoch: number;
  /** Planned; once the search is over, what it found. */
  epochs: number;
  private readonly fitSeed: number;
  private readonly searchSeed: number;
  private readonly cutSeed: number;
  private readonly mean: number;
  private readonly range: [number, number];
  private stoppingLosses: number[] = [];
  private model: Factors | undefined;
  private done = 0;

  constructor(
    private readonly ratings: Ratings,
    private readonly split: Split,
    private readonly options: MfOptions,
    seed: number,
  ) {
    const seeds = random(seed);
    [this.cutSeed, this.searchSeed, this.fitSeed] = [seeds.seed(), seeds.seed(), seeds.seed()];
    this.samplesPerEpoch = split.train.length;
    this.epochs = options.epochs;
    ({ mean: this.mean, range: this.range } = summarise(ratings, split.train));
  }

  get layers(): LayerInfo[] {
    const { factors, implicitFeedback } = this.options;
    const { userIds, movieIds } = this.ratings;
    const columns = factors + 1;
    const side = (name: string, own: number, partners: string, others: number) => [
      table(`${name}-factors-and-bias`, name, own, columns),
      ...(implicitFeedback
        ? [
            table(`${name}-implicit`, partners, others, columns),
            part(`${name}-sum`, 'add', [`${name}-factors-and-bias`, `${name}-implicit`], columns),
          ]
        : []),
    ];
    const last = implicitFeedback ? 'sum' : 'factors-and-bias';
    return [
      ...side('user', userIds.length, 'movies of the user', movieIds.length),
      ...side('movie', movieIds.length, 'users of the movie', userIds.length),
      part('dot', 'dot', [`user-${last}`, `movie-${last}`], 1, { settings: { biases: true } }),
      part('rating', 'add', ['dot'], 1, { settings: { globalMean: this.mean } }),
    ];
  }

  async epoch(progress: EpochProgress): Promise<Epoch | undefined> {
    const model = (this.model ??= await this.start(progress));
    if (this.done === this.epochs) return undefined;
    const learningRate = this.rate(this.done);
    const trainLoss = await this.pass(model, this.done, progress);
    this.done++;
    const { validation } = this.split;
    const stoppingLoss = this.stoppingLosses[this.done - 1];
    return {
      epoch: this.done,
      learningRate,
      trainLoss,
      ...(validation.length > 0 && { validationLoss: this.measure(model, validation).mse }),
      ...(stoppingLoss !== undefined && { metrics: { stoppingLoss } }),
    };
  }

  async learnt(): Promise<Learnt> {
    if (!this.model) throw new Error('nothing is learnt before the first epoch');
    const { factors } = this.options;
    const { users, movies, columns } = this.predictor(this.model);
    const average = averageRow(users, columns);
    const count = this.ratings.movieIds.length;
    const { bias } = biasColumns('movies', factors);
    const itemFactors = matrix(count, factors);
    const itemBias = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const row = movies.subarray(i * columns, (i + 1) * columns);
      itemFactors.data.set(row.subarray(0, factors), i * factors);
      itemBias[i] = row[bias];
      for (let j = 0; j < factors; j++) itemBias[i] += average[j] * row[j];
    }
    const { validation } = this.split;
    const metrics = validation.length > 0 ? this.measure(this.model, validation) : {};
    return { itemFactors, itemBias, globalMean: this.mean, metrics };
  }

  dispose() {
    this.model = undefined;
  }

  /** Finds the number of epochs, and returns the refit's untrained factors. */
  private async start(progress: EpochProgress): Promise<Factors> {
    const { fit, stopping } = this.cut();
    if (stopping.length > 0 && fit.length > 0) {
      const { losses, best } = await this.search(fit, stopping, progress);
      this.stoppingLosses = losses;
      this.epochs = best + 1;
    }
    return this.factors(this.split.train, this.fitSeed);
  }

  /** The training part in two, at random. */
  private cut() {
    const { uniform } = random(this.cutSeed);
    const stops = this.split.train.map(() => (uniform() < this.options.stoppingPart ? 1 : 0));
    return {
      fit: this.split.train.filter((_, k) => !stops[k]),
      stopping: this.split.train.filter((_, k) => stops[k]),
    };
  }

  /** The error on the stopping part after each epoch of a training on the rest, and where it is least. */
  private async search(
    fit: Int32Array,
    stopping: Int32Array,
    { signal, onProgress }: EpochProgress,
  ) {
    const { epochs, patience } = this.options;
    const model = await this.factors(fit, this.searchSeed);
    const losses: number[] = [];
    let best = 0;
    while (losses.length < epochs && losses.length - best < patience + 1) {
      await this.pass(model, losses.length, {
        signal,
        onProgress: (done, _, loss) =>
          onProgress?.(losses.length * fit.length + done, epochs * fit.length, loss),
      });
      losses.push(this.measure(model, stopping).mse);
      if (losses[losses.length - 1] < losses[best]) best = losses.length - 1;
    }
    return { losses, best };
  }

  private factors(indices: Int32Array, seed: number): Promise<Factors> {
    const train = this.options.implicitFeedback ? implicitFactors : plainFactors;
    return train(this.ratings, indices, this.mean, this.options, random(seed));
  }

  /** The learning rate after `done` epochs: a line that would reach zero after the planned ones. */
  private rate(done: number) {
    return this.options.learningRate * (1 - done / this.options.epochs);
  }

  private async pass(model: Factors, done: number, progress: EpochProgress): Promise<number> {
    await breathe();
    const loss = await model.pass(this.rate(done), progress);
    if (Number.isFinite(loss)) return loss;
    throw new InputError(
      `mf: the training diverged in epoch ${done + 1} at a learning rate of ` +
        `${this.options.learningRate}: take a lower one`,
    );
  }

  private predictor(model: Factors): Predictor {
    return { ...model.rows(), columns: model.columns, mean: this.mean, range: this.range };
  }

  private measure(model: Factors, indices: Int32Array) {
    return measure(this.predictor(model), this.ratings, indices);
  }
}

/** The mean of the rows of `data`. */
function averageRow(data: Float32Array, columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (let k = 0; k < data.length; k++) sum[k % columns] += data[k];
  return sum.map((value) => (value * columns) / data.length);
}
