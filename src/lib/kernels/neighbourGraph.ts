import { type Matrix, row } from '../math/matrix.ts';
import type { Metric } from '../math/neighbours.ts';
import { neighbourIndex, QUERIES } from './neighbourIndex.ts';
import type { TeamStarter } from './team.ts';

/** The `k` nearest neighbours of every row of a matrix. */
export interface NeighbourGraph {
  readonly k: number;
  /** n × k: those of row i are `rows[i * k … (i + 1) * k]`, nearest first, of equals the lower row first. */
  readonly rows: Int32Array;
  /** n × k similarities, falling, for `cosine` and `dot`; distances, rising, for `euclidean`. */
  readonly values: Float32Array;
}

export interface NeighbourGraphOptions {
  signal?: AbortSignal;
  /** Hears of rows. */
  onProgress?: (done: number, total: number) => void;
  /** Threads that share the work where there is enough of it; the graph is the same. */
  team?: TeamStarter;
  /** Takes the plain JavaScript twin of the kernel. */
  plain?: boolean;
}

/** About 25 ms of work with the compiled kernel, in products. */
const PRODUCTS_AT_A_TIME = 5e8;
/** Products from which on threads are worth their start. */
const WORTH_THREADS = 1e9;

/**
 * Every row's `k` nearest without itself, exactly: rank and ties are those of `nearest`. Time grows with n².
 *
 * @param m n × d
 * @throws RangeError when k is not in 1…n−1, a row holds a value that is not finite, or there is no memory for it
 * @throws the signal's reason when it is aborted
 */
export async function neighbourGraph(
  m: Matrix,
  k: number,
  metric: Metric,
  { signal, onProgress, team, plain }: NeighbourGraphOptions = {},
): Promise<NeighbourGraph> {
  signal?.throwIfAborted();
  if (!(Number.isInteger(k) && k >= 1 && k < m.rows)) {
    throw new RangeError(
      `k is ${k} (expected a whole number from 1 to ${m.rows - 1}, one less than there are rows)`,
    );
  }
  for (let i = 0; i < m.rows; i++) {
    const wrong = row(m, i).findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const value = m.data[i * m.columns + wrong];
      throw new RangeError(`row ${i} holds ${value} in column ${wrong} (expected finite values)`);
    }
  }
  const products = m.rows * m.rows * m.columns;
  const index = await neighbourIndex(m, {
    plain,
    team: products >= WORTH_THREADS ? team : undefined,
  });
  try {
    const rows = new Int32Array(m.rows * k);
    const values = new Float32Array(m.rows * k);
    const perQuery = m.rows * Math.max(1, m.columns);
    const most = Math.max(4, Math.min(QUERIES, Math.floor(PRODUCTS_AT_A_TIME / perQuery / 4) * 4));
    let work = 0;
    for (let from = 0; from < m.rows; from += most) {
      const to = Math.min(m.rows, from + most);
      index.nearestOfRows(from, to, k, metric).forEach((answer, q) => {
        rows.set(answer.rows, (from + q) * k);
        values.set(answer.values, (from + q) * k);
      });
      onProgress?.(to, m.rows);
      work += (to - from) * perQuery;
      if (work >= PRODUCTS_AT_A_TIME) {
        work = 0;
        // Timers, signals and messages have their turn.
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      }
    }
    return { k, rows, values };
  } finally {
    index.free();
  }
}
