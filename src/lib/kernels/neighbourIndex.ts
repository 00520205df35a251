import type { Matrix } from '../math/matrix.ts';
import {
  checkQuery,
  lowest,
  measureOf,
  type Metric,
  type Nearest,
  nearest,
} from '../math/neighbours.ts';
import { Layout, MEMORY_LIMIT } from './load.ts';
import { METRICS, type Scan, scanSource } from './nearest.ts';
import { copyPadded, lengthOf } from './paddedRows.ts';
import { quantiseQuery, quantiseRows } from './quantise.ts';
import { isBounded, quantisedHighest, singleBound } from './roundingBound.ts';
import { loadTeam, soloTeam, type TeamKernel, type TeamStarter } from './team.ts';

/** A matrix in a kernel's memory, ready to be asked for neighbours. Every answer is that of math's `nearest`. */
export interface NeighbourIndex {
  readonly rows: number;
  readonly columns: number;
  /** Bytes of memory. */
  readonly bytes: number;
  readonly backend: 'kernel' | 'javascript';
  /** Threads that share the rows between them. */
  readonly threads: number;

  /**
   * The `k` rows nearest to a vector, or to the row of a number.
   *
   * @param exclude a row that is left out; a row's own where the query is a row
   * @throws RangeError as `nearest` does, and when there is no such row
   */
  nearest(query: Float32Array | number, k: number, metric: Metric, exclude?: number): Nearest;

  /** The `k` rows nearest to each row of `queries`, which are taken in blocks, so that the matrix is read once a block. */
  nearestBatch(queries: Matrix, k: number, metric: Metric): Nearest[];

  /** Lets go of the memory. */
  free(): void;
}

export interface NeighbourIndexOptions {
  /**
   * Keeps a copy of the vectors in bytes too, a quarter as large again, which is scanned in their place: faster,
   * and as exact.
   */
  quantised?: boolean;
  /** Threads that share the rows between them; worth it from some million values on. Left out: the calling thread. */
  team?: TeamStarter;
  /** Takes the plain JavaScript twin of the kernel. */
  plain?: boolean;
}

/**
 * Rows that a heap has room for beyond the k asked for, so that a second scan is rarely needed. Bytes leave much
 * undecided among the rows of a cluster.
 */
const spare = (k: number, quantised: boolean) => (quantised ? 3 * k + 128 : 8);
/** The most queries that are answered in one pass over the matrix. */
export const QUERIES = 128;
/** Places of all heaps together. */
const PLACES = QUERIES * 192;
/** The row of an empty place of a heap: none is worse. */
const EMPTY = 2 ** 32 - 1;
/** Lengths are between two to the power of this and one over it, or vectors are not scanned as bytes. */
const QUANTISED_EXPONENT = 30;
/** Bytes of rows that are taken at a time for all queries of a block; they stay in the second-level cache. */
const BLOCK_BYTES = 2 ** 16;
const blockOf = (stride: number) => Math.max(4, Math.floor(BLOCK_BYTES / stride / 4) * 4);

interface Query {
  /** In the kernel's memory, with zeros at the end. */
  vector: Float32Array;
  length: number;
  /** A row that is left out, or −1. */
  exclude: number;
  /** What the query was rounded to, where rows were scanned as bytes. */
  whole?: { step: number; residual: number };
}

/**
 * An index of the rows of `m`, which are copied.
 *
 * The kernel computes in single precision, or from vectors rounded to bytes. Rounding is bounded, so whatever
 * may be among the k nearest is taken from the kernel and ranked in double precision: answers are exact, and
 * the same with the compiled kernel, its plain twin and `nearest`, ties included. Vectors so long or short that single precision gives
 * no bound, or infinite, are left to `nearest` itself.
 *
 * @param m n × d
 * @throws RangeError when there is no memory for it
 */
export async function neighbourIndex(
  m: Matrix,
  options: NeighbourIndexOptions = {},
): Promise<NeighbourIndex> {
  const columns = Math.max(4, Math.ceil(m.columns / 4) * 4);
  const paddedRows = Math.ceil(m.rows / 4) * 4;
  const stride = 4 * columns;
  const byteColumns = Math.ceil(columns / 8) * 8;
  const most = options.plain ? 1 : (options.team ?? soloTeam).count;
  const layout = new Layout();
  const at = {
    rows: layout.reserve(paddedRows * columns),
    scales: layout.reserve(paddedRows),
    found: layout.reserve(paddedRows),
    queries: layout.reserve(QUERIES * columns),
    // Of each thread.
    heaps: layout.reserve(most * 2 * PLACES),
    limits: layout.reserve(most * QUERIES),
    products: layout.reserve(most * 8),
    factors: layout.reserve(QUERIES),
    wholeQueries: layout.reserve((QUERIES * byteColumns) / 2),
  };
  const bytesAt = options.quantised && {
    rows: layout.reserve((paddedRows * byteColumns) / 4),
    scales: layout.reserve(paddedRows),
    relativeScales: layout.reserve(paddedRows),
    squares: layout.reserve(paddedRows),
  };
  let loaded: TeamKernel<Scan> | undefined = await load(layout.bytes, m, options);
  const { backend } = loaded.kernel;
  const threads = loaded.team.count;
  /** The row, a multiple of 4, that a thread's rows begin with. */
  const firstRow = (member: number) => 4 * Math.floor((member * paddedRows) / 4 / threads);
  const heapsOf = (member: number) => at.heaps + 8 * PLACES * member;
  const limitsOf = (member: number) => at.limits + 4 * QUERIES * member;
  const productsOf = (member: number) => at.products + 32 * member;

  const floats = (offset: number, length: number) =>
    new Float32Array(live().buffer, offset, length);
  const integers = (offset: number, length: number) =>
    new Uint32Array(live().buffer, offset, length);
  /** The rows with their zeros at the end, which change no sum. */
  const padded = (): Matrix => ({ data: floats(at.rows, m.rows * columns), rows: m.rows, columns });
  const lengths = copyPadded(m, floats(at.rows, paddedRows * columns), columns);
  const scales = floats(at.scales, paddedRows);
  const range = { longest: 0, shortest: Infinity };
  lengths.forEach((length, i) => {
    scales[i] = length === 0 ? 0 : 1 / length;
    if (length > range.longest) range.longest = length;
    if (length > 0 && length < range.shortest) range.shortest = length;
  });
  const bounded = (exponent?: number) =>
    isBounded(range.longest, exponent) &&
    (range.longest === 0 || isBounded(range.shortest, exponent));
  const quantised = bytesAt && bounded(QUANTISED_EXPONENT) ? quantise(bytesAt) : undefined;
  const block = blockOf(quantised ? byteColumns : stride);

  function quantise(places: Exclude<typeof bytesAt, false | undefined>) {
    const target = new Int8Array(live().buffer, places.rows, m.rows * byteColumns);
    const made = quantiseRows(m, lengths, target, byteColumns);
    floats(places.scales, paddedRows).fill(NaN).set(made.steps);
    floats(places.relativeScales, paddedRows)
      .fill(NaN)
      .set(made.steps.map((step, i) => (step === 0 ? 0 : step / lengths[i])));
    floats(places.squares, paddedRows).set(lengths.map((length) => length ** 2));
    return { ...made, at: places };
  }

  function working(): TeamKernel<Scan> {
    if (!loaded) throw new Error('this neighbour index has been freed');
    return loaded;
  }
  function live() {
    return working().kernel;
  }

  /** The k nearest of some rows, and the value of the kth in the kernel's terms, if there are k. */
  function rank(
    rows: ArrayLike<number>,
    { vector, length, exclude }: Query,
    k: number,
    metric: Metric,
  ): Nearest & { kth: number } {
    const ascending = Int32Array.from(rows).sort();
    const measured = Float64Array.from(ascending, measureOf(padded(), vector, metric));
    const sign = metric === 'euclidean' ? 1 : -1;
    const order = lowest(
      measured.map((value) => sign * value),
      k,
      ascending.indexOf(exclude),
    );
    const values = Float64Array.from(order, (place) => measured[place]);
    let kth = -Infinity;
    if (values.length >= k) {
      const last = values[k - 1];
      kth = metric === 'dot' ? last : metric === 'cosine' ? last * length : -(last ** 2);
    }
    return { rows: order.map((place) => ascending[place]), values, kth };
  }

  /** The answer to query `q` from its heaps, or from a second scan where those hold too little. */
  function settle(query: Query, q: number, size: number, k: number, metric: Metric): Nearest {
    const places: number[] = [];
    /** The greatest value that a row beside them can have. */
    let worst = -Infinity;
    for (let member = 0; member < threads; member++) {
      const heap = heapsOf(member) + 8 * q * size;
      worst = Math.max(worst, floats(heap, 1)[0]);
      for (const row of integers(heap + 4 * size, size)) if (row !== EMPTY) places.push(row);
    }
    const { kth, ...nearest } = rank(places, query, k, metric);
    const single = singleBound(metric, columns, query.length, range);
    const highest =
      quantised && query.whole
        ? quantisedHighest(metric, query.length, query.whole, quantised, range)
        : single.highest;
    if (worst === -Infinity || highest(worst) < kth) return nearest;
    const count = live().functions.collect(
      METRICS[metric],
      at.rows,
      at.scales,
      0,
      paddedRows,
      stride,
      query.vector.byteOffset,
      single.lowest(kth),
      at.found,
    );
    const { rows, values } = rank(integers(at.found, count), query, k, metric);
    return { rows, values };
  }

  /** Offers all rows to the heaps of queries that lie in memory one after another. */
  function scan(queries: Query[], size: number, metric: Metric): void {
    const { team } = working();
    const count = Math.ceil(queries.length / 4) * 4;
    for (let member = 0; member < threads; member++) {
      queries.forEach((_, q) => {
        const heap = heapsOf(member) + 8 * q * size;
        floats(heap, size).fill(-Infinity);
        integers(heap + 4 * size, size).fill(EMPTY);
      });
      floats(limitsOf(member), count).fill(Infinity).fill(-Infinity, 0, queries.length);
    }
    const first = queries[0].vector.byteOffset;
    if (quantised && queries.every(({ length }) => isBounded(length, QUANTISED_EXPONENT))) {
      const { rows, scales, relativeScales, squares } = quantised.at;
      const factors = floats(at.factors, count).fill(0);
      queries.forEach((query, q) => {
        const offset = at.wholeQueries + 2 * q * byteColumns;
        const target = new Int16Array(live().buffer, offset, byteColumns).fill(0);
        query.whole = quantiseQuery(query.vector, target);
        if (metric === 'euclidean') factors[q] = 1 / (2 * query.whole.step);
      });
      const places = [rows, metric === 'cosine' ? relativeScales : scales, squares] as const;
      const area = (member: number) =>
        [firstRow(member), firstRow(member + 1), byteColumns, at.wholeQueries] as const;
      if (queries.length === 1) {
        const [factor] = factors;
        team.run('searchBytes', (member) => [
          ...places,
          ...area(member),
          factor,
          heapsOf(member),
          size,
        ]);
      } else {
        team.run('searchBytesBlock', (member) => [
          ...places,
          ...area(member),
          at.factors,
          count,
          heapsOf(member),
          size,
          limitsOf(member),
          block,
          productsOf(member),
        ]);
      }
      return;
    }
    const places = (member: number) =>
      [
        METRICS[metric],
        at.rows,
        at.scales,
        firstRow(member),
        firstRow(member + 1),
        stride,
        first,
      ] as const;
    if (queries.length === 1) {
      team.run('search', (member) => [...places(member), heapsOf(member), size]);
    } else {
      team.run('searchBlock', (member) => [
        ...places(member),
        count,
        heapsOf(member),
        size,
        limitsOf(member),
        block,
        productsOf(member),
      ]);
    }
  }

  /** Answers queries that lie in memory one after another. */
  function answer(
    first: number,
    count: number,
    k: number,
    metric: Metric,
    exclude: number,
  ): Nearest[] {
    const size = Math.min(k + 1 + spare(k, quantised !== undefined), paddedRows);
    const queries = Array.from({ length: count }, (_, q): Query => {
      const vector = floats(first + q * stride, columns);
      return { vector, length: lengthOf(vector), exclude };
    });
    if (k === 0 || m.rows === 0 || size > PLACES || !bounded()) {
      return queries.map((query) => nearest(padded(), query.vector, k, metric, query.exclude));
    }
    const most = Math.max(1, Math.min(QUERIES, Math.floor(PLACES / size / 4) * 4));
    const answers: Nearest[] = [];
    for (let from = 0; from < count; from += most) {
      const some = queries.slice(from, from + most);
      scan(some, size, metric);
      some.forEach((query, q) =>
        answers.push(
          isBounded(query.length)
            ? settle(query, q, size, k, metric)
            : nearest(padded(), query.vector, k, metric, query.exclude),
        ),
      );
    }
    return answers;
  }

  return {
    rows: m.rows,
    columns: m.columns,
    bytes: layout.bytes,
    backend,
    threads,

    nearest(query, k, metric, exclude) {
      if (typeof query === 'number') {
        if (!Number.isInteger(query) || query < 0 || query >= m.rows) {
          throw new RangeError(`row is ${query} (expected a whole number from 0 to ${m.rows - 1})`);
        }
        checkQuery(floats(at.rows + query * stride, m.columns), m.columns, k);
        return answer(at.rows + query * stride, 1, k, metric, exclude ?? query)[0];
      }
      checkQuery(query, m.columns, k);
      floats(at.queries, columns).fill(0).set(query);
      return answer(at.queries, 1, k, metric, exclude ?? -1)[0];
    },

    nearestBatch(queries, k, metric) {
      const answers: Nearest[] = [];
      const row = (q: number) =>
        queries.data.subarray(q * queries.columns, (q + 1) * queries.columns);
      for (let q = 0; q < queries.rows; q++) checkQuery(row(q), m.columns, k);
      for (let from = 0; from < queries.rows; from += QUERIES) {
        const count = Math.min(QUERIES, queries.rows - from);
        const room = floats(at.queries, QUERIES * columns).fill(0);
        for (let q = 0; q < count; q++) room.set(row(from + q), q * columns);
        answers.push(...answer(at.queries, count, k, metric, -1));
      }
      return answers;
    },

    free() {
      void loaded?.team.close();
      loaded = undefined;
    },
  };
}

async function load(
  bytes: number,
  m: Matrix,
  options: NeighbourIndexOptions,
): Promise<TeamKernel<Scan>> {
  try {
    return await loadTeam(scanSource, bytes, options);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const gibibytes = (n: number) => (n / 2 ** 30).toFixed(1);
    throw new RangeError(
      `an index of ${m.rows} × ${m.columns} values needs ${gibibytes(bytes)} GiB (this machine gave less, ` +
        `and ${gibibytes(MEMORY_LIMIT)} GiB are the most that can be addressed)`,
      { cause },
    );
  }
}
