import type { Layout } from '../../kernels/load.ts';
import { BatchNorm } from './batchNorm.ts';
import { Convolution } from './convolution.ts';
import { Dense } from './dense.ts';
import { Dropout } from './dropout.ts';
import { Embedding } from './embedding.ts';
import { block, flat, type Block, type Layer } from './layer.ts';
import type { LayerInfo } from '../../run/types.ts';
import { Lstm } from './lstm.ts';
import { MaxPool } from './maxPool.ts';
import type { Architecture } from './net.ts';
import type { NetOptions } from './options.ts';

/** Puts layers one after another and remembers what the last of them gives. */
class Chain {
  readonly layers: Layer[] = [];
  /** The layers, and what joins and flattens them, for which nothing has to be computed. */
  private readonly parts: (Layer | LayerInfo)[] = [];
  block!: Block;
  last = 'words';

  constructor(
    readonly layout: Layout,
    readonly options: NetOptions,
  ) {}

  add(layer: Layer, output: Block): this {
    this.layers.push(layer);
    return this.list(layer, layer.info.name, output);
  }

  list(part: Layer | LayerInfo, name: string, output: Block): this {
    this.parts.push(part);
    this.last = name;
    this.block = output;
    return this;
  }

  embedding(padding: number, start: Float32Array | undefined): Embedding {
    const { batch, sequence, vocabulary, dimensions, wordDropout = 0 } = this.options;
    const own = { batch, sequence, vocabulary, dimensions, padding, start };
    const embedding = new Embedding(this.layout, { ...own, dropout: wordDropout });
    this.add(embedding, embedding.output);
    return embedding;
  }

  dropout(name: string, share: number): this {
    return this.add(new Dropout(this.layout, name, this.last, this.block, share), this.block);
  }

  convolution(name: string, width: number, addsGradient = false): this {
    const { batch, filters } = this.options;
    const own = { name, from: this.last, batch, filters, width, addsGradient };
    const layer = new Convolution(this.layout, this.block, own);
    return this.add(layer, layer.output);
  }

  batchNorm(name: string): this {
    if (!this.options.batchNorm) return this;
    const layer = new BatchNorm(this.layout, name, this.last, this.block, this.options.batch);
    return this.add(layer, layer.output);
  }

  flatten(): this {
    const output = flat(this.block);
    const info: LayerInfo = {
      name: 'flatten',
      kind: 'flatten',
      inputs: [this.last],
      shape: [null, output.columns],
      parameters: 0,
    };
    return this.list(info, 'flatten', output);
  }

  /** The dense layers that all nets but the LSTM end in. */
  judgement(embedding: Embedding): Architecture & { listed: () => LayerInfo[] } {
    const { batch, hidden, dropout } = this.options;
    const own = { name: 'dense', from: this.last, batch, units: hidden, relu: true };
    const dense = new Dense(this.layout, this.block, own);
    this.add(dense, dense.output).batchNorm('dense-norm').dropout('dense-dropout', dropout);
    return this.score(embedding);
  }

  score(embedding: Embedding): Architecture & { listed: () => LayerInfo[] } {
    const layer = new Dense(this.layout, this.block, {
      name: 'output',
      from: this.last,
      batch: this.options.batch,
      units: 1,
      relu: false,
      activation: 'sigmoid',
    });
    this.add(layer, layer.output);
    const { parts, layers } = this;
    const words: LayerInfo = {
      name: 'words',
      kind: 'input',
      inputs: [],
      shape: [null, this.options.sequence],
      parameters: 0,
    };
    const listed = () => [words, ...parts.map((part) => ('info' in part ? part.info : part))];
    return { embedding, layers, output: layer.output, listed };
  }
}

export type Build = (
  layout: Layout,
  options: NetOptions,
  start?: Float32Array,
) => Architecture & { listed: () => LayerInfo[] };

/** Embedding, dense layer, judgement. */
export const denseNet: Build = (layout, options, start) => {
  const chain = new Chain(layout, options);
  const embedding = chain.embedding(0, start);
  return chain.flatten().judgement(embedding);
};

/** Embedding, convolution, maximum over pairs of words, dense layer, judgement; dropout between all of them. */
export const convolutionNet: Build = (layout, options, start) => {
  const { width, embeddingDropout, convolutionDropout } = options;
  const chain = new Chain(layout, options);
  const embedding = chain.embedding(width - 1, start);
  chain
    .dropout('embedding-dropout', embeddingDropout)
    .convolution('convolution', width)
    .batchNorm('convolution-norm')
    .dropout('convolution-dropout', convolutionDropout);
  pool(chain, 'max-pool', halved(layout, chain));
  return chain.flatten().judgement(embedding);
};

/** The same with filters of several widths side by side, each with its own maximum; what they give is joined. */
export const convolutionsNet: Build = (layout, options, start) => {
  const { batch, sequence, filters, widths, embeddingDropout, mergedDropout } = options;
  const chain = new Chain(layout, options);
  const embedding = chain.embedding(Math.max(...widths) - 1, start);
  chain.dropout('embedding-dropout', embeddingDropout);
  const { block: below, last: from } = chain;
  const length = sequence >> 1;
  const joined = block(layout, { batch, length: 1, columns: widths.length * length * filters });
  const pools = widths.map((width, i) => {
    const place = 4 * i * length * filters;
    chain.block = below;
    chain.last = from;
    // On the way back the last one comes first, and writes the gradient that the others add to.
    const name = widths.indexOf(width) === i ? `${width}` : `${width}-${i + 1}`;
    chain
      .convolution(`convolution-${name}`, width, i < widths.length - 1)
      .batchNorm(`convolution-${name}-norm`);
    pool(chain, `max-pool-${name}`, {
      ...joined,
      values: joined.values + place,
      gradient: joined.gradient + place,
      length,
      columns: filters,
    });
    return chain.last;
  });
  chain.list(
    {
      name: 'concatenate',
      kind: 'concatenate',
      inputs: pools,
      shape: [null, joined.columns],
      parameters: 0,
    },
    'concatenate',
    joined,
  );
  return chain.dropout('merged-dropout', mergedDropout).judgement(embedding);
};

/** Embedding, LSTM over the words (padding passed over), judgement. */
export const lstmNet: Build = (layout, options, start) => {
  const { batch, units } = options;
  const chain = new Chain(layout, options);
  const embedding = chain.embedding(0, start);
  const own = { name: 'lstm', from: chain.last, batch, units, ids: embedding.ids };
  const lstm = new Lstm(layout, chain.block, own);
  return chain.add(lstm, lstm.output).score(embedding);
};

function halved(layout: Layout, { block: input, options: { batch } }: Chain): Block {
  return block(layout, { batch, length: input.length >> 1, columns: input.columns });
}

function pool(chain: Chain, name: string, output: Block): void {
  chain.add(new MaxPool(name, chain.last, chain.block, output), output);
}
