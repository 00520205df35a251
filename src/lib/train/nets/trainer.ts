import { matrix } from '../../math/matrix.ts';
import { random, type Random } from '../../math/random.ts';
import type { Epoch, LayerInfo } from '../../run/types.ts';
import { baselines } from '../bag/baselines.ts';
import type { Corpus } from '../imdb/types.ts';
import { Stopped, type EpochProgress, type Learnt, type Trainer } from '../types.ts';
import type { Judged } from './net.ts';
import type { NetOptions } from './options.ts';
import { sequences, type Sequences } from './sequences.ts';

/** Epochs at one learning rate, a multiple of the net's, with the word vectors learnt along or kept as they are. */
export interface Stretch {
  epochs: number;
  multiple: number;
  isFrozen?: boolean;
}

/** A net that learns batch by batch. */
export interface TrainableNet {
  /** What computes, where it is the net's own kernels. */
  readonly backend?: string;
  readonly layers: LayerInfo[];
  /** Batches after which the sums are asked for: a device goes on computing meanwhile. */
  readonly batchesBetweenSums: number;
  freezeEmbedding(isFrozen: boolean): void;
  train(data: Sequences, reviews: Uint32Array, learningRate: number): void;
  /** Judges a batch without dropout, and leaves everything as it is. */
  judge(data: Sequences, reviews: Uint32Array): void;
  /** Loss and labels told, over the batches since it was last asked. */
  judged(): Judged | Promise<Judged>;
  /** The word vectors, row 0 for no word. */
  readTable(): Float32Array | Promise<Float32Array>;
  dispose(): void;
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
    private readonly net: TrainableNet,
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

  get backend(): string | undefined {
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
    const trained = await this.pass(
      this.order,
      signal,
      (batch) => this.net.train(this.train, batch, learningRate),
      (done, loss) => onProgress?.(done, this.order.length, loss / done),
    );
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
    const table = await this.net.readTable();
    itemFactors.data.set(table.subarray(dimensions, (words + 1) * dimensions));
    const { accuracy, logLoss } = this.measured ?? (await this.measure(undefined));
    return { itemFactors, metrics: { accuracy, logLoss, ...baselines(this.corpus) } };
  }

  dispose(): void {
    this.net.dispose();
  }

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

  /** Calls `step` with each batch, and `report` with the reviews done and their loss; means over all. */
  private async pass(
    order: Uint32Array,
    signal: EpochProgress['signal'],
    step: (batch: Uint32Array) => void,
    report?: (done: number, loss: number) => void,
  ): Promise<{ accuracy: number; logLoss: number }> {
    const { batch } = this.options;
    const between = batch * this.net.batchesBetweenSums;
    let loss = 0;
    let right = 0;
    for (let from = 0; from < order.length; from += batch) {
      const to = Math.min(from + batch, order.length);
      if (from % between === 0) await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) throw new Stopped();
      step(order.subarray(from, to));
      if (to % between !== 0 && to < order.length) continue;
      const judged = await this.net.judged();
      loss += judged.loss;
      right += judged.right;
      if (!Number.isFinite(loss)) {
        throw new Error(`the loss is ${loss} in epoch ${this.done + 1}: the training diverged`);
      }
      report?.(to, loss);
    }
    return { accuracy: right / order.length, logLoss: loss / order.length };
  }
}
