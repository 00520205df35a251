// What a search works with, see ../../neighbourGraph/plan.ts.

export const COSINE: u32 = 1;
export const EUCLIDEAN: u32 = 2;
/** The row of a place that holds none. */
export const EMPTY: u32 = 0xffffffff;

// The plan's words; each thread has its own copy.
export let metric: u32 = 0;
export let columns: u32 = 0;
export let k: u32 = 0;
export let size: u32 = 0;
export let capacity: u32 = 0;
export let block: u32 = 0;
export let rows: usize = 0;
export let means: usize = 0;
export let scales: usize = 0;
export let norms: usize = 0;
export let panels: usize = 0;
export let offsets: usize = 0;
export let ids: usize = 0;
export let positions: u32 = 0;
export let cells: u32 = 0;
export let cellStarts: usize = 0;
export let centroids: usize = 0;
export let centroidOffsets: usize = 0;
export let probes: u32 = 0;
export let list: usize = 0;
export let outRows: usize = 0;
export let outValues: usize = 0;
export let measureScale: f64 = 1;
// The thread's own room.
export let vectors: usize = 0;
export let packed: usize = 0;
export let limits: usize = 0;
export let counts: usize = 0;
export let keys: usize = 0;
export let members: usize = 0;
export let cellCounts: usize = 0;
export let probed: usize = 0;
export let measures: usize = 0;
export let measured: usize = 0;
export let lanes: usize = 0;

function word(plan: usize, at: u32): u32 {
  return load<u32>(plan + ((<usize>at) << 2));
}

/** Reads a plan, for a thread of a number. */
export function take(plan: usize, member: u32): void {
  metric = word(plan, 0);
  columns = word(plan, 1);
  k = word(plan, 2);
  size = word(plan, 3);
  capacity = word(plan, 4);
  block = word(plan, 5);
  rows = word(plan, 6);
  means = word(plan, 7);
  scales = word(plan, 8);
  norms = word(plan, 9);
  panels = word(plan, 10);
  offsets = word(plan, 11);
  ids = word(plan, 12);
  positions = word(plan, 13);
  cells = word(plan, 14);
  cellStarts = word(plan, 15);
  centroids = word(plan, 16);
  centroidOffsets = word(plan, 17);
  probes = word(plan, 18);
  list = word(plan, 19);
  outRows = word(plan, 20);
  outValues = word(plan, 21);
  measureScale = load<f64>(plan, 96);
  const own = <usize>word(plan, 22) + <usize>member * word(plan, 23);
  vectors = own + word(plan, 26);
  packed = own + word(plan, 27);
  limits = own + word(plan, 28);
  counts = own + word(plan, 29);
  keys = own + word(plan, 30);
  members = own + word(plan, 31);
  cellCounts = own + word(plan, 32);
  probed = own + word(plan, 33);
  measures = own + word(plan, 34);
  measured = own + word(plan, 35);
  lanes = own + word(plan, 36);
}

/** A value of a row as it is scanned: from the mean, and scaled. */
export function scanned(row: u32, column: u32): f32 {
  const value = <f64>load<f32>(rows + ((<usize>row * columns + column) << 2));
  const mean = load<f64>(means + ((<usize>column) << 3));
  return <f32>((value - mean) * load<f64>(scales + ((<usize>row) << 3)));
}

/** What a query of a block keeps. */
export function keysOf(q: u32): usize {
  return keys + ((<usize>q * capacity) << 3);
}
