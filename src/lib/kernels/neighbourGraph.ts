import type { Matrix } from '../math/matrix.ts';
import type { Metric } from '../math/neighbours.ts';
import {
  EMPTY,
  type GraphLayout,
  graphLayout,
  type GraphSearch,
  graphSearchSource,
  writePlan,
} from './graphSearch.ts';
import { MEMORY_LIMIT } from './load.ts';
import { loadTeam, soloTeam, type TeamKernel, type TeamStarter } from './team.ts';

/** The `k` nearest neighbours of every row of a matrix. */
export interface NeighbourGraph {
  readonly k: number;
  /** n × k: those of row i are `rows[i * k … (i + 1) * k]`, nearest first, of equals the lower row first. */
  readonly rows: Int32Array;
  /** n × k similarities, falling, for `cosine` and `dot`; distances, rising, for `euclidean`. */
  readonly values: Float32Array;
}

export interface NeighbourGraphOptions {
  /** Only the neighbours of these rows, among all: the graph is of them, in their order. */
  of?: Int32Array;
  signal?: AbortSignal;
  /** Hears of rows. */
  onProgress?: (done: number, total: number) => void;
  /** Threads that share the work where there is enough of it; the graph is the same. */
  team?: TeamStarter;
  /** Takes the plain JavaScript twin of the kernel. */
  plain?: boolean;
}

/** About 25 ms of one thread's work with the compiled kernel, in products. */
const PRODUCTS_AT_A_TIME = 2.5e8;
/** What else a row costs, in products. */
const PRODUCTS_A_ROW = 5e4;
/** Products from which on threads are worth their start. */
const WORTH_THREADS = 1e9;
/** Rows that are answered at a time, at most. */
const LISTED = 4096;

/**
 * Every row's `k` nearest without itself, exactly: rank and ties are those of `nearest`. Time grows with n², or with the
 * rows that are asked for.
 *
 * @param m n × d
 * @throws RangeError when k is not in 1…n−1, there is no such row, one holds a value that is not finite, or there is no
 *   memory for it
 * @throws the signal's reason when it is aborted
 */
export async function neighbourGraph(
  m: Matrix,
  k: number,
  metric: Metric,
  { of, signal, onProgress, team: starter, plain }: NeighbourGraphOptions = {},
): Promise<NeighbourGraph> {
  signal?.throwIfAborted();
  if (!(Number.isInteger(k) && k >= 1 && k < m.rows)) {
    throw new RangeError(
      `k is ${k} (expected a whole number from 1 to ${m.rows - 1}, one less than there are rows)`,
    );
  }
  checkFinite(m);
  const n = m.rows;
  const asked = of?.length ?? n;
  const missing = of?.find((row) => !(row >= 0 && row < n));
  if (missing !== undefined) throw new RangeError(`row ${missing} is not one of ${n}`);
  const products = asked * n * m.columns;
  const used = plain || products < WORTH_THREADS ? soloTeam : (starter ?? soloTeam);
  const layout = graphLayout({
    n,
    columns: m.columns,
    k,
    metric,
    cells: 0,
    mostProbes: 0,
    listed: Math.max(1, Math.min(asked, LISTED)),
    threads: used.count,
  });
  const loaded = await load(layout, used, plain);
  try {
    const { kernel, team } = loaded;
    const { buffer } = kernel;
    const scale = prepare(buffer, layout, m);
    const positions = Math.ceil(n / 8) * 8;
    const ids = new Uint32Array(buffer, layout.at.ids, positions).fill(EMPTY);
    for (let i = 0; i < n; i++) ids[i] = i;
    writePlan(buffer, layout, { positions, cells: 0, probes: 0, scale });
    const share = (count: number, member: number) => Math.floor((count * member) / team.count);
    const run = (name: keyof GraphSearch, count: number, ...rest: number[]) =>
      team.run(name, (member) => [
        layout.at.plan,
        member,
        share(count, member),
        share(count, member + 1),
        ...rest,
      ]);
    run('fillPanels', positions / 8);
    const rows = new Int32Array(asked * k);
    const values = new Float32Array(asked * k);
    const perRow = n * m.columns + PRODUCTS_A_ROW;
    const most = Math.max(
      1,
      Math.min(layout.listed, Math.floor((PRODUCTS_AT_A_TIME * team.count) / perRow)),
    );
    const list = new Uint32Array(buffer, layout.at.list, layout.listed);
    for (let from = 0; from < asked; from += most) {
      const count = Math.min(most, asked - from);
      for (let at = 0; at < count; at++) list[at] = of ? of[from + at] : from + at;
      run('neighboursOf', count, 0);
      rows.set(new Int32Array(buffer, layout.at.outRows, count * k), from * k);
      values.set(new Float32Array(buffer, layout.at.outValues, count * k), from * k);
      onProgress?.(from + count, asked);
      // Timers, signals and messages have their turn.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
    return { k, rows, values };
  } finally {
    void loaded.team.close();
  }
}

function checkFinite({ data, columns }: Matrix): void {
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RangeError(
    `row ${Math.floor(wrong / columns)} holds ${data[wrong]} in column ${wrong % columns} (expected finite values)`,
  );
}

/** Copies the rows, and sets what they are scanned with; returns what differences are multiplied by. */
function prepare(
  buffer: ArrayBufferLike,
  { at, n, columns, metric }: GraphLayout,
  m: Matrix,
): number {
  new Float32Array(buffer, at.rows, n * columns).set(m.data.subarray(0, n * columns));
  const means = new Float64Array(buffer, at.means, columns);
  const scales = new Float64Array(buffer, at.scales, n);
  const norms = new Float64Array(buffer, at.norms, n);
  const { data } = m;
  if (metric === 'euclidean') {
    for (let i = 0, from = 0; i < n; i++) {
      for (let j = 0; j < columns; j++) means[j] += data[from++];
    }
    for (let j = 0; j < columns; j++) means[j] /= n;
  }
  let longest = 0;
  for (let i = 0, from = 0; i < n; i++) {
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[from++] - means[j];
      squares += value * value;
    }
    norms[i] = squares;
    if (squares > longest) longest = squares;
  }
  if (metric === 'cosine') {
    for (let i = 0; i < n; i++) scales[i] = norms[i] === 0 ? 0 : 1 / Math.sqrt(norms[i]);
    return 1;
  }
  // A power of two, so that no digit is lost; lengths become 1 or less.
  const scale = longest === 0 ? 1 : 2 ** -Math.ceil(Math.log2(longest) / 2 + 1e-9);
  scales.fill(scale);
  for (let i = 0; i < n; i++) norms[i] = Math.sqrt(norms[i]) * scale;
  return scale;
}

async function load(
  { bytes, n, columns, k }: GraphLayout,
  team: TeamStarter,
  plain?: boolean,
): Promise<TeamKernel<GraphSearch>> {
  try {
    return await loadTeam(graphSearchSource, bytes, { team, plain });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const gibibytes = (bytes / 2 ** 30).toFixed(1);
    throw new RangeError(
      `the ${k} neighbours of ${n} × ${columns} values need ${gibibytes} GiB (this machine gave less, ` +
        `and ${(MEMORY_LIMIT / 2 ** 30).toFixed(1)} GiB are the most that can be addressed)`,
      { cause },
    );
  }
}
