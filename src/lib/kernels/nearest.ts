import { wasm } from './generated/nearest.ts';
import { wasm as relaxedWasm } from './generated/nearest.relaxed.ts';
import { wasm as relaxedSharedWasm } from './generated/nearest.relaxed.shared.ts';
import { wasm as sharedWasm } from './generated/nearest.shared.ts';
import { type Kernel, loadKernel } from './load.ts';
import type { TeamKernelSource } from './team.ts';

/** Metrics as the kernel knows them. */
export const METRICS = { dot: 0, cosine: 1, euclidean: 2 } as const;

/**
 * The scan of a matrix for the rows nearest to a query.
 *
 * Rows and queries have `stride` bytes (float32, a multiple of 16 bytes, zeros at the end). How near a row
 * is, is a float32, the greater the nearer: the dot product, the dot product times the row's scale (one over
 * its length, so that the cosine is this over the query's length), or the squared distance times −1. It is
 * near the true value, no more: sums are formed in another order here and there. A row that holds NaN is
 * near to nothing.
 *
 * A heap holds the `size` nearest rows seen so far, the worst first: `size` values, float32, and as many rows,
 * uint32; of equals the higher row is the worse. An empty place has the value −∞. Offsets and strides are in
 * bytes; `from` and `to` (half open) are multiples of 4.
 */
export interface Scan {
  /** Offers rows to the heap of one query. */
  search(
    metric: number,
    rows: number,
    scales: number,
    from: number,
    to: number,
    stride: number,
    query: number,
    heap: number,
    size: number,
  ): void;

  /**
   * Offers rows to the heaps of `count` queries (a multiple of 4) that lie one after another, `block` rows
   * (an even number) at a time for all queries, so that rows are read from memory once.
   *
   * @param limits the worst value of each heap; a query whose limit is ∞ is offered nothing
   * @param products room for eight values
   */
  searchBlock(
    metric: number,
    rows: number,
    scales: number,
    from: number,
    to: number,
    stride: number,
    queries: number,
    count: number,
    heaps: number,
    size: number,
    limits: number,
    block: number,
    products: number,
  ): void;

  /**
   * As `search`, over rows of `bytes` bytes (whole numbers from −127 to 127, a multiple of 8) and a query of as many
   * 16-bit whole numbers. A row's value is product · scale − offset · factor, the product exact.
   */
  searchBytes(
    rows: number,
    scales: number,
    offsets: number,
    from: number,
    to: number,
    bytes: number,
    query: number,
    factor: number,
    heap: number,
    size: number,
  ): void;

  /** As `searchBlock`, over rows of bytes; each query has a factor. */
  searchBytesBlock(
    rows: number,
    scales: number,
    offsets: number,
    from: number,
    to: number,
    bytes: number,
    queries: number,
    factors: number,
    count: number,
    heaps: number,
    size: number,
    limits: number,
    block: number,
    products: number,
  ): void;

  /** Writes the rows whose value is `limit` or greater to `found`, ascending, and returns how many there are. */
  collect(
    metric: number,
    rows: number,
    scales: number,
    from: number,
    to: number,
    stride: number,
    query: number,
    limit: number,
    found: number,
  ): number;
}

/** The scan on `bytes` bytes of fresh memory; see `loadKernel`. */
export function loadScan(bytes: number, options?: { plain?: boolean }): Promise<Kernel<Scan>> {
  return loadKernel(wasm, scanTwin, bytes, options);
}

/** The scan for one thread or several; see `loadTeam`. */
export const scanSource: TeamKernelSource<Scan> = {
  wasm,
  sharedWasm,
  relaxed: { wasm: relaxedWasm, sharedWasm: relaxedSharedWasm },
  twin: scanTwin,
};

/** The same functions in plain JavaScript. */
export function scanTwin(buffer: ArrayBufferLike): Scan {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);
  const bytesOf = new Int8Array(buffer);
  const integers = new Int16Array(buffer);

  /** How near a row (at `a`, its scale at `scale`) and a query (at `b`) are. */
  function nearness(metric: number, a: number, scale: number, b: number, columns: number): number {
    let sum = 0;
    if (metric === METRICS.euclidean) {
      for (let j = 0; j < columns; j++) {
        const difference = f[a + j] - f[b + j];
        sum -= difference * difference;
      }
    } else {
      for (let j = 0; j < columns; j++) sum += f[a + j] * f[b + j];
      if (metric === METRICS.cosine) sum *= f[scale];
    }
    return Math.fround(sum);
  }

  /** The product of a row of bytes (at `a`) and a query of 16-bit whole numbers (at `b`). */
  function product(a: number, b: number, columns: number): number {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += bytesOf[a + j] * integers[b + j];
    return sum;
  }

  const worse = (a: number, aRow: number, b: number, bRow: number) =>
    a < b || (a === b && aRow > bRow);

  /** Puts a row in place of the worst of a heap at `heap`; returns the value of what is the worst then. */
  function replace(heap: number, size: number, value: number, row: number): number {
    const rows = heap + size;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && worse(f[heap + right], u[rows + right], f[heap + child], u[rows + child]))
        child = right;
      if (!worse(f[heap + child], u[rows + child], value, row)) break;
      f[heap + at] = f[heap + child];
      u[rows + at] = u[rows + child];
      at = child;
    }
    f[heap + at] = value;
    u[rows + at] = row;
    return f[heap];
  }

  return {
    search(metric, rows, scales, from, to, stride, query, heap, size) {
      const columns = stride >>> 2;
      let limit = f[heap >>> 2];
      for (let i = from; i < to; i++) {
        const row = (rows >>> 2) + i * columns;
        const value = nearness(metric, row, (scales >>> 2) + i, query >>> 2, columns);
        if (value > limit) limit = replace(heap >>> 2, size, value, i);
      }
    },

    searchBlock(
      metric,
      rows,
      scales,
      from,
      to,
      stride,
      queries,
      count,
      heaps,
      size,
      limits,
      block,
    ) {
      const columns = stride >>> 2;
      for (let start = from; start < to; start += block) {
        const end = Math.min(to, start + block);
        for (let q = 0; q < count; q++) {
          const limit = (limits >>> 2) + q;
          if (f[limit] === Infinity) continue;
          const query = (queries >>> 2) + q * columns;
          const heap = (heaps >>> 2) + 2 * q * size;
          for (let i = start; i < end; i++) {
            const row = (rows >>> 2) + i * columns;
            const value = nearness(metric, row, (scales >>> 2) + i, query, columns);
            if (value > f[limit]) f[limit] = replace(heap, size, value, i);
          }
        }
      }
    },

    searchBytes(rows, scales, offsets, from, to, bytes, query, factor, heap, size) {
      let limit = f[heap >>> 2];
      for (let i = from; i < to; i++) {
        const scaled = product(rows + i * bytes, query >>> 1, bytes) * f[(scales >>> 2) + i];
        const value = Math.fround(scaled - f[(offsets >>> 2) + i] * factor);
        if (value > limit) limit = replace(heap >>> 2, size, value, i);
      }
    },

    searchBytesBlock(
      rows,
      scales,
      offsets,
      from,
      to,
      bytes,
      queries,
      factors,
      count,
      heaps,
      size,
      limits,
      block,
    ) {
      for (let start = from; start < to; start += block) {
        const end = Math.min(to, start + block);
        for (let q = 0; q < count; q++) {
          const limit = (limits >>> 2) + q;
          if (f[limit] === Infinity) continue;
          const query = (queries >>> 1) + q * bytes;
          const heap = (heaps >>> 2) + 2 * q * size;
          const factor = f[(factors >>> 2) + q];
          for (let i = start; i < end; i++) {
            const scaled = product(rows + i * bytes, query, bytes) * f[(scales >>> 2) + i];
            const value = Math.fround(scaled - f[(offsets >>> 2) + i] * factor);
            if (value > f[limit]) f[limit] = replace(heap, size, value, i);
          }
        }
      }
    },

    collect(metric, rows, scales, from, to, stride, query, limit, found) {
      const columns = stride >>> 2;
      let count = 0;
      for (let i = from; i < to; i++) {
        const row = (rows >>> 2) + i * columns;
        const value = nearness(metric, row, (scales >>> 2) + i, query >>> 2, columns);
        if (value >= limit) u[(found >>> 2) + count++] = i;
      }
      return count;
    },
  };
}
