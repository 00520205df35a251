import type { Matrix } from '../math/matrix.ts';
import {
  checkQuery,
  lowest,
  measureOf,
  type Metric,
  type Nearest,
  nearest,
} from '../math/neighbours.ts';
import { type Kernel, Layout, MEMORY_LIMIT } from './load.ts';
import { loadScan, METRICS, type Scan } from './nearest.ts';

/** A matrix in a kernel's memory, ready to be asked for neighbours. Every answer is that of math's `nearest`. */
export interface NeighbourIndex {
  readonly rows: number;
  readonly columns: number;
  /** Bytes of memory. */
  readonly bytes: number;
  readonly backend: 'kernel' | 'javascript';

  /**
   * The `k` rows nearest to a vector, or to the row of a number.
   *
   * @param exclude a row that is left out; a row's own where the query is a row
   * @throws RangeError as `nearest` does, and when there is no such row
   */
  nearest(query: Float32Array | number, k: number, metric: Metric, exclude?: number): Nearest;

  /** The `k` rows nearest to each row of `queries`, which are taken in blocks, so that the matrix is read once a block. */
  nearestBatch(queries: Matrix, k: number, metric: Metric): Nearest[];

  /** The `k` rows nearest to each of the rows `from` … `to` (half open), each without itself. */
  nearestOfRows(from: number, to: number, k: number, metric: Metric): Nearest[];

  /** Lets go of the memory. */
  free(): void;
}

/** Rows that a heap has room for beyond the k asked for, so that a second scan is rarely needed. */
const SPARE = 8;
/** The most queries that are answered in one pass over the matrix. */
export const QUERIES = 128;
/** Places of all heaps together. */
const PLACES = QUERIES * 128;
/** Bytes of rows that are taken at a time for all queries of a block; they stay in the second-level cache. */
const BLOCK_BYTES = 2 ** 16;

/**
 * An index of the rows of `m`, which are copied.
 *
 * The kernel computes in single precision. Rounding is bounded, so whatever may be among the k nearest is
 * taken from the kernel and ranked in double precision: answers are exact, and the same with the compiled
 * kernel, its plain twin and `nearest`, ties included. Vectors so long or short that single precision gives
 * no bound, or infinite, are left to `nearest` itself.
 *
 * @param m n × d
 * @throws RangeError when there is no memory for it
 */
export async function neighbourIndex(
  m: Matrix,
  options: { plain?: boolean } = {},
): Promise<NeighbourIndex> {
  const columns = Math.max(4, Math.ceil(m.columns / 4) * 4);
  const paddedRows = Math.ceil(m.rows / 4) * 4;
  const stride = 4 * columns;
  const layout = new Layout();
  const at = {
    rows: layout.reserve(paddedRows * columns),
    scales: layout.reserve(paddedRows),
    found: layout.reserve(paddedRows),
    queries: layout.reserve(QUERIES * columns),
    heaps: layout.reserve(2 * PLACES),
    limits: layout.reserve(QUERIES),
    products: layout.reserve(8),
  };
  let kernel: Kernel<Scan> | undefined = await load(layout.bytes, m, options);
  const { backend } = kernel;

  const floats = (offset: number, length: number) =>
    new Float32Array(live().buffer, offset, length);
  const integers = (offset: number, length: number) =>
    new Uint32Array(live().buffer, offset, length);
  /** The rows with their zeros at the end, which change no sum. */
  const padded = (): Matrix => ({ data: floats(at.rows, m.rows * columns), rows: m.rows, columns });
  const lengths = fill(m, floats(at.rows, paddedRows * columns), columns);
  const scales = floats(at.scales, paddedRows);
  let longest = 0;
  let shortest = Infinity;
  lengths.forEach((length, i) => {
    scales[i] = length === 0 ? 0 : 1 / length;
    if (length > longest) longest = length;
    if (length > 0 && length < shortest) shortest = length;
  });
  const bounded = longest < LONGEST && shortest > SHORTEST;
  const block = Math.max(4, Math.floor(BLOCK_BYTES / stride / 4) * 4);

  function live(): Kernel<Scan> {
    if (!kernel) throw new Error('this neighbour index has been freed');
    return kernel;
  }

  /** The answer to one query from its heap, at `heap`, or from a second scan where that holds too little. */
  function settle(
    query: Float32Array,
    heap: number,
    size: number,
    k: number,
    metric: Metric,
    exclude: number,
  ): Nearest {
    const { functions } = live();
    const values = floats(heap, size);
    const rows = integers(heap + 4 * size, size);
    let places = Array.from(rows.keys()).filter(
      (place) => values[place] !== -Infinity && rows[place] !== exclude,
    );
    let candidates: ArrayLike<number>;
    const worst = values[0];
    if (places.length > k) {
      places.sort((a, b) => values[b] - values[a]);
      const least = lowestPossible(values[places[k - 1]], metric, query, longest, shortest);
      if (worst < least) places = places.filter((place) => values[place] >= least);
      candidates = worst < least ? places.map((place) => rows[place]) : everything(least);
    } else
      candidates = worst === -Infinity ? places.map((place) => rows[place]) : everything(-Infinity);

    function everything(limit: number) {
      const count = functions.collect(
        METRICS[metric],
        at.rows,
        at.scales,
        0,
        paddedRows,
        stride,
        query.byteOffset,
        limit,
        at.found,
      );
      return integers(at.found, count);
    }

    const ascending = Int32Array.from(candidates).sort();
    const measure = measureOf(padded(), query, metric);
    const measured = Float64Array.from(ascending, measure);
    const sign = metric === 'euclidean' ? 1 : -1;
    const best = lowest(
      measured.map((value) => sign * value),
      k,
      ascending.indexOf(exclude),
    );
    return {
      rows: best.map((place) => ascending[place]),
      values: Float64Array.from(best, (place) => measured[place]),
    };
  }

  /** Answers queries that lie in memory one after another. */
  function answer(
    first: number,
    count: number,
    k: number,
    metric: Metric,
    exclude: (q: number) => number,
  ): Nearest[] {
    const size = Math.min(k + 1 + SPARE, paddedRows);
    const query = (q: number) => floats(first + q * stride, columns);
    const queries = Array.from({ length: count }, (_, q) => query(q));
    if (k === 0 || m.rows === 0 || size > PLACES || !bounded || !queries.every(isBounded)) {
      return queries.map((one, q) => nearest(padded(), one, k, metric, exclude(q)));
    }
    const { functions } = live();
    const answers: Nearest[] = [];
    const most = Math.max(1, Math.min(QUERIES, Math.floor(PLACES / size / 4) * 4));
    for (let from = 0; from < count; from += most) {
      const to = Math.min(count, from + most);
      const four = Math.ceil((to - from) / 4) * 4;
      for (let q = from; q < to; q++) {
        floats(at.heaps + 8 * (q - from) * size, size).fill(-Infinity);
        // No row is worse than an empty place.
        integers(at.heaps + 8 * (q - from) * size + 4 * size, size).fill(2 ** 32 - 1);
      }
      if (to - from === 1) {
        functions.search(
          METRICS[metric],
          at.rows,
          at.scales,
          0,
          paddedRows,
          stride,
          first + from * stride,
          at.heaps,
          size,
        );
      } else {
        const limits = floats(at.limits, four).fill(Infinity);
        limits.fill(-Infinity, 0, to - from);
        functions.searchBlock(
          METRICS[metric],
          at.rows,
          at.scales,
          0,
          paddedRows,
          stride,
          first + from * stride,
          four,
          at.heaps,
          size,
          at.limits,
          block,
          at.products,
        );
      }
      for (let q = from; q < to; q++) {
        const heap = at.heaps + 8 * (q - from) * size;
        answers.push(settle(queries[q], heap, size, k, metric, exclude(q)));
      }
    }
    return answers;
  }

  return {
    rows: m.rows,
    columns: m.columns,
    bytes: layout.bytes,
    backend,

    nearest(query, k, metric, exclude) {
      if (typeof query === 'number') {
        if (!Number.isInteger(query) || query < 0 || query >= m.rows) {
          throw new RangeError(`row is ${query} (expected a whole number from 0 to ${m.rows - 1})`);
        }
        const own = exclude ?? query;
        checkQuery(floats(at.rows + query * stride, m.columns), m.columns, k);
        return answer(at.rows + query * stride, 1, k, metric, () => own)[0];
      }
      checkQuery(query, m.columns, k);
      floats(at.queries, columns).fill(0).set(query);
      return answer(at.queries, 1, k, metric, () => exclude ?? -1)[0];
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
        answers.push(...answer(at.queries, count, k, metric, () => -1));
      }
      return answers;
    },

    nearestOfRows(from, to, k, metric) {
      if (!(from >= 0 && from <= to && to <= m.rows)) {
        throw new RangeError(`rows ${from} to ${to} are not among 0 to ${m.rows}`);
      }
      for (let i = from; i < to; i++) {
        checkQuery(floats(at.rows + i * stride, m.columns), m.columns, k);
      }
      return answer(at.rows + from * stride, to - from, k, metric, (q) => from + q);
    },

    free() {
      kernel = undefined;
    },
  };
}

async function load(bytes: number, m: Matrix, options: { plain?: boolean }): Promise<Kernel<Scan>> {
  try {
    return await loadScan(bytes, options);
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

/** Copies the rows of `m` to rows of `columns` values, and returns their lengths; rows beyond its own become NaN. */
function fill(m: Matrix, target: Float32Array, columns: number): Float64Array {
  const lengths = new Float64Array(m.rows);
  if (columns === m.columns) target.set(m.data);
  for (let i = 0; i < m.rows; i++) {
    const from = i * m.columns;
    if (columns !== m.columns) target.set(m.data.subarray(from, from + m.columns), i * columns);
    let squares = 0;
    for (let j = from; j < from + m.columns; j++) squares += m.data[j] * m.data[j];
    lengths[i] = Math.sqrt(squares);
  }
  target.fill(NaN, m.rows * columns);
  return lengths;
}

/** Lengths of vectors between which no product overflows and what underflows is too little to matter. */
const LONGEST = 2 ** 60;
const SHORTEST = 2 ** -60;
/** The unit of single precision's rounding, and the least number that keeps all its digits. */
const UNIT = 2 ** -24;
const LEAST = 2 ** -126;

const lengthOf = (vector: Float32Array) =>
  Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

function isBounded(query: Float32Array): boolean {
  const length = lengthOf(query);
  return length === 0 || (length > SHORTEST && length < LONGEST);
}

/**
 * The least value, as the kernel computes it, of a row that may be among the k nearest, when `kth` is the
 * kth greatest computed value.
 *
 * A sum of d products in single precision, in whatever order, is wrong by at most (d + 8) units of rounding
 * of the sum of their magnitudes (Higham 2002, section 3.1; 8 for the scale and the rest) and by what
 * underflows. If every value is wrong by at most e, the true kth is at least kth − e, so a row below kth − 2e
 * is none of them. For squared distances the error is relative.
 */
function lowestPossible(
  kth: number,
  metric: Metric,
  query: Float32Array,
  longest: number,
  shortest: number,
): number {
  const relative = (query.length + 8) * UNIT * 1.01;
  const lost = query.length * LEAST;
  if (metric === 'euclidean') return kth * (1 + 3 * relative) - 4 * lost;
  const length = lengthOf(query);
  if (metric === 'dot') return kth - 2 * (relative * length * longest + lost);
  return kth - 2 * (relative * length + lost / shortest);
}
