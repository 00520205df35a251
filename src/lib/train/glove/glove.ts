import { type Glove, loadGlove, PAIR_BYTES } from '../../kernels/glove.ts';
import { Layout, MEMORY_LIMIT, type SharedKernel } from '../../kernels/load.ts';
import { InputError } from '../../errors.ts';
import { matrix } from '../../math/matrix.ts';
import { random, type Random } from '../../math/random.ts';
import type { Epoch } from '../../run/types.ts';
import { grouped } from '../movielens/records.ts';
import { Stopped, type EpochProgress, type Learnt, type Trainer } from '../types.ts';
import type { GloveOptions } from './options.ts';
import type { Pairs } from './pairs.ts';
import { ownThread, type Threads, type ThreadStarter } from './threads.ts';

/** Left of a kernel's memory for the pairs that threads work on. */
const FOR_PAIRS = 2 ** 29;

export const NAME = 'glove';
export const DESCRIPTION =
  'word vectors whose products with context vectors, and a bias each, are the logarithms of co-occurrences (weighted least squares); word and context vectors are summed';
export const LOSS = 'mean weighted squared error, halved';

export interface CreateOptions {
  threads?: ThreadStarter;
  /** Bytes that the vectors and the work on them may take. */
  memory?: number;
  /** Takes the plain JavaScript in any case. */
  plain?: boolean;
}

/**
 * GloVe (Pennington, Socher and Manning 2014) on pairs that were counted, in training. With one thread the same seed
 * gives the same vectors; several threads work on them without locks, as the C program's do, and no two runs are alike.
 *
 * @param words how many words the vocabulary has
 * @throws InputError when the vectors do not fit in the memory
 */
export async function createGlove(
  pairs: Pairs,
  words: number,
  options: GloveOptions,
  seed: number,
  { threads = ownThread, memory = MEMORY_LIMIT, plain }: CreateOptions = {},
): Promise<GloveTrainer> {
  checkMemory(words, options.dimensions, memory);
  const columns = columnsFor(options.dimensions);
  return GloveTrainer.create(pairs, words, columns, options, random(seed), threads, plain);
}

/** Two columns more for the biases, rounded up to what the kernel takes at once. */
function columnsFor(dimensions: number): number {
  return 4 * Math.ceil((dimensions + 2) / 4);
}

/** @throws InputError when that many vectors do not fit in `memory` bytes while they are trained */
export function checkMemory(words: number, dimensions: number, memory: number): void {
  const needed = words * 16 * columnsFor(dimensions);
  const there = Math.min(memory, MEMORY_LIMIT - FOR_PAIRS);
  if (needed <= there) return;
  const mebibytes = (bytes: number) => grouped(Math.ceil(bytes / 2 ** 20));
  throw new InputError(
    `${grouped(words)} words of ${dimensions} dimensions take ${mebibytes(needed)} MiB in training, and there are ${mebibytes(there)} for them; ` +
      'raise --minimum-count, lower --dimensions' +
      (there < memory ? '' : ', or allow more with --memory'),
  );
}

/** Where things lie in the kernel's memory. */
interface Places {
  rows: number;
  steps: number;
  /** Two for each thread: one is filled while the thread works on the other. */
  slots: number[];
  slotBytes: number;
}

export class GloveTrainer implements Trainer {
  readonly epochs: number;
  readonly samplesPerEpoch: number;
  private done = 0;
  private readonly order: Uint32Array;
  private readonly rows: Float32Array;

  private constructor(
    private readonly pairs: Pairs,
    private readonly words: number,
    private readonly options: GloveOptions,
    private readonly random: Random,
    private readonly kernel: SharedKernel<Glove>,
    private readonly threads: Threads,
    private readonly columns: number,
    private readonly at: Places,
  ) {
    this.epochs = options.iterations;
    this.samplesPerEpoch = pairs.directed;
    this.order = Uint32Array.from(pairs.counts, (_, bucket) => bucket);
    this.rows = new Float32Array(kernel.buffer, at.rows, words * 4 * columns);
    this.initialise();
  }

  static async create(
    pairs: Pairs,
    words: number,
    columns: number,
    options: GloveOptions,
    random: Random,
    starter: ThreadStarter,
    plain?: boolean,
  ): Promise<GloveTrainer> {
    const layout = new Layout();
    const rows = layout.reserve(words * 4 * columns);
    const steps = layout.reserve(2 * columns);
    const slotBytes = Math.max(16, pairs.largest * PAIR_BYTES);
    const fitting = Math.floor((MEMORY_LIMIT - layout.bytes) / (2 * slotBytes + 32));
    const count = Math.max(1, Math.min(starter.count, pairs.counts.length, fitting));
    const slots = Array.from({ length: 2 * count }, () => layout.reserve(slotBytes / 4));
    const kernel = await loadGlove(layout.bytes, { plain });
    const threads = await starter.start(kernel);
    const at = { rows, steps, slots, slotBytes };
    return new GloveTrainer(pairs, words, options, random, kernel, threads, columns, at);
  }

  /** What computes: the compiled kernel, or plain JavaScript. */
  get backend(): SharedKernel<Glove>['backend'] {
    return this.kernel.backend;
  }

  /** Threads that work on the vectors. */
  get threadCount(): number {
    return Math.min(this.threads.count, this.at.slots.length / 2);
  }

  /** As the C program: vectors and biases uniform in ±0.5/(dimensions + 1), sums of squares 1. */
  private initialise(): void {
    const { dimensions, learningRate } = this.options;
    const { columns, rows } = this;
    const draw = () => (this.random.uniform() - 0.5) / (dimensions + 1);
    for (let row = 0; row < this.words; row++) {
      const word = 4 * row * columns;
      const context = word + columns;
      for (let k = 0; k < dimensions; k++) {
        rows[word + k] = draw();
        rows[context + k] = draw();
      }
      // Each side's bias stands where the other side has 1.
      rows[word + dimensions] = draw();
      rows[context + dimensions] = 1;
      rows[word + dimensions + 1] = 1;
      rows[context + dimensions + 1] = draw();
      rows.fill(1, word + 2 * columns, word + 4 * columns);
    }
    const steps = new Float32Array(this.kernel.buffer, this.at.steps, 2 * columns);
    steps.fill(learningRate, 0, dimensions);
    steps.fill(learningRate, columns, columns + dimensions);
    // The C program does not scale the steps of biases by the learning rate, and its costs come out only so.
    steps[dimensions] = 1;
    steps[columns + dimensions + 1] = 1;
  }

  async epoch({ signal, onProgress }: EpochProgress): Promise<Epoch | undefined> {
    if (this.done === this.epochs) return undefined;
    const order = this.random.shuffle(this.order);
    const seeds = Uint32Array.from(order, () => this.random.seed());
    const total = this.pairs.total;
    let next = 0;
    let pairsDone = 0;
    let cost = 0;
    let isOver = false;
    const work = async (thread: number) => {
      let current: Promise<number> | undefined;
      let size = 0;
      const finish = async () => {
        if (current === undefined) return;
        // Not `cost += await`, which would add to what the cost was before the wait.
        const own = await current;
        cost += own;
        pairsDone += size;
        const share = pairsDone / total;
        onProgress?.(
          Math.round(share * this.samplesPerEpoch),
          this.samplesPerEpoch,
          cost / (share * this.samplesPerEpoch),
        );
      };
      try {
        for (let turn = 0; next < order.length && !isOver; turn ^= 1) {
          const bucket = next++;
          const slot = this.at.slots[2 * thread + turn];
          const into = new Uint8Array(this.kernel.buffer, slot, this.at.slotBytes);
          const count = await this.pairs.read(order[bucket], into);
          await finish();
          if (signal?.aborted) throw new Stopped();
          const { rows, steps } = this.at;
          const values = [slot, count, seeds[bucket], rows, 4 * this.columns, steps];
          current = this.threads.call(thread, 'pass', values);
          size = count;
        }
      } catch (error) {
        await current?.catch(() => undefined);
        throw error;
      }
      await finish();
    };
    const lanes = await Promise.allSettled(
      Array.from({ length: this.threadCount }, (_, thread) =>
        work(thread).catch((error: unknown) => {
          isOver = true;
          throw error;
        }),
      ),
    );
    for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
    this.done++;
    return {
      epoch: this.done,
      learningRate: this.options.learningRate,
      trainLoss: cost / this.samplesPerEpoch,
    };
  }

  /** Word and context vectors summed, without the biases. */
  async learnt(): Promise<Learnt> {
    const { dimensions } = this.options;
    const vectors = matrix(this.words, dimensions);
    for (let row = 0; row < this.words; row++) {
      const word = 4 * row * this.columns;
      for (let k = 0; k < dimensions; k++) {
        vectors.data[row * dimensions + k] =
          this.rows[word + k] + this.rows[word + this.columns + k];
      }
    }
    return { itemFactors: vectors, metrics: {} };
  }

  dispose(): void {
    void this.threads.close();
  }
}
