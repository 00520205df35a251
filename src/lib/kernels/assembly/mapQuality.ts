// Ranks in two spaces at once, AssemblyScript with SIMD. Meaning, arguments and memory layout: ../mapQuality.ts, which
// has the plain JavaScript twin.
//
// A block of query rows goes over all rows like a product of matrices: a panel of eight rows is read once for all
// queries of the block, four of which have their 4 × 8 sums in registers.

/** Query rows of a block. */
const BLOCK: u32 = 16;
const EMPTY: u32 = 0xffffffff;

/** The squared distances of the eight rows of a panel from four queries, which lie value by value side by side. */
function tile(panel: usize, queries: usize, columns: u32, out: usize, stride: usize): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  const end = panel + ((<usize>columns) << 5);
  for (; panel < end; panel += 32) {
    const r0 = v128.load(panel);
    const r1 = v128.load(panel, 16);
    let x = v128.load32_splat(queries);
    let e = f32x4.sub(r0, x);
    s00 = f32x4.add(s00, f32x4.mul(e, e));
    e = f32x4.sub(r1, x);
    s01 = f32x4.add(s01, f32x4.mul(e, e));
    x = v128.load32_splat(queries, 4);
    e = f32x4.sub(r0, x);
    s10 = f32x4.add(s10, f32x4.mul(e, e));
    e = f32x4.sub(r1, x);
    s11 = f32x4.add(s11, f32x4.mul(e, e));
    x = v128.load32_splat(queries, 8);
    e = f32x4.sub(r0, x);
    s20 = f32x4.add(s20, f32x4.mul(e, e));
    e = f32x4.sub(r1, x);
    s21 = f32x4.add(s21, f32x4.mul(e, e));
    x = v128.load32_splat(queries, 12);
    e = f32x4.sub(r0, x);
    s30 = f32x4.add(s30, f32x4.mul(e, e));
    e = f32x4.sub(r1, x);
    s31 = f32x4.add(s31, f32x4.mul(e, e));
    queries += 16;
  }
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out + stride, s10);
  v128.store(out + stride, s11, 16);
  v128.store(out + 2 * stride, s20);
  v128.store(out + 2 * stride, s21, 16);
  v128.store(out + 3 * stride, s30);
  v128.store(out + 3 * stride, s31, 16);
}

/** The row that is query `q` of a block; the last stands in for those that there are not. */
function rowOf(list: usize, from: u32, to: u32, q: u32): u32 {
  return load<u32>(list + ((<usize>min(from + q, to - 1)) << 2));
}

/** The squared distances of all rows from the queries of a block; ∞ from a query to itself and beyond the last row. */
function blockDistances(
  panels: usize,
  columns: u32,
  n: u32,
  list: usize,
  from: u32,
  to: u32,
  queries: usize,
  out: usize,
  stride: usize,
): void {
  const panelBytes = (<usize>columns) << 5;
  const count = min(BLOCK, (to - from + 3) & ~3);
  for (let q: u32 = 0; q < count; q++) {
    const row = rowOf(list, from, to, q);
    let read = panels + <usize>(row >> 3) * panelBytes + ((<usize>(row & 7)) << 2);
    let write = queries + ((<usize>(q >> 2) * columns) << 4) + ((<usize>(q & 3)) << 2);
    for (let c: u32 = 0; c < columns; c++) {
      store<f32>(write, load<f32>(read));
      read += 32;
      write += 16;
    }
  }
  const padded = (n + 7) & ~7;
  for (let row: u32 = 0; row < padded; row += 8) {
    const panel = panels + <usize>(row >> 3) * panelBytes;
    for (let q: u32 = 0; q < count; q += 4) {
      tile(
        panel,
        queries + ((<usize>(q >> 2) * columns) << 4),
        columns,
        out + <usize>q * stride + ((<usize>row) << 2),
        stride,
      );
    }
  }
  for (let q: u32 = 0; q < count; q++) {
    const distances = out + <usize>q * stride;
    store<f32>(distances + ((<usize>rowOf(list, from, to, q)) << 2), f32.POSITIVE_INFINITY);
    for (let row = n; row < padded; row++) {
      store<f32>(distances + ((<usize>row) << 2), f32.POSITIVE_INFINITY);
    }
  }
}

/** Whether what is at place `a` of a heap is farther than a row. */
function farther(heap: usize, rows: usize, a: u32, value: f32, row: u32): bool {
  const other = load<f32>(heap + ((<usize>a) << 2));
  return other > value || (other == value && load<u32>(rows + ((<usize>a) << 2)) > row);
}

/** Puts a row in place of the farthest of a heap; returns the distance of what is the farthest then. */
function replace(heap: usize, k: u32, value: f32, row: u32): f32 {
  const rows = heap + ((<usize>k) << 2);
  let at: u32 = 0;
  while (true) {
    let child: u32 = 2 * at + 1;
    if (child >= k) break;
    if (child + 1 < k) {
      const right = (<usize>child + 1) << 2;
      if (!farther(heap, rows, child, load<f32>(heap + right), load<u32>(rows + right))) child++;
    }
    if (!farther(heap, rows, child, value, row)) break;
    store<f32>(heap + ((<usize>at) << 2), load<f32>(heap + ((<usize>child) << 2)));
    store<u32>(rows + ((<usize>at) << 2), load<u32>(rows + ((<usize>child) << 2)));
    at = child;
  }
  store<f32>(heap + ((<usize>at) << 2), value);
  store<u32>(rows + ((<usize>at) << 2), row);
  return load<f32>(heap);
}

/** The k nearest as a heap with the farthest first. Rows come in rising order, so that of equals the lower stays. */
function nearest(distances: usize, n: u32, k: u32, heap: usize): void {
  for (let a: u32 = 0; a < k; a++) {
    store<f32>(heap + ((<usize>a) << 2), f32.POSITIVE_INFINITY);
    store<u32>(heap + ((<usize>(k + a)) << 2), EMPTY);
  }
  let limit: f32 = f32.POSITIVE_INFINITY;
  let limits = f32x4.splat(limit);
  for (let row: u32 = 0; row < n; row += 4) {
    const four = v128.load(distances + ((<usize>row) << 2));
    if (!v128.any_true(f32x4.lt(four, limits))) continue;
    let value = f32x4.extract_lane(four, 0);
    if (value < limit) limit = replace(heap, k, value, row);
    value = f32x4.extract_lane(four, 1);
    if (value < limit) limit = replace(heap, k, value, row + 1);
    value = f32x4.extract_lane(four, 2);
    if (value < limit) limit = replace(heap, k, value, row + 2);
    value = f32x4.extract_lane(four, 3);
    if (value < limit) limit = replace(heap, k, value, row + 3);
    limits = f32x4.splat(limit);
  }
}

/** How many rows are nearer than `row`, the lower ones of equals among them. */
function nearer(distances: usize, n: u32, row: u32): u32 {
  const own = distances + ((<usize>row) << 2);
  const limit = load<f32>(own);
  const limits = f32x4.splat(limit);
  const first = distances + ((<usize>(row & ~3)) << 2);
  const end = distances + ((<usize>((n + 3) & ~3)) << 2);
  let a = i32x4.splat(0);
  let b = a;
  let at = distances;
  for (; at + 32 <= first; at += 32) {
    a = i32x4.sub(a, f32x4.le(v128.load(at), limits));
    b = i32x4.sub(b, f32x4.le(v128.load(at, 16), limits));
  }
  if (at < first) a = i32x4.sub(a, f32x4.le(v128.load(at), limits));
  let count: u32 = 0;
  for (at = first; at < own; at += 4) count += u32(load<f32>(at) <= limit);
  for (at = own + 4; at < first + 16; at += 4) count += u32(load<f32>(at) < limit);
  for (at = first + 16; at + 32 <= end; at += 32) {
    a = i32x4.sub(a, f32x4.lt(v128.load(at), limits));
    b = i32x4.sub(b, f32x4.lt(v128.load(at, 16), limits));
  }
  if (at < end) a = i32x4.sub(a, f32x4.lt(v128.load(at), limits));
  a = i32x4.add(a, b);
  return (
    count +
    i32x4.extract_lane(a, 0) +
    i32x4.extract_lane(a, 1) +
    i32x4.extract_lane(a, 2) +
    i32x4.extract_lane(a, 3)
  );
}

/**
 * Goes through the k nearest of one space and writes Σ (rank − k) in the other over those that are not among its k
 * nearest to `out`, how many are to `out + 8`, and how many have a label in common with the query to `out + 16`.
 */
function claims(
  heap: usize,
  other: usize,
  distances: usize,
  n: u32,
  k: u32,
  labels: usize,
  query: u32,
  out: usize,
): void {
  const rows = heap + ((<usize>k) << 2);
  const limit = load<f32>(other);
  const last = load<u32>(other + ((<usize>k) << 2));
  const label = load<u32>(labels + ((<usize>query) << 2));
  let excess: u64 = 0;
  let kept: u32 = 0;
  let hits: u32 = 0;
  for (let a: u32 = 0; a < k; a++) {
    const row = load<u32>(rows + ((<usize>a) << 2));
    hits += u32((label & load<u32>(labels + ((<usize>row) << 2))) != 0);
    const distance = load<f32>(distances + ((<usize>row) << 2));
    if (distance < limit || (distance == limit && row <= last)) kept++;
    else excess += nearer(distances, n, row) + 1 - k;
  }
  store<f64>(out, f64(excess));
  store<f64>(out, f64(kept), 8);
  store<f64>(out, f64(hits), 16);
}

export function measure(
  data: usize,
  columns: u32,
  map: usize,
  mapColumns: u32,
  n: u32,
  labels: usize,
  list: usize,
  from: u32,
  to: u32,
  k: u32,
  room: usize,
  stride: usize,
  results: usize,
): void {
  const inData = room;
  const onMap = inData + BLOCK * stride;
  const heap = onMap + BLOCK * stride;
  const mapHeap = heap + ((<usize>k) << 3);
  const queries = (mapHeap + ((<usize>k) << 3) + 15) & ~15;
  for (let block = from; block < to; block += BLOCK) {
    blockDistances(data, columns, n, list, block, to, queries, inData, stride);
    blockDistances(map, mapColumns, n, list, block, to, queries, onMap, stride);
    const count = min(BLOCK, to - block);
    for (let q: u32 = 0; q < count; q++) {
      const row = rowOf(list, block, to, q);
      const dataDistances = inData + <usize>q * stride;
      const mapDistances = onMap + <usize>q * stride;
      nearest(dataDistances, n, k, heap);
      nearest(mapDistances, n, k, mapHeap);
      const out = results + <usize>(block + q) * 48;
      claims(mapHeap, heap, dataDistances, n, k, labels, row, out);
      claims(heap, mapHeap, mapDistances, n, k, labels, row, out + 24);
    }
  }
}
