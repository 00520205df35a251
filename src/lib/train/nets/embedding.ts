import type { Layout } from '../../kernels/load.ts';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import { block, parameter, type Block, type Layer, type Parameter } from './layer.ts';
import type { Machine } from './machine.ts';
import { Zeros } from './zeros.ts';

export interface EmbeddingOptions {
  batch: number;
  /** Words a review. */
  sequence: number;
  /** Rows of the table. */
  vocabulary: number;
  dimensions: number;
  /** Share of the vocabulary that is dropped for a batch. */
  dropout: number;
  /** Rows of zeros around a review, for convolutions of a width up to padding + 1. */
  padding: number;
  /** The table to start from, vocabulary × dimensions; drawn uniformly in ±0.05 without it. */
  start?: Float32Array;
}

/**
 * A vector for each word of a review. Its dropout is that of Keras 1: whole words of the vocabulary are dropped for a
 * batch, wherever they stand, and the others scaled by 1 / (1 − p).
 */
export class Embedding implements Layer {
  readonly output: Block;
  readonly table: Parameter;
  readonly parameters: readonly Parameter[];
  /** Byte offset of batch × sequence words. */
  readonly ids: number;
  private readonly scales: number;
  readonly zeros: Zeros;

  constructor(
    layout: Layout,
    private readonly options: EmbeddingOptions,
  ) {
    const { batch, sequence, vocabulary, dimensions, dropout, padding } = options;
    this.ids = layout.reserve(batch * sequence);
    this.scales = layout.reserve(vocabulary);
    this.zeros = new Zeros(layout, dropout);
    this.table = parameter(layout, vocabulary * dimensions);
    this.parameters = [this.table];
    this.output = block(layout, {
      batch,
      length: sequence,
      columns: dimensions,
      padding,
      lead: (padding + 1) >> 1,
    });
  }

  /** Rows of the table. */
  get vocabulary(): number {
    return this.options.vocabulary;
  }

  get info(): LayerInfo {
    const { sequence, vocabulary, dimensions, dropout, start } = this.options;
    return {
      name: 'embedding',
      kind: 'embedding',
      inputs: ['words'],
      shape: [null, sequence, dimensions],
      parameters: this.table.count,
      settings: { vocabulary, dimensions, dropout, pretrained: start !== undefined },
      trainable: this.table.isTrainable,
    };
  }

  start(machine: Machine, random: Random): void {
    const table = machine.floats(this.table.values, this.table.count);
    if (this.options.start) table.set(this.options.start);
    else for (let i = 0; i < table.length; i++) table[i] = 0.1 * random.uniform() - 0.05;
    this.zeros.start(machine, random);
  }

  /** Frozen, it stays as it is, and no gradient is formed for it. */
  freeze(isFrozen: boolean): void {
    this.table.isTrainable = !isFrozen;
    this.output.needsGradient = !isFrozen;
  }

  forward(machine: Machine, batch: number, isTraining: boolean): void {
    const { vocabulary, dropout } = this.options;
    machine.floats(this.scales, vocabulary).fill(1);
    if (isTraining && dropout > 0) this.zeros.draw(machine, this.scales, vocabulary);
    const { values, length, columns } = this.output;
    for (let b = 0; b < batch; b++) {
      const ids = this.ids + 4 * b * length;
      const to = values + this.place(b);
      machine.kernels.gatherRows(ids, length, this.table.values, columns, this.scales, to);
    }
  }

  backward(machine: Machine, batch: number): void {
    if (!this.table.isTrainable) return;
    const { gradient, length, columns } = this.output;
    machine.floats(this.table.gradient, this.table.count).fill(0);
    for (let b = 0; b < batch; b++) {
      const ids = this.ids + 4 * b * length;
      const from = gradient + this.place(b);
      machine.kernels.scatterRows(ids, length, from, columns, this.scales, this.table.gradient);
    }
  }

  private place(review: number): number {
    const { stride, lead, columns } = this.output;
    return 4 * (review * stride + lead * columns);
  }
}
