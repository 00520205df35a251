import { PAIR_BYTES } from '../../kernels/glove.ts';
import type { OpenScratch, Scratch } from './scratch.ts';

/** Pairs that are kept together, in memory or on disk: at most, and at least. */
const MOST_TOGETHER = 1 << 12;
const LEAST_TOGETHER = 1 << 6;
/** Pairs that a bucket should have, and how many buckets there are at most. */
const BUCKET = 1 << 16;
const MOST_BUCKETS = 1024;

export interface Weighting {
  /** Co-occurrences that count fully. */
  xMax: number;
  alpha: number;
}

export interface PairsOptions extends Weighting {
  seed: number;
  /** How many pairs there can be, at most; buckets are planned for it. */
  bound: number;
  /** Bytes that the pairs may take before they go to disk. */
  memory: number;
  openScratch: OpenScratch;
}

interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where it lies on disk; its bytes are gone then. */
  position?: number;
}

/**
 * Co-occurring pairs of words, dealt into buckets at random, as the kernel takes them: the two words, the logarithm of
 * their co-occurrence x, and its weight f(x) = min(1, (x / xMax)^alpha). What exceeds the memory goes to disk.
 *
 * Buckets in random order, and pairs in random order within each (the kernel's `shuffle`), are pairs in random order,
 * since the bucket of a pair is a hash of its words and the seed.
 */
export class Pairs {
  /** Pairs in each bucket. */
  readonly counts: Uint32Array;
  /** Pairs (i, j) with i ≥ j, and pairs in both directions. */
  total = 0;
  directed = 0;
  private readonly pieces: Piece[][];
  private readonly open: { integers: Uint32Array; floats: Float32Array; filled: number }[];
  private readonly free: ArrayBuffer[] = [];
  private readonly pieceSize: number;
  private readonly roomForFull: number;
  private inMemory = 0;
  private scratch: Scratch | undefined;

  constructor(private readonly options: PairsOptions) {
    const { bound, memory } = options;
    const buckets = Math.min(MOST_BUCKETS, Math.max(1, Math.ceil(bound / BUCKET)));
    // Each bucket has a piece that is being filled; these take half of the memory at most.
    const fitting = Math.floor(memory / 2 / buckets / PAIR_BYTES);
    this.pieceSize = Math.min(MOST_TOGETHER, Math.max(LEAST_TOGETHER, fitting));
    this.roomForFull = Math.max(0, memory - buckets * this.pieceSize * PAIR_BYTES);
    this.counts = new Uint32Array(buckets);
    this.pieces = Array.from({ length: buckets }, () => []);
    this.open = Array.from({ length: buckets }, () => this.piece());
  }

  /** Takes a row of co-occurrences. */
  add(row: number, columns: Uint32Array, values: Float64Array): void {
    const { seed, xMax, alpha } = this.options;
    const logarithmOfMost = Math.log(xMax);
    const salt = mix(row ^ mix(seed));
    const buckets = this.counts.length;
    for (let k = 0; k < columns.length; k++) {
      const column = columns[k];
      const bucket = Math.floor(((mix(column ^ salt) >>> 0) * buckets) / 2 ** 32);
      let piece = this.open[bucket];
      if (piece.filled === this.pieceSize) {
        this.pieces[bucket].push({ bytes: new Uint8Array(piece.integers.buffer as ArrayBuffer) });
        this.inMemory += this.pieceSize * PAIR_BYTES;
        piece = this.open[bucket] = this.piece();
      }
      const logarithm = Math.log(values[k]);
      const at = 4 * piece.filled++;
      piece.integers[at] = row;
      piece.integers[at + 1] = column;
      piece.floats[at + 2] = logarithm;
      piece.floats[at + 3] = values[k] < xMax ? Math.exp(alpha * (logarithm - logarithmOfMost)) : 1;
      this.counts[bucket]++;
    }
    this.total += columns.length;
    // The diagonal, if any, is last.
    const hasDiagonal = columns.length > 0 && columns[columns.length - 1] === row;
    this.directed += 2 * columns.length - (hasDiagonal ? 1 : 0);
  }

  /** Puts on disk what is too much for the memory. */
  async settle(): Promise<void> {
    if (this.inMemory <= this.roomForFull) return;
    this.scratch ??= await this.options.openScratch();
    for (const pieces of this.pieces) {
      for (const piece of pieces) {
        if (piece.position !== undefined) continue;
        piece.position = await this.scratch.append(piece.bytes);
        this.free.push(piece.bytes.buffer);
        piece.bytes = new Uint8Array(0);
      }
    }
    this.inMemory = 0;
  }

  /** The most pairs that a bucket has. */
  get largest(): number {
    return this.counts.reduce((most, count) => Math.max(most, count), 0);
  }

  /** Copies a bucket's pairs to the start of `into`; says how many they are. */
  async read(bucket: number, into: Uint8Array): Promise<number> {
    const bytes = this.pieceSize * PAIR_BYTES;
    let end = 0;
    for (const piece of this.pieces[bucket]) {
      const place = into.subarray(end, end + bytes);
      if (piece.position === undefined) place.set(piece.bytes);
      else await this.scratch!.read(place, piece.position);
      end += bytes;
    }
    const { integers, filled } = this.open[bucket];
    into.set(new Uint8Array(integers.buffer, 0, filled * PAIR_BYTES), end);
    return this.counts[bucket];
  }

  /** Gives the room on disk back. */
  async close(): Promise<void> {
    await this.scratch?.close();
    this.scratch = undefined;
  }

  private piece() {
    const buffer = this.free.pop() ?? new ArrayBuffer(this.pieceSize * PAIR_BYTES);
    return { integers: new Uint32Array(buffer), floats: new Float32Array(buffer), filled: 0 };
  }
}

/** Mixes 32 bits so that each bit of the answer depends on all (multipliers of Wellons' hash-prospector project). */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
