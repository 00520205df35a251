import { add, mul, scalar, sub, tensor1d, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { matrix } from '../../math/matrix.ts';
import { random, type Random } from '../../math/random.ts';
import type { Epoch, LayerInfo } from '../../run/types.ts';
import {
  Stopped,
  type EpochProgress,
  type Learnt,
  type Ratings,
  type Split,
  type Trainer,
} from '../types.ts';
import { Adam } from './adam.ts';
import { batchGradients, predictions, type Batch, type Network } from './network.ts';
import type { LessonOptions } from './options.ts';
import type { Parameter } from './parameter.ts';
import { learningRateAt, type Stretch } from './schedule.ts';

/** After so many ratings others get to run, and a stop is heard. */
const RATINGS_BETWEEN_BREATHS = 1024;
const PREDICTION_BATCH = 4096;

/** Over the ratings so far: of the loss with its penalties, and of the squared error. */
interface Sums {
  loss: Scalar;
  squares: Scalar;
}

/** Trains a network batch by batch, in an order that is drawn afresh for every epoch. */
export class LessonTrainer implements Trainer {
  readonly epochs: number;
  readonly samplesPerEpoch: number;
  private readonly parameters: Parameter[];
  private readonly adam: Adam;
  private readonly shuffler: Random;
  private readonly order: Int32Array;
  private done = 0;

  constructor(
    private readonly network: Network,
    private readonly schedule: readonly Stretch[],
    private readonly ratings: Ratings,
    private readonly split: Split,
    private readonly options: LessonOptions,
    seed: number,
  ) {
    this.epochs = options.epochs;
    this.samplesPerEpoch = split.train.length;
    this.parameters = [...network.tables, ...network.weights];
    this.adam = new Adam(this.parameters);
    this.shuffler = random(seed);
    this.order = split.train.slice();
  }

  get layers(): LayerInfo[] {
    return this.network.layers;
  }

  async epoch(progress: EpochProgress): Promise<Epoch | undefined> {
    if (this.done === this.epochs) return undefined;
    const learningRate = learningRateAt(this.schedule, this.done, this.options.learningRate);
    const { loss, mse } = await this.pass(learningRate, progress);
    const measured = this.split.validation.length > 0 && (await this.measure(progress));
    this.done++;
    return {
      epoch: this.done,
      learningRate,
      trainLoss: loss,
      ...(measured && { validationLoss: measured.mse }),
      metrics: { trainMse: mse },
    };
  }

  async learnt(): Promise<Learnt> {
    const { itemFactors, itemBias } = this.network;
    const [rows, columns] = itemFactors.values.shape;
    return {
      itemFactors: matrix(rows, columns, await itemFactors.values.data<'float32'>()),
      ...(itemBias && { itemBias: await itemBias.values.data<'float32'>() }),
      metrics: this.split.validation.length > 0 ? await this.measure({}) : {},
    };
  }

  dispose(): void {
    this.adam.dispose();
    for (const { values } of this.parameters) values.dispose();
    for (const values of this.network.state ?? []) values.dispose();
  }

  /** One step per batch. The means over the epoch weigh each batch by its size. */
  private async pass(learningRate: number, { signal, onProgress }: EpochProgress) {
    this.shuffler.shuffle(this.order);
    const { batch } = this.options;
    const { length } = this.order;
    const between = Math.ceil(RATINGS_BETWEEN_BREATHS / batch) * batch;
    let sums: Sums = { loss: scalar(0), squares: scalar(0) };
    try {
      for (let from = 0, to = 0; from < length; from = to) {
        to = Math.min(from + batch, length);
        sums = this.step(this.order.subarray(from, to), learningRate, sums);
        if (to < length && to % between !== 0) continue;
        const [loss] = await sums.loss.data();
        if (!Number.isFinite(loss)) throw this.divergence(loss, learningRate);
        onProgress?.(to, length, loss / to);
        await breathe();
        if (signal?.aborted) throw new Stopped();
      }
      const [loss] = await sums.loss.data();
      const [squares] = await sums.squares.data();
      return { loss: loss / length, mse: squares / length };
    } finally {
      sums.loss.dispose();
      sums.squares.dispose();
    }
  }

  /** Moves all parameters by one batch. The sums are replaced by those that count the batch in. */
  private step(indices: Int32Array, learningRate: number, sums: Sums): Sums {
    const after = tidy(() => {
      const { mse, gradients } = batchGradients(this.network, this.batch(indices));
      const penalty = this.adam.step(gradients, learningRate);
      return {
        loss: add(sums.loss, mul(add(mse, penalty), indices.length)) as Scalar,
        squares: add(sums.squares, mul(mse, indices.length)) as Scalar,
      };
    });
    sums.loss.dispose();
    sums.squares.dispose();
    return after;
  }

  /** Errors on the validation part. */
  private async measure({ signal }: EpochProgress) {
    const { validation } = this.split;
    let squares = 0;
    let absolute = 0;
    for (let from = 0; from < validation.length; from += PREDICTION_BATCH) {
      const indices = validation.subarray(from, from + PREDICTION_BATCH);
      const errors = tidy(() => {
        const batch = this.batch(indices);
        return sub(predictions(this.network, batch), batch.values);
      });
      const values = await errors.data();
      errors.dispose();
      for (const error of values) {
        squares += error * error;
        absolute += Math.abs(error);
      }
      await breathe();
      if (signal?.aborted) throw new Stopped();
    }
    const mse = squares / validation.length;
    return { mse, rmse: Math.sqrt(mse), mae: absolute / validation.length };
  }

  private batch(indices: Int32Array): Batch {
    const { users, movies, values } = this.ratings;
    return {
      users: tensor1d(
        indices.map((i) => users[i]),
        'int32',
      ),
      movies: tensor1d(
        indices.map((i) => movies[i]),
        'int32',
      ),
      values: tensor1d(Float32Array.from(indices, (i) => values[i])),
    };
  }

  private divergence(loss: number, learningRate: number): Error {
    return new Error(
      `the loss is ${loss} in epoch ${this.done + 1} at a learning rate of ${learningRate}: the training diverged`,
    );
  }
}

/** Lets others run. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
