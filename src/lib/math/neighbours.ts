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
  if (query.length !== m.columns) {
    throw new RangeError(`the query has ${query.length} values (expected ${m.columns})`);
  }
  if (!query.every(Number.isFinite))
    throw new RangeError('the query holds a value that is not finite');
  if (!Number.isInteger(k) || k < 0)
    throw new RangeError(`k is ${k} (expected a whole number from 0)`);
  const values = measure(m, query, metric);
  const best = lowest(metric === 'euclidean' ? values : values.map((value) => -value), k, exclude);
  return { rows: best, values: Float64Array.from(best, (row) => values[row]) };
}

function measure(
  { data, rows, columns }: Matrix,
  query: Float32Array,
  metric: Metric,
): Float64Array {
  const values = new Float64Array(rows);
  let queryNorm = 0;
  for (const value of query) queryNorm += value * value;
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    let dot = 0;
    let norm = 0;
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[at + j];
      const difference = value - query[j];
      dot += value * query[j];
      norm += value * value;
      squares += difference * difference;
    }
    if (metric === 'dot') values[i] = dot;
    else if (metric === 'euclidean') values[i] = Math.sqrt(squares);
    else {
      const cosine = dot / (Math.sqrt(norm) * Math.sqrt(queryNorm));
      values[i] = norm * queryNorm === 0 ? 0 : Math.max(-1, Math.min(1, cosine));
    }
  }
  return values;
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
