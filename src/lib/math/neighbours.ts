import type { Matrix } from './matrix.ts';

export type Metric = 'cosine' | 'dot' | 'euclidean';

export interface Nearest {
  /** Nearest first; of equals the lower row first. */
  rows: Int32Array;
  /** Similarities, falling, for `cosine` and `dot`; distances, rising, for `euclidean`. */
  values: Float64Array;
}

/**
 * The `k` rows of `m` nearest to `query`, exactly; fewer when there are fewer rows.
 *
 * A vector of zeros has no direction: its cosine with anything is 0 here.
 *
 * @param m n × d
 * @param query d values
 * @param exclude a row that is left out, such as the query's own
 * @throws RangeError when the query's length is not d, a value of it is not finite, or k is no whole number from 0
 */
export function nearest(
  m: Matrix,
  query: Float32Array,
  k: number,
  metric: Metric,
  exclude = -1,
): Nearest {
  checkQuery(query, m.columns, k);
  const measure = measureOf(m, query, metric);
  const values = new Float64Array(m.rows);
  for (let i = 0; i < m.rows; i++) values[i] = measure(i);
  const best = lowest(metric === 'euclidean' ? values : values.map((value) => -value), k, exclude);
  return { rows: best, values: Float64Array.from(best, (row) => values[row]) };
}

/** @throws RangeError when the query's length is not `columns`, a value of it is not finite, or k is no whole number from 0 */
export function checkQuery(query: Float32Array, columns: number, k: number): void {
  if (query.length !== columns) {
    throw new RangeError(`the query has ${query.length} values (expected ${columns})`);
  }
  if (!query.every(Number.isFinite))
    throw new RangeError('the query holds a value that is not finite');
  if (!Number.isInteger(k) || k < 0)
    throw new RangeError(`k is ${k} (expected a whole number from 0)`);
}

/** The similarity of `query` with row i of `m` (`cosine`, `dot`), or the distance between them, as `nearest` ranks them. */
export function measureOf(
  { data, columns }: Matrix,
  query: Float32Array,
  metric: Metric,
): (i: number) => number {
  if (metric === 'dot') {
    return (i) => {
      let dot = 0;
      for (let j = 0, at = i * columns; j < columns; j++) dot += data[at + j] * query[j];
      return dot;
    };
  }
  if (metric === 'euclidean') {
    return (i) => {
      let squares = 0;
      for (let j = 0, at = i * columns; j < columns; j++) {
        const difference = data[at + j] - query[j];
        squares += difference * difference;
      }
      return Math.sqrt(squares);
    };
  }
  let queryNorm = 0;
  for (const value of query) queryNorm += value * value;
  return (i) => {
    let dot = 0;
    let norm = 0;
    for (let j = 0, at = i * columns; j < columns; j++) {
      const value = data[at + j];
      dot += value * query[j];
      norm += value * value;
    }
    if (norm * queryNorm === 0) return 0;
    return Math.max(-1, Math.min(1, dot / (Math.sqrt(norm) * Math.sqrt(queryNorm))));
  };
}

/**
 * The positions of the `k` lowest values, lowest first, of equals the first; NaN is never among them.
 *
 * @param exclude a position that is left out
 */
export function lowest(values: ArrayLike<number>, k: number, exclude = -1): Int32Array {
  // A heap of at most k positions with the worst at its root.
  const heap: number[] = [];
  const worse = (a: number, b: number) =>
    values[a] > values[b] || (values[a] === values[b] && a > b);
  const sink = () => {
    for (let at = 0; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && worse(heap[child], heap[worst])) worst = child;
      }
      if (worst === at) return;
      [heap[at], heap[worst]] = [heap[worst], heap[at]];
      at = worst;
    }
  };
  const rise = (at: number) => {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!worse(heap[at], heap[parent])) return;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  };
  for (let i = 0; i < values.length; i++) {
    if (i === exclude || Number.isNaN(values[i])) continue;
    if (heap.length < k) rise(heap.push(i) - 1);
    else if (k > 0 && worse(heap[0], i)) {
      heap[0] = i;
      sink();
    }
  }
  return Int32Array.from(heap.sort((a, b) => (worse(a, b) ? 1 : -1)));
}
