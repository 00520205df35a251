import { unitRows } from './cosines.ts';
import type { Matrix } from './matrix.ts';

/** Rows in a block: two blocks of 100 factors and their similarities stay in the processor's second cache. */
const BLOCK = 96;

/** The nearest neighbours of all rows among each other. */
export interface NeighbourTable {
  /** n × k: the neighbours of row i from i·k on, nearest first, of equals the lower row; never i itself. */
  rows: Int32Array;
  n: number;
  k: number;
}

/**
 * Finds each row's `k` nearest among the others by cosine, exactly. A similarity is computed once for the two rows
 * that it belongs to, block of rows by block of rows, so that the vectors are read from the processor's cache.
 *
 * It is a stepper: `step` does a share of the work and says whether there is more, and `table` may be read once it
 * is done. A vector of zeros has no direction: its cosine with anything is 0.
 */
export class CosineNeighbours {
  readonly n: number;
  readonly k: number;
  /** Blocks compared with each other, of `total`. */
  done = 0;
  readonly total: number;
  private readonly d: number;
  private readonly units: Float64Array;
  private readonly rows: Int32Array;
  private readonly values: Float64Array;
  private readonly tile = new Float64Array(BLOCK * BLOCK);
  private first = 0;
  private second = 0;

  /**
   * @param m n × d, finite
   * @throws RangeError when k is not in 1…n−1
   */
  constructor(m: Matrix, k: number) {
    if (!Number.isInteger(k) || k < 1 || k > m.rows - 1) {
      throw new RangeError(`k is ${k} (expected a whole number from 1 to ${m.rows - 1})`);
    }
    this.n = m.rows;
    this.k = k;
    this.d = m.columns;
    this.units = unitRows(m);
    this.rows = new Int32Array(m.rows * k).fill(-1);
    this.values = new Float64Array(m.rows * k).fill(-Infinity);
    const blocks = Math.ceil(m.rows / BLOCK);
    this.total = (blocks * (blocks + 1)) / 2;
  }

  /** Compares up to `pairs` pairs of blocks; false once all are done. */
  step(pairs: number): boolean {
    for (let p = 0; p < pairs && this.done < this.total; p++) {
      this.compare(this.first * BLOCK, this.second * BLOCK);
      this.done++;
      this.second++;
      if (this.second * BLOCK >= this.n) this.second = ++this.first;
    }
    return this.done < this.total;
  }

  get table(): NeighbourTable {
    return { rows: this.rows, n: this.n, k: this.k };
  }

  /** Rows meet the others in rising order, so that of equals the lower row stays before the higher. */
  private compare(i0: number, j0: number): void {
    const { n, tile } = this;
    const height = Math.min(BLOCK, n - i0);
    const width = Math.min(BLOCK, n - j0);
    multiply(this.units, this.d, i0, height, j0, width, tile);
    for (let i = 0; i < height; i++) {
      this.offer(i0 + i, j0, width, i * BLOCK, 1);
    }
    if (i0 === j0) return;
    for (let j = 0; j < width; j++) this.offer(j0 + j, i0, height, j, BLOCK);
  }

  /** Offers `count` rows from `from` on to `row`, their similarities `stride` apart in the tile. */
  private offer(row: number, from: number, count: number, at: number, stride: number): void {
    const { k, values, rows, tile } = this;
    const start = row * k;
    const last = start + k - 1;
    let worst = values[last];
    for (let c = 0; c < count; c++, at += stride) {
      const value = tile[at];
      if (value <= worst || from + c === row) continue;
      let place = last;
      while (place > start && values[place - 1] < value) {
        values[place] = values[place - 1];
        rows[place] = rows[place - 1];
        place--;
      }
      values[place] = value;
      rows[place] = from + c;
      worst = values[last];
    }
  }
}

/** Each row's `k` nearest by cosine, in one go. */
export function cosineNeighbours(m: Matrix, k: number): NeighbourTable {
  const search = new CosineNeighbours(m, k);
  search.step(Infinity);
  return search.table;
}

/** Dot products of rows i0… with rows j0…, into `tile`, four by two at a time so that each value read is used often. */
function multiply(
  units: Float64Array,
  d: number,
  i0: number,
  height: number,
  j0: number,
  width: number,
  tile: Float64Array,
): void {
  const evenHeight = height - (height % 2);
  const evenWidth = width - (width % 4);
  for (let i = 0; i < evenHeight; i += 2) {
    const a = (i0 + i) * d;
    for (let j = 0; j < evenWidth; j += 4) {
      const b = (j0 + j) * d;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let f = 0; f < d; f++) {
        const x = units[a + f];
        const y = units[a + d + f];
        const u0 = units[b + f];
        const u1 = units[b + d + f];
        const u2 = units[b + 2 * d + f];
        const u3 = units[b + 3 * d + f];
        s0 += x * u0;
        s1 += x * u1;
        s2 += x * u2;
        s3 += x * u3;
        t0 += y * u0;
        t1 += y * u1;
        t2 += y * u2;
        t3 += y * u3;
      }
      const at = i * BLOCK + j;
      tile[at] = s0;
      tile[at + 1] = s1;
      tile[at + 2] = s2;
      tile[at + 3] = s3;
      tile[at + BLOCK] = t0;
      tile[at + BLOCK + 1] = t1;
      tile[at + BLOCK + 2] = t2;
      tile[at + BLOCK + 3] = t3;
    }
  }
  for (let i = 0; i < height; i++) {
    for (let j = i < evenHeight ? evenWidth : 0; j < width; j++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += units[(i0 + i) * d + f] * units[(j0 + j) * d + f];
      tile[i * BLOCK + j] = sum;
    }
  }
}
