import { wasm } from './generated/neighbourGraph.ts';
import { wasm as sharedWasm } from './generated/neighbourGraph.shared.ts';
import { row as rowOf } from '../math/matrix.ts';
import { lowest, measureOf, type Metric, type Nearest, nearest } from '../math/neighbours.ts';
import { Layout } from './load.ts';
import { METRICS } from './nearest.ts';
import type { TeamKernelSource } from './team.ts';

/**
 * The search for many rows' neighbours at once.
 *
 * Rows are scanned in single precision, from their mean and scaled (cosine: to length 1), eight beside each other in a
 * panel, value by value: how near one is, is its product with the query, less half its own squared length for
 * Euclidean distances; the greater, the nearer. What is kept of a scan, k and some more, is then measured and ranked in
 * double precision as math's `nearest` does. Where the bound on single precision's rounding leaves room for
 * others, all that could be among the k are measured.
 *
 * A plan is what `GraphPlan` lays out; a member is the thread's number; `from` … `to` is half open.
 */
export interface GraphSearch {
  /** Fills panels with the rows that `ids` names. */
  fillPanels(plan: number, member: number, from: number, to: number): void;
  /** Answers places `from` … `to` of the list; `probing` with the cells nearest to each row, 0 exactly, with all rows. */
  neighboursOf(plan: number, member: number, from: number, to: number, probing: number): void;
  /** Writes the `count` cells nearest to the rows of the list, nearest first, over the answers. */
  cellsOf(plan: number, member: number, from: number, to: number, count: number): void;
}

export interface GraphShape {
  n: number;
  columns: number;
  k: number;
  metric: Metric;
  /** Cells that rows are sorted into, 0 for none. */
  cells: number;
  /** The most cells that a row's neighbours are looked for in. */
  mostProbes: number;
  /** Places of the list. */
  listed: number;
  threads: number;
}

/** Rows kept of a scan beyond k and the row itself. */
const SPARE = 8;
/** Queries that are answered together, where there is room. */
const BLOCK = 64;
/** Bytes for what the queries of a block keep. */
const KEPT_BYTES = 2 ** 24;
export const EMPTY = 2 ** 32 - 1;
const WORDS = 40;

/** Where all lies in the kernel's memory. Offsets are in bytes. */
export function graphLayout(shape: GraphShape) {
  const { n, columns, k, cells, mostProbes, listed, threads } = shape;
  const size = k + 1 + SPARE;
  const capacity = 3 * Math.max(size, mostProbes, 1) + 64;
  const block = Math.max(4, Math.min(BLOCK, Math.floor(KEPT_BYTES / capacity / 32) * 4));
  // Each cell's last panel may have seven places that are empty.
  const positions = Math.ceil(n / 8) * 8 + 8 * cells;
  const cellPositions = Math.ceil(cells / 8) * 8;
  const layout = new Layout();
  const doubles = (count: number) => layout.reserve(2 * count);
  const at = {
    plan: layout.reserve(WORDS),
    rows: layout.reserve(n * columns),
    means: doubles(columns),
    scales: doubles(n),
    norms: doubles(n),
    panels: layout.reserve(positions * columns),
    offsets: layout.reserve(positions),
    ids: layout.reserve(positions),
    cellStarts: layout.reserve(cells + 1),
    centroids: layout.reserve(cellPositions * columns),
    centroidOffsets: layout.reserve(cellPositions),
    list: layout.reserve(listed),
    outRows: layout.reserve(listed * Math.max(k, mostProbes)),
    outValues: layout.reserve(listed * k),
  };
  const room = new Layout();
  const own = {
    vectors: room.reserve(block * columns),
    packed: room.reserve((block + 4) * columns),
    limits: room.reserve(block + 4),
    counts: room.reserve(block + 4),
    keys: room.reserve(2 * block * capacity),
    members: room.reserve(block * Math.max(1, mostProbes) + 4),
    cellCounts: room.reserve(2 * cells),
    probed: room.reserve(block * mostProbes),
    measures: room.reserve(2 * (size + 4)),
    measured: room.reserve(size + 4),
    lanes: room.reserve(16),
  };
  // Threads do not write to one line of the cache.
  const roomBytes = Math.ceil(room.bytes / 64) * 64 + 64;
  const rooms = layout.reserve((threads * roomBytes) / 4);
  return {
    ...shape,
    size,
    capacity,
    block,
    positions,
    at,
    own,
    rooms,
    roomBytes,
    bytes: layout.bytes,
  };
}

export type GraphLayout = ReturnType<typeof graphLayout>;

/** What may change of a plan while it is used. */
export interface GraphPlan {
  positions: number;
  cells: number;
  probes: number;
  /** What differences have been multiplied by. */
  scale: number;
}

/** Writes the plan where the kernel reads it. */
export function writePlan(
  buffer: ArrayBufferLike,
  layout: GraphLayout,
  { positions, cells, probes, scale }: GraphPlan,
): void {
  const { at, own } = layout;
  const words = new Uint32Array(buffer, at.plan, WORDS);
  words.set([METRICS[layout.metric], layout.columns, layout.k, layout.size, layout.capacity]);
  words.set([layout.block, at.rows, at.means, at.scales, at.norms, at.panels, at.offsets], 5);
  words.set([at.ids, positions, cells, at.cellStarts, at.centroids, at.centroidOffsets], 12);
  words.set([probes, at.list, at.outRows, at.outValues, layout.rooms, layout.roomBytes], 18);
  new Float64Array(buffer, at.plan + 96, 1)[0] = scale;
  words.set(Object.values(own), 26);
}

export const graphSearchSource: TeamKernelSource<GraphSearch> = {
  wasm,
  sharedWasm,
  twin: graphSearchTwin,
};

/** The same functions in plain JavaScript, one row at a time. */
export function graphSearchTwin(buffer: ArrayBufferLike): GraphSearch {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);
  const { fround } = Math;

  function planAt(offset: number) {
    const words = u.subarray(offset >>> 2, (offset >>> 2) + WORDS);
    const [metric, columns, k, size] = words;
    const place = (word: number) => words[word] >>> 2;
    const n = (words[9] - words[8]) >>> 3;
    return {
      metric: (Object.keys(METRICS) as Metric[]).find((name) => METRICS[name] === metric)!,
      columns,
      k,
      size,
      matrix: { data: f.subarray(place(6), place(6) + n * columns), rows: n, columns },
      means: new Float64Array(buffer, words[7], columns),
      scales: new Float64Array(buffer, words[8], n),
      panels: { rows: place(10), offsets: place(11) },
      ids: u.subarray(place(12), place(12) + words[13]),
      cells: words[14],
      cellStarts: place(15),
      centroids: { rows: place(16), offsets: place(17) },
      probes: words[18],
      list: place(19),
      outRows: place(20),
      outValues: place(21),
    };
  }
  type Plan = ReturnType<typeof planAt>;

  function scannedRow({ matrix, means, scales }: Plan, row: number): Float32Array {
    const own = rowOf(matrix, row);
    return own.map((value, column) => (value - means[column]) * scales[row]);
  }

  /** Of some places of panels the `keep` nearest to a vector, nearest first, of equals the first. */
  function scan(
    panels: Plan['panels'],
    places: ArrayLike<number>,
    vector: Float32Array,
    keep: number,
  ): number[] {
    const values = Float32Array.from(places, (place) => {
      let sum = f[panels.offsets + place];
      let at = panels.rows + (place >>> 3) * 8 * vector.length + (place & 7);
      for (const value of vector) {
        sum = fround(sum + fround(f[at] * value));
        at += 8;
      }
      return sum;
    });
    return Array.from(values.keys())
      .filter((at) => values[at] > -Infinity)
      .sort((a, b) => values[b] - values[a] || places[a] - places[b])
      .slice(0, keep)
      .map((at) => places[at]);
  }

  function cellsNear(plan: Plan, row: number, count: number): number[] {
    const all = Array.from({ length: plan.cells }, (_, cell) => cell);
    return scan(plan.centroids, all, scannedRow(plan, row), count);
  }

  /** What the cells nearest to a row have to offer. */
  function nearestInCells(plan: Plan, row: number): Nearest {
    const { k, metric, matrix, ids, cellStarts } = plan;
    const places = cellsNear(plan, row, plan.probes).flatMap((cell) => {
      const [from, to] = u.subarray(cellStarts + cell, cellStarts + cell + 2);
      return Array.from({ length: 8 * (to - from) }, (_, at) => 8 * from + at);
    });
    const kept = scan(plan.panels, places, scannedRow(plan, row), plan.size);
    const rows = Int32Array.from(kept, (place) => ids[place]).sort();
    const values = Float64Array.from(rows, measureOf(matrix, rowOf(matrix, row), metric));
    const sign = metric === 'euclidean' ? 1 : -1;
    const order = lowest(
      values.map((value) => sign * value),
      k,
      rows.indexOf(row),
    );
    return {
      rows: order.map((at) => rows[at]),
      values: Float64Array.from(order, (at) => values[at]),
    };
  }

  return {
    fillPanels(offset, _, from, to) {
      const plan = planAt(offset);
      const { matrix, ids, panels, metric } = plan;
      for (let place = 8 * from; place < 8 * to; place++) {
        const empty = ids[place] === EMPTY;
        const vector = empty ? new Float32Array(matrix.columns) : scannedRow(plan, ids[place]);
        const at = panels.rows + (place >>> 3) * 8 * matrix.columns + (place & 7);
        vector.forEach((value, column) => (f[at + 8 * column] = value));
        f[panels.offsets + place] = empty ? -Infinity : offsetOf(vector, metric);
      }
    },

    neighboursOf(offset, _, from, to, probing) {
      const plan = planAt(offset);
      const { k, metric, matrix, outRows, outValues } = plan;
      for (let at = from; at < to; at++) {
        const row = u[plan.list + at];
        let answer = probing ? nearestInCells(plan, row) : undefined;
        if (!answer || answer.rows.length < k) {
          answer = nearest(matrix, rowOf(matrix, row), k, metric, row);
        }
        u.set(answer.rows, outRows + at * k);
        f.set(answer.values, outValues + at * k);
      }
    },

    cellsOf(offset, _, from, to, count) {
      const plan = planAt(offset);
      for (let at = from; at < to; at++) {
        u.set(cellsNear(plan, u[plan.list + at], count), plan.outRows + at * count);
      }
    },
  };
}

/** What is added to a scanned row's product. */
export function offsetOf(vector: Float32Array, metric: Metric): number {
  if (metric !== 'euclidean') return 0;
  let squares = 0;
  for (const value of vector) squares += value * value;
  return -squares / 2;
}
