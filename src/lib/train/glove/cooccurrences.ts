import { type Cooccurrences, END, loadCooccurrences } from '../../kernels/cooccurrences.ts';
import { Layout, MEMORY_LIMIT } from '../../kernels/load.ts';
import type { Stop } from '../../math/stop.ts';
import { Stopped } from '../types.ts';
import { RowSum } from './rowSum.ts';
import { Run } from './runs.ts';
import type { OpenScratch, Scratch } from './scratch.ts';
import { ABSENT, type Vocabulary } from './vocabulary.ts';

/** Occurrences between looks at the signal. */
const PAUSE = 1 << 18;

/** Takes what was counted, row by row in ascending order. */
export interface RowSink {
  /** The arrays are valid during the call. */
  add(row: number, columns: Uint32Array, values: Float64Array): void;
  /** Called now and then, when there is time to write to disk. */
  settle(): Promise<void>;
}

export interface CountOptions {
  /** Words on each side. */
  window: number;
  /** How many there are, at most. */
  documents: number;
  /** Bytes that the counting may take. */
  memory: number;
  openScratch: OpenScratch;
  signal?: Stop;
  /** Occurrences of words counted, and in all. */
  onProgress?: (done: number, total: number) => void;
  /** Takes the plain JavaScript in any case. */
  plain?: boolean;
}

/**
 * Counts co-occurrences as GloVe weighs them: two words at distance d ≤ window in the same document count 1/d. Words
 * that the vocabulary does not have are left out first, so that their neighbours move together, as in the C program.
 *
 * The matrix is symmetric. What the sink is given is its lower triangle, column ≤ row; an entry on the diagonal counts
 * both directions, as the whole matrix does.
 *
 * Row by row: all places of a word are visited, and their neighbours of lower rank are summed in an array that fits in
 * the processor's cache. A corpus that does not fit in memory is counted in parts, whose rows go to disk and are added
 * up afterwards.
 *
 * @param tokens words by number with `END` after each document, in pieces
 * @param rows the row of each number in the vocabulary, or `ABSENT`
 * @throws Stopped when the signal is aborted
 */
export async function countCooccurrences(
  tokens: AsyncIterable<Uint32Array>,
  rows: Uint32Array,
  vocabulary: Vocabulary,
  sink: RowSink,
  options: CountOptions,
): Promise<void> {
  const size = vocabulary.words.length;
  const total = vocabulary.counts.reduce((sum, count) => sum + count, 0);
  const counter = await PartCounter.create(size, total, options);
  let scratch: Scratch | undefined;
  const runs: Run[] = [];
  try {
    for await (const isLast of counter.parts(tokens, rows)) {
      if (isLast && runs.length === 0) {
        await counter.count((row, columns, values) => sink.add(row, columns, values), sink);
        return;
      }
      scratch ??= await options.openScratch();
      const run = new Run(scratch, size);
      await counter.count((row, columns, values) => run.write(row, columns, values));
      await run.flush();
      runs.push(run);
    }
    await merge(runs, size, sink, options);
  } finally {
    await scratch?.close();
  }
}

/** Adds up the rows of all runs. */
async function merge(
  runs: Run[],
  rows: number,
  sink: RowSink,
  { signal, onProgress }: CountOptions,
): Promise<void> {
  const sum = new RowSum(rows);
  const columns = new Uint32Array(rows);
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    if (row % 256 === 0) {
      await pause(signal);
      onProgress?.(row, rows);
    }
    for (const run of runs) {
      const read = await run.read(row);
      sum.add(read.columns, read.values);
    }
    const count = sum.take(columns, values);
    if (count === 0) continue;
    sink.add(row, columns.subarray(0, count), values.subarray(0, count));
    await sink.settle();
  }
}

type Emit = (row: number, columns: Uint32Array, values: Float64Array) => void | Promise<void>;

/** Holds as much of a corpus as fits in memory, and counts it. */
class PartCounter {
  private readonly tokens: Uint32Array;
  private readonly places: Uint32Array;
  private readonly columns: Uint32Array;
  private readonly values: Float64Array;
  /** Where each word's places begin. */
  private readonly starts: Uint32Array;
  private length = 0;
  private cut = 1;
  private done = 0;

  private constructor(
    private readonly size: number,
    private readonly total: number,
    private readonly options: CountOptions,
    private readonly kernel: Cooccurrences,
    buffer: ArrayBuffer,
    private readonly at: ReturnType<typeof place>['at'],
    capacity: number,
  ) {
    this.tokens = new Uint32Array(buffer, at.tokens, capacity);
    this.places = new Uint32Array(buffer, at.places, capacity);
    this.columns = new Uint32Array(buffer, at.columns, size);
    this.values = new Float64Array(buffer, at.values, size);
    this.starts = new Uint32Array(size + 1);
    const weights = new Float64Array(buffer, at.weights, options.window + 1);
    for (let d = 1; d <= options.window; d++) weights[d] = 1 / d;
    this.tokens[0] = END;
  }

  static async create(size: number, total: number, options: CountOptions): Promise<PartCounter> {
    const { window, documents, memory, plain } = options;
    const fixed = place(size, window, 0).bytes;
    const fitting = Math.floor((Math.min(memory, MEMORY_LIMIT - 2 ** 20) - fixed) / 8);
    // No more than all tokens and ends, and no less than what makes progress.
    const capacity = Math.max(4 * window + 64, Math.min(fitting, total + documents + 2));
    const { at, bytes } = place(size, window, capacity);
    const { buffer, functions } = await loadCooccurrences(bytes, { plain });
    return new PartCounter(size, total, options, functions, buffer, at, capacity);
  }

  /** Fills the memory with the next part of the corpus; says whether it is the last. */
  async *parts(tokens: AsyncIterable<Uint32Array>, rows: Uint32Array): AsyncGenerator<boolean> {
    this.length = 1;
    this.cut = 1;
    for await (const piece of tokens) {
      for (const id of piece) {
        const row = id === END ? END : rows[id];
        if (id !== END && row === ABSENT) continue;
        if (id === END && this.tokens[this.length - 1] === END) continue;
        // The last place is kept for an end.
        if (this.length === this.tokens.length - 1) {
          this.tokens[this.length] = END;
          yield false;
          this.leadIn();
        }
        this.tokens[this.length++] = row;
      }
      await pause(this.options.signal);
    }
    this.tokens[this.length] = END;
    yield true;
  }

  /** Begins a part with the end of the part before, as far as it is within the window of what follows. */
  private leadIn(): void {
    let first = this.length;
    const least = Math.max(1, this.length - this.options.window);
    while (first > least && this.tokens[first - 1] !== END) first--;
    this.tokens.copyWithin(1, first, this.length);
    this.length = this.cut = 1 + this.length - first;
  }

  async count(emit: Emit, sink?: RowSink): Promise<void> {
    this.index();
    const { signal, onProgress, window } = this.options;
    const { starts, at } = this;
    let due = 0;
    for (let row = 0; row < this.size; row++) {
      if (this.done >= due) {
        await pause(signal);
        await sink?.settle();
        onProgress?.(Math.min(this.done, this.total), this.total);
        due = this.done + PAUSE;
      }
      const from = starts[row];
      const to = starts[row + 1];
      if (from === to) continue;
      const count = this.kernel.row(
        at.tokens,
        this.cut,
        at.places,
        from,
        to,
        row,
        window,
        at.weights,
        at.sums,
        at.marks,
        at.columns,
        at.values,
      );
      this.done += to - from;
      if (count === 0) continue;
      const written = emit(row, this.columns.subarray(0, count), this.values.subarray(0, count));
      if (written !== undefined) await written;
    }
    await sink?.settle();
  }

  /** Sorts the places of the part by the word that stands there. */
  private index(): void {
    const { tokens, places, starts, length } = this;
    const next = starts.fill(0).slice();
    for (let place = 1; place < length; place++) {
      if (tokens[place] !== END) starts[tokens[place] + 1]++;
    }
    for (let row = 0; row < this.size; row++) starts[row + 1] += starts[row];
    next.set(starts);
    for (let place = 1; place < length; place++) {
      if (tokens[place] !== END) places[next[tokens[place]]++] = place;
    }
  }
}

function place(size: number, window: number, capacity: number) {
  const layout = new Layout();
  const at = {
    tokens: layout.reserve(capacity),
    places: layout.reserve(capacity),
    weights: layout.reserve(2 * (window + 1)),
    sums: layout.reserve(2 * size),
    marks: layout.reserve(2 * Math.ceil(size / 64)),
    columns: layout.reserve(size),
    values: layout.reserve(2 * size),
  };
  return { at, bytes: layout.bytes };
}

async function pause(signal: Stop | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  if (signal?.aborted) throw new Stopped();
}
