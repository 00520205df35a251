import type { Metric } from '../../math/neighbours.ts';
import { Layout } from '../load.ts';
import { METRICS } from '../nearest.ts';

/**
 * The search for many rows' neighbours at once.
 *
 * Rows are scanned in single precision, from their mean and scaled (cosine: to length 1), eight beside each other in a
 * panel, value by value: how near one is, is its product with the query, less half its own squared length for
 * Euclidean distances; the greater, the nearer. What is kept of a scan, k and some more, is then measured and ranked in
 * double precision as math's `nearest` does. Where the bound on single precision's rounding leaves room for
 * others, all rows that could be among the k are measured.
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
  /** Cells that rows are sorted into, 0 for none: then all are looked through. */
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
/** The row of a place that holds none. */
export const EMPTY = 2 ** 32 - 1;
/** Words of a plan. */
export const WORDS = 40;

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
  /** Places of panels that are filled. */
  positions: number;
  /** Cells that there are. */
  cells: number;
  /** Cells that a row's neighbours are looked for in. */
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

/** What is added to a scanned row's product. */
export function offsetOf(vector: Float32Array, metric: Metric): number {
  if (metric !== 'euclidean') return 0;
  let squares = 0;
  for (const value of vector) squares += value * value;
  return -squares / 2;
}
