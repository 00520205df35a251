import { matrix } from '../../math/matrix.ts';
import { random, type Random } from '../../math/random.ts';
import type { Epoch, LayerInfo } from '../../run/types.ts';
import { baselines } from '../bag/baselines.ts';
import type { Corpus } from '../imdb/types.ts';
import { Stopped, type EpochProgress, type Learnt, type Trainer } from '../types.ts';
import type { Net } from './net.ts';
import type { NetOptions } from './options.ts';
import { sequences, type Sequences } from './sequences.ts';

/** Epochs at one learning rate, a multiple of the net's, with the word vectors learnt along or kept as they are. */
export interface Stretch {
  epochs: number;
  multiple: number;
  isFrozen?: boolean;
}

/** Trains a net batch by batch, in an order that is drawn afresh for every epoch. */
export class NetTrainer implements Trainer {
  readonly epochs: number;
  readonly samplesPerEpoch: number;
  private readonly train: Sequences;
  private readonly test: Sequences;
  private readonly order: Uint32Array;
  private readonly testOrder: Uint32Array;
  private readonly shuffler: Random;
  private done = 0;
  private measured: { accuracy: number; logLoss: number } | undefined;

  /** @param schedule beyond its end its last stretch goes on */
  constructor(
    private readonly net: Net,
    private readonly schedule: readonly Stretch[],
    private readonly corpus: Corpus,
    private readonly options: NetOptions,
    seed: number,
    readonly notices: readonly string[] = [],
  ) {
    const { sequence, vocabulary, epochs } = options;
    this.train = sequences(corpus.train, sequence, vocabulary);
    this.test = sequences(corpus.test, sequence, vocabulary);
    this.order = Uint32Array.from(this.train.labels, (_, i) => i);
    this.testOrder = Uint32Array.from(this.test.labels, (_, i) => i);
    this.shuffler = random(seed);
    this.epochs = epochs;
    this.samplesPerEpoch = this.order.length;
    this.net.freezeEmbedding(this.stretch().isFrozen ?? false);
  }

  get backend(): string {
    return this.net.backend;
  }

  get layers(): LayerInfo[] {
    return this.net.layers;
  }

  async epoch(progress: EpochProgress): Promise<Epoch | undefined> {
    if (this.done === this.epochs) return undefined;
    const { multiple, isFrozen = false } = this.stretch();
    const learningRate = this.options.learningRate * multiple;
    this.net.freezeEmbedding(isFrozen);
    this.shuffler.shuffle(this.order);
    const { onProgress, signal } = progress;
    const trained = await this.pass(this.order, signal, (batch, done, loss) => {
      const judged = this.net.train(this.train, batch, learningRate);
      const mean = (loss + judged.loss) / (done + batch.length);
      onProgress?.(done + batch.length, this.order.length, mean);
      return judged;
    });
    this.measured = await this.measure(signal);
    this.done++;
    const { accuracy, logLoss } = this.measured;
    return {
      epoch: this.done,
      learningRate,
      trainLoss: trained.logLoss,
      ...(this.testOrder.length > 0 && { validationLoss: logLoss }),
      metrics: {
        trainAccuracy: trained.accuracy,
        ...(this.testOrder.length > 0 && { accuracy }),
      },
    };
  }

  /** A vector for each word that the net tells from others. */
  async learnt(): Promise<Learnt> {
    const { vocabulary, dimensions } = this.options;
    const words = Math.min(vocabulary - 2, this.corpus.vocabulary.words.length);
    const itemFactors = matrix(words, dimensions);
    itemFactors.data.set(this.net.table.subarray(dimensions, (words + 1) * dimensions));
    const { accuracy, logLoss } = this.measured ?? (await this.measure(undefined));
    return { itemFactors, metrics: { accuracy, logLoss, ...baselines(this.corpus) } };
  }

  dispose(): void {}

  private stretch(): Stretch {
    let end = 0;
    return (
      this.schedule.find(({ epochs }) => this.done < (end += epochs)) ??
      this.schedule[this.schedule.length - 1]
    );
  }

  private measure(signal: EpochProgress['signal']) {
    return this.pass(this.testOrder, signal, (batch) => this.net.judge(this.test, batch));
  }

  /** Calls `step` with each batch, the reviews done before it and their loss; means over all. */
  private async pass(
    order: Uint32Array,
    signal: EpochProgress['signal'],
    step: (batch: Uint32Array, done: number, loss: number) => { loss: number; right: number },
  ): Promise<{ accuracy: number; logLoss: number }> {
    const { batch } = this.options;
    let loss = 0;
    let right = 0;
    for (let from = 0; from < order.length; from += batch) {
      await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) throw new Stopped();
      const judged = step(order.subarray(from, from + batch), from, loss);
      loss += judged.loss;
      right += judged.right;
      if (!Number.isFinite(loss)) {
        throw new Error(`the loss is ${loss} in epoch ${this.done + 1}: the training diverged`);
      }
    }
    return { accuracy: right / order.length, logLoss: loss / order.length };
  }
}
