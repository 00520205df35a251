import type { Matrix } from './matrix.ts';

/** Every row's nearest other rows. */
export interface NeighbourGraph {
  readonly n: number;
  /** Neighbours of each row. */
  readonly k: number;
  /** n × k: nearest first, of equals the lower row first. */
  readonly rows: Int32Array;
  /** n × k, squared Euclidean. */
  readonly squaredDistances: Float64Array;
}

/** Rows that are compared with all others between two reports. */
const BLOCK = 64;

/**
 * The `k` nearest neighbours of every row, exactly, by Euclidean distance. Every pair is computed once, blocked
 * like a matrix product: |a − b|² = |a|² + |b|² − 2ab.
 *
 * @param m n × d, finite
 * @returns a generator that yields after each block how many of the n rows are done, and returns the graph
 * @throws RangeError when k is not in 0 … n − 1, or a value is not finite
 */
export function* neighbourGraph(m: Matrix, k: number): Generator<number, NeighbourGraph> {
  const { rows: n, columns: d } = m;
  if (!Number.isInteger(k) || k < 0 || k > Math.max(0, n - 1)) {
    throw new RangeError(`k is ${k} (expected a whole number from 0 to ${Math.max(0, n - 1)})`);
  }
  checkFinite(m);
  const nearest = new NearestSoFar(n, k);
  // Rows of zeros fill up the last tiles: they are computed and not looked at.
  const data = new Float64Array((n + 4) * d);
  data.set(m.data);
  const squares = new Float64Array(n + 4);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) squares[i] += data[i * d + j] * data[i * d + j];
  }
  for (let from = 0; k > 0 && from < n; from += BLOCK) {
    const to = Math.min(n, from + BLOCK);
    for (let other = from; other < n; other += BLOCK) {
      blockPairs(data, squares, d, from, to, other, Math.min(n, other + BLOCK), nearest);
    }
    yield to;
  }
  return { n, k, ...nearest.sorted() };
}

/** @throws RangeError naming the first row that holds a value that is not finite */
export function checkFinite({ data, columns }: Matrix): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new RangeError(
    `row ${Math.floor(bad / columns)}, column ${bad % columns} is ${data[bad]} (expected a finite number)`,
  );
}

/** All pairs i < j of two blocks of rows, in tiles of 4 × 2. */
function blockPairs(
  data: Float64Array,
  squares: Float64Array,
  d: number,
  fromI: number,
  toI: number,
  fromJ: number,
  toJ: number,
  nearest: NearestSoFar,
): void {
  for (let i = fromI; i < toI; i += 4) {
    const a0 = i * d;
    const a1 = a0 + d;
    const a2 = a1 + d;
    const a3 = a2 + d;
    const isWhole = i + 4 <= toI;
    for (let j = fromJ === fromI ? i : fromJ; j < toJ; j += 2) {
      const b0 = j * d;
      const b1 = b0 + d;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let l = 0; l < d; l++) {
        const p = data[b0 + l];
        const q = data[b1 + l];
        const x0 = data[a0 + l];
        const x1 = data[a1 + l];
        const x2 = data[a2 + l];
        const x3 = data[a3 + l];
        s00 += x0 * p;
        s01 += x0 * q;
        s10 += x1 * p;
        s11 += x1 * q;
        s20 += x2 * p;
        s21 += x2 * q;
        s30 += x3 * p;
        s31 += x3 * q;
      }
      const p = squares[j];
      nearest.pair(i, j, squares[i] + p - 2 * s00);
      if (isWhole || i + 1 < toI) nearest.pair(i + 1, j, squares[i + 1] + p - 2 * s10);
      if (isWhole || i + 2 < toI) nearest.pair(i + 2, j, squares[i + 2] + p - 2 * s20);
      if (isWhole) nearest.pair(i + 3, j, squares[i + 3] + p - 2 * s30);
      if (j + 1 >= toJ) continue;
      const q = squares[j + 1];
      nearest.pair(i, j + 1, squares[i] + q - 2 * s01);
      if (isWhole || i + 1 < toI) nearest.pair(i + 1, j + 1, squares[i + 1] + q - 2 * s11);
      if (isWhole || i + 2 < toI) nearest.pair(i + 2, j + 1, squares[i + 2] + q - 2 * s21);
      if (isWhole) nearest.pair(i + 3, j + 1, squares[i + 3] + q - 2 * s31);
    }
  }
}

/** For each of n rows a heap of the k nearest seen, the furthest (of equals the highest row) at its root. */
class NearestSoFar {
  private readonly rows: Int32Array;
  private readonly distances: Float64Array;
  /** The root of each heap. */
  private readonly furthest: Float64Array;

  constructor(
    private readonly n: number,
    private readonly k: number,
  ) {
    this.rows = new Int32Array(n * k).fill(n);
    this.distances = new Float64Array(n * k).fill(Infinity);
    this.furthest = new Float64Array(n).fill(Infinity);
  }

  /** Pairs come with rising j for each i, and rising i for each j, so that of equals the first is kept. */
  pair(i: number, j: number, squaredDistance: number): void {
    if (i >= j) return;
    if (squaredDistance < this.furthest[i]) this.replaceFurthest(i, j, squaredDistance);
    if (squaredDistance < this.furthest[j]) this.replaceFurthest(j, i, squaredDistance);
  }

  private replaceFurthest(of: number, row: number, squaredDistance: number): void {
    // Rounding may leave the square of a tiny distance just below zero.
    this.sink(of * this.k, this.k, Math.max(0, squaredDistance), row);
    this.furthest[of] = this.distances[of * this.k];
  }

  /** Puts an entry in the place of the root of the heap of `size` at `base`. */
  private sink(base: number, size: number, distance: number, row: number): void {
    const { distances, rows } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.isFurther(base + child + 1, base + child)) child++;
      const other = base + child;
      if (distances[other] < distance || (distances[other] === distance && rows[other] < row)) {
        break;
      }
      distances[base + at] = distances[other];
      rows[base + at] = rows[other];
      at = child;
    }
    distances[base + at] = distance;
    rows[base + at] = row;
  }

  private isFurther(a: number, b: number): boolean {
    const { distances, rows } = this;
    return distances[a] > distances[b] || (distances[a] === distances[b] && rows[a] > rows[b]);
  }

  /** The heaps put in order, nearest first. */
  sorted(): Pick<NeighbourGraph, 'rows' | 'squaredDistances'> {
    const { distances, rows, k } = this;
    for (let base = 0; base < this.n * k; base += k) {
      for (let size = k - 1; size > 0; size--) {
        const distance = distances[base + size];
        const row = rows[base + size];
        distances[base + size] = distances[base];
        rows[base + size] = rows[base];
        this.sink(base, size, distance, row);
      }
    }
    return { rows, squaredDistances: distances };
  }
}
