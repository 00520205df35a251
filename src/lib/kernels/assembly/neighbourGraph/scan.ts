// The scan of panels in single precision for the queries of a block.

import { fused } from '../common/fused';
import { keyAt, setKey, keyOf, valueOf, select, sortKeys } from './keys';
import {
  columns,
  size,
  capacity,
  block,
  panels,
  offsets,
  cells,
  cellStarts,
  centroids,
  centroidOffsets,
  probes,
  list,
  vectors,
  packed,
  limits,
  counts,
  members,
  cellCounts,
  probed,
  lanes,
  scanned,
  keysOf,
} from './plan';

/** Bytes of panels that are taken at a time for all queries of a block. */
const PANEL_BYTES: u32 = 49152;

/** Lets go of all but the `keep` nearest of a query; what is no nearer than the last of them is seen no more. */
export function prune(q: u32, keep: u32): void {
  const count = counts + ((<usize>q) << 2);
  const own = keysOf(q);
  select(own, load<u32>(count), keep);
  store<f32>(limits + ((<usize>q) << 2), valueOf(keyAt(own, keep - 1)));
  store<u32>(count, keep);
}

/** Notes those of a panel's eight values that are nearer than a query's limit. */
function note(q: u32, a: v128, b: v128, limit: v128, position: u32, keep: u32): void {
  let mask = i32x4.bitmask(f32x4.gt(a, limit)) | (i32x4.bitmask(f32x4.gt(b, limit)) << 4);
  if (mask == 0) return;
  v128.store(lanes, a);
  v128.store(lanes, b, 16);
  const counted = counts + ((<usize>q) << 2);
  let count = load<u32>(counted);
  const own = keysOf(q);
  while (mask != 0) {
    const lane = <u32>ctz(mask);
    mask &= mask - 1;
    setKey(own, count++, keyOf(load<f32>(lanes + ((<usize>lane) << 2)), position + lane));
  }
  store<u32>(counted, count);
  if (count > capacity - 8) prune(q, keep);
}

/** Shows panels to four queries, which lie value by value side by side at `four`; their numbers are at `who`. */
function scan(
  from: u32,
  to: u32,
  shown: usize,
  added: usize,
  four: usize,
  who: usize,
  keep: u32,
): void {
  const panelBytes = (<usize>columns) << 5;
  const limit0 = limits + ((<usize>load<u32>(who)) << 2);
  const limit1 = limits + ((<usize>load<u32>(who, 4)) << 2);
  const limit2 = limits + ((<usize>load<u32>(who, 8)) << 2);
  const limit3 = limits + ((<usize>load<u32>(who, 12)) << 2);
  let panel = shown + <usize>from * panelBytes;
  for (let p = from; p < to; p++) {
    const offset = added + ((<usize>p) << 5);
    let s00 = v128.load(offset);
    let s01 = v128.load(offset, 16);
    let s10 = s00;
    let s11 = s01;
    let s20 = s00;
    let s21 = s01;
    let s30 = s00;
    let s31 = s01;
    const end = panel + panelBytes;
    let query = four;
    for (; panel < end; panel += 32) {
      const r0 = v128.load(panel);
      const r1 = v128.load(panel, 16);
      let x = v128.load32_splat(query);
      s00 = fused(s00, r0, x);
      s01 = fused(s01, r1, x);
      x = v128.load32_splat(query, 4);
      s10 = fused(s10, r0, x);
      s11 = fused(s11, r1, x);
      x = v128.load32_splat(query, 8);
      s20 = fused(s20, r0, x);
      s21 = fused(s21, r1, x);
      x = v128.load32_splat(query, 12);
      s30 = fused(s30, r0, x);
      s31 = fused(s31, r1, x);
      query += 16;
    }
    const l0 = v128.load32_splat(limit0);
    const l1 = v128.load32_splat(limit1);
    const l2 = v128.load32_splat(limit2);
    const l3 = v128.load32_splat(limit3);
    const near01 = v128.or(f32x4.gt(f32x4.max(s00, s01), l0), f32x4.gt(f32x4.max(s10, s11), l1));
    const near23 = v128.or(f32x4.gt(f32x4.max(s20, s21), l2), f32x4.gt(f32x4.max(s30, s31), l3));
    if (v128.any_true(v128.or(near01, near23))) {
      note(load<u32>(who), s00, s01, l0, p << 3, keep);
      note(load<u32>(who, 4), s10, s11, l1, p << 3, keep);
      note(load<u32>(who, 8), s20, s21, l2, p << 3, keep);
      note(load<u32>(who, 12), s30, s31, l3, p << 3, keep);
    }
  }
}

/** Reads the vectors of a block's queries; those that there are not see nothing. */
export function begin(from: u32, count: u32): void {
  for (let q: u32 = 0; q < block + 4; q++) {
    store<f32>(
      limits + ((<usize>q) << 2),
      q < count ? f32.NEGATIVE_INFINITY : f32.POSITIVE_INFINITY,
    );
    store<u32>(counts + ((<usize>q) << 2), 0);
  }
  for (let q: u32 = 0; q < count; q++) {
    const row = load<u32>(list + ((<usize>(from + q)) << 2));
    const vector = vectors + ((<usize>q * columns) << 2);
    for (let c: u32 = 0; c < columns; c++) {
      store<f32>(vector + ((<usize>c) << 2), scanned(row, c));
    }
  }
}

/** Lays the vectors of the four queries that `who` names value by value side by side. */
function pack(who: usize, target: usize): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    const vector =
      vectors + ((<usize>min(load<u32>(who + ((<usize>lane) << 2)), block - 1) * columns) << 2);
    const write = target + ((<usize>lane) << 2);
    for (let c: u32 = 0; c < columns; c++) {
      store<f32>(write + ((<usize>c) << 4), load<f32>(vector + ((<usize>c) << 2)));
    }
  }
}

/** Shows all of `count` panels to the queries of a block. */
export function scanAll(queries: u32, count: u32, shown: usize, added: usize, keep: u32): void {
  const at = max(1, PANEL_BYTES / ((columns << 5) | 1));
  for (let q: u32 = 0; q < queries; q++) store<u32>(members + ((<usize>q) << 2), q);
  for (let q = queries; q < ((queries + 3) & ~3); q++) {
    store<u32>(members + ((<usize>q) << 2), block);
  }
  for (let q: u32 = 0; q < queries; q += 4) {
    pack(members + ((<usize>q) << 2), packed + ((<usize>q * columns) << 2));
  }
  for (let start: u32 = 0; start < count; start += at) {
    const end = min(count, start + at);
    for (let q: u32 = 0; q < queries; q += 4) {
      const four = packed + ((<usize>q * columns) << 2);
      scan(start, end, shown, added, four, members + ((<usize>q) << 2), keep);
    }
  }
}

/** The `keep` nearest cells of each query of a block, nearest first, at `target`. */
export function rankCells(queries: u32, keep: u32, target: usize): void {
  scanAll(queries, (cells + 7) >> 3, centroids, centroidOffsets, keep);
  for (let q: u32 = 0; q < queries; q++) {
    const own = keysOf(q);
    const counted = counts + ((<usize>q) << 2);
    if (load<u32>(counted) > keep) prune(q, keep);
    sortKeys(own, 0, <i32>load<u32>(counted) - 1);
    for (let at: u32 = 0; at < keep; at++) {
      store<u32>(target + ((<usize>q * keep + at) << 2), ~(<u32>keyAt(own, at)));
    }
    store<u32>(counted, 0);
    store<f32>(limits + ((<usize>q) << 2), f32.NEGATIVE_INFINITY);
  }
}

/** Shows a cell to those of a block's queries that look into it. */
function scanCell(cell: u32): void {
  const end = load<u32>(cellCounts + ((<usize>cell) << 2));
  const start: u32 = cell == 0 ? 0 : load<u32>(cellCounts + ((<usize>(cell - 1)) << 2));
  const from = load<u32>(cellStarts + ((<usize>cell) << 2));
  const to = load<u32>(cellStarts + ((<usize>cell + 1) << 2));
  const who = lanes + 32;
  for (let at = start; at < end; at += 4) {
    for (let lane: u32 = 0; lane < 4; lane++) {
      const q = at + lane < end ? load<u32>(members + ((<usize>(at + lane)) << 2)) : block;
      store<u32>(who + ((<usize>lane) << 2), q);
    }
    pack(who, packed);
    scan(from, to, panels, offsets, packed, who, size);
  }
}

/** Shows to each query of a block the cells nearest to it. Queries that look into the same cell do so together. */
export function scanProbes(queries: u32): void {
  rankCells(queries, probes, probed);
  const entries = queries * probes;
  memory.fill(cellCounts, 0, (<usize>cells) << 2);
  for (let at: u32 = 0; at < entries; at++) {
    const counted = cellCounts + ((<usize>load<u32>(probed + ((<usize>at) << 2))) << 2);
    store<u32>(counted, load<u32>(counted) + 1);
  }
  let sum: u32 = 0;
  for (let cell: u32 = 0; cell < cells; cell++) {
    const counted = cellCounts + ((<usize>cell) << 2);
    const own = load<u32>(counted);
    store<u32>(counted, sum);
    sum += own;
  }
  for (let at: u32 = 0; at < entries; at++) {
    const next = cellCounts + ((<usize>load<u32>(probed + ((<usize>at) << 2))) << 2);
    store<u32>(members + ((<usize>load<u32>(next)) << 2), at / probes);
    store<u32>(next, load<u32>(next) + 1);
  }
  const seen = cellCounts + ((<usize>cells) << 2);
  memory.fill(seen, 0, cells);
  // What is near the first query is near the others too, and sets limits that spare the rest.
  for (let at: u32 = 0; at < probes; at++) {
    const cell = load<u32>(probed + ((<usize>at) << 2));
    scanCell(cell);
    store<u8>(seen + <usize>cell, 1);
  }
  for (let cell: u32 = 0; cell < cells; cell++) {
    if (!load<u8>(seen + <usize>cell)) scanCell(cell);
  }
}
