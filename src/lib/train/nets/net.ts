import { InputError } from '../../errors.ts';
import { Layout, MEMORY_LIMIT } from '../../kernels/load.ts';
import { random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import type { Embedding } from './embedding.ts';
import type { Block, Layer, Parameter } from './layer.ts';
import { loadMachine, type Machine } from './machine.ts';
import type { Sequences } from './sequences.ts';
import type { TrainableNet } from './trainer.ts';
import type { Zeros } from './zeros.ts';

/** Keras 1's defaults. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** The parts of a net, in the order of computing. */
export interface Architecture {
  embedding: Embedding;
  layers: Layer[];
  /** One value a review: the log odds that it is positive. */
  output: Block;
}

export interface Judged {
  /** Log loss, summed over the batch. */
  loss: number;
  /** How many labels were told. */
  right: number;
}

/** A net that tells whether a review is positive, with its memory, its gradients and its Adam. */
export class Net implements TrainableNet {
  readonly batchesBetweenSums = 1;
  readonly parameters: readonly Parameter[];
  private steps = 0;
  private last: Judged = { loss: 0, right: 0 };

  private constructor(
    private readonly machine: Machine,
    private readonly architecture: Architecture,
    private readonly listed: () => LayerInfo[],
  ) {
    this.parameters = architecture.layers.flatMap(({ parameters }) => parameters);
  }

  /**
   * @param build makes the layers, which reserve their memory
   * @throws InputError when the net does not fit a kernel's memory
   */
  static async create(
    build: (layout: Layout) => Architecture & { listed?: () => LayerInfo[] },
    seed: number,
    options?: { plain?: boolean },
  ): Promise<Net> {
    const layout = new Layout();
    const architecture = build(layout);
    if (layout.bytes > MEMORY_LIMIT) {
      throw new InputError(
        `the net needs ${(layout.bytes / 2 ** 30).toFixed(1)} GiB of memory (expected at most 4): take a smaller batch, a shorter sequence or fewer dimensions`,
      );
    }
    const machine = await loadMachine(layout.bytes, options);
    const seeds = random(seed);
    for (const layer of architecture.layers) layer.start?.(machine, random(seeds.seed()));
    const { layers, listed = () => layers.map(({ info }) => info) } = architecture;
    return new Net(machine, architecture, listed);
  }

  get backend(): Machine['backend'] {
    return this.machine.backend;
  }

  get layers(): LayerInfo[] {
    return this.listed();
  }

  get parts(): readonly Layer[] {
    return this.architecture.layers;
  }

  get embedding(): Embedding {
    return this.architecture.embedding;
  }

  freezeEmbedding(isFrozen: boolean): void {
    this.architecture.embedding.freeze(isFrozen);
  }

  /** The rows of the table of word vectors, row 0 for no word; a view that training moves. */
  get table(): Float32Array {
    const { values, count } = this.architecture.embedding.table;
    return this.machine.floats(values, count);
  }

  readTable(): Float32Array {
    return this.table;
  }

  /** Of the last batch. */
  judged(): Judged {
    return this.last;
  }

  dispose(): void {}

  /** The words of the generator of zeros. */
  stateOf(zeros: Zeros): Uint32Array {
    return zeros.words(this.machine).slice();
  }

  /** A view on a parameter's values or gradient. */
  numbers({ count, ...offsets }: Parameter, name: 'values' | 'gradient'): Float32Array {
    return this.machine.floats(offsets[name], count);
  }

  /** Moves every parameter by one step of Adam on a batch. */
  train(data: Sequences, reviews: Uint32Array, learningRate: number): Judged {
    const judged = this.gradients(data, reviews);
    this.steps++;
    const rate = (learningRate * Math.sqrt(1 - BETA2 ** this.steps)) / (1 - BETA1 ** this.steps);
    const { kernels } = this.machine;
    for (const { isTrainable, values, gradient, first, second, count } of this.parameters) {
      if (!isTrainable) continue;
      kernels.adam(values, gradient, first, second, count, rate, 0, BETA1, BETA2, EPSILON);
    }
    return judged;
  }

  /** Forms the gradients of the batch's mean loss. */
  gradients(data: Sequences, reviews: Uint32Array): Judged {
    const judged = this.forward(data, reviews, true);
    const { layers } = this.architecture;
    for (let i = layers.length - 1; i >= 0; i--) layers[i].backward(this.machine, reviews.length);
    return judged;
  }

  /** Judges a batch without dropout, and leaves everything as it is. */
  judge(data: Sequences, reviews: Uint32Array): Judged {
    return this.forward(data, reviews, false);
  }

  private forward(
    { ids, length, labels }: Sequences,
    reviews: Uint32Array,
    isTraining: boolean,
  ): Judged {
    const { embedding, layers, output } = this.architecture;
    const batch = reviews.length;
    const words = this.machine.integers(embedding.ids, batch * length);
    reviews.forEach((review, b) => {
      words.set(ids.subarray(review * length, (review + 1) * length), b * length);
    });
    for (const layer of layers) layer.forward(this.machine, batch, isTraining);
    const scores = this.machine.floats(output.values, batch);
    const gradient = this.machine.floats(output.gradient, batch);
    let loss = 0;
    let right = 0;
    for (let b = 0; b < batch; b++) {
      const label = labels[reviews[b]];
      const score = scores[b];
      const margin = label === 1 ? score : -score;
      loss += Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
      if (score > 0 === (label === 1)) right++;
      gradient[b] = (1 / (1 + Math.exp(-score)) - label) / batch;
    }
    return (this.last = { loss, right });
  }
}
