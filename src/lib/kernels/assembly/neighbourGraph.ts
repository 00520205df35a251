// The search for many rows' neighbours at once, AssemblyScript with SIMD. Meaning, arguments and memory layout:
// ../neighbourGraph/plan.ts; the plain JavaScript twin: ../neighbourGraph/twin.ts.

import {
  EUCLIDEAN,
  EMPTY,
  metric,
  columns,
  k,
  size,
  block,
  panels,
  offsets,
  ids,
  positions,
  list,
  outRows,
  limits,
  counts,
  take,
  scanned,
} from './neighbourGraph/plan';
import { rank, rankAll, leastOf, measureAt, answer } from './neighbourGraph/ranking';
import { begin, scanAll, rankCells, scanProbes, prune } from './neighbourGraph/scan';

export function fillPanels(plan: usize, member: u32, from: u32, to: u32): void {
  take(plan, member);
  for (let position = from << 3; position < to << 3; position++) {
    const panel = panels + ((<usize>(position >> 3) * columns) << 5) + ((position & 7) << 2);
    const row = load<u32>(ids + ((<usize>position) << 2));
    let squares: f64 = 0;
    for (let c: u32 = 0; c < columns; c++) {
      const value = row == EMPTY ? <f32>0 : scanned(row, c);
      squares += <f64>value * <f64>value;
      store<f32>(panel + ((<usize>c) << 5), value);
    }
    const offset = metric == EUCLIDEAN ? <f32>(-squares / 2) : <f32>0;
    store<f32>(offsets + ((<usize>position) << 2), row == EMPTY ? f32.NEGATIVE_INFINITY : offset);
  }
}

export function neighboursOf(plan: usize, member: u32, from: u32, to: u32, probing: u32): void {
  take(plan, member);
  for (let start = from; start < to; start += block) {
    const queries = min(block, to - start);
    begin(start, queries);
    if (probing) scanProbes(queries);
    else scanAll(queries, positions >> 3, panels, offsets, size);
    for (let q: u32 = 0; q < queries; q++) {
      const query = load<u32>(list + ((<usize>(start + q)) << 2));
      if (load<u32>(counts + ((<usize>q) << 2)) > size) prune(q, size);
      const worst = <f64>load<f32>(limits + ((<usize>q) << 2));
      const found = rank(q, query);
      if (found < k) rankAll(q, query, f64.NEGATIVE_INFINITY);
      else if (worst > f64.NEGATIVE_INFINITY) {
        const least = leastOf(query, measureAt(k - 1));
        if (worst >= least) rankAll(q, query, least);
      }
      answer(start + q);
    }
  }
}

export function cellsOf(plan: usize, member: u32, from: u32, to: u32, count: u32): void {
  take(plan, member);
  for (let start = from; start < to; start += block) {
    const queries = min(block, to - start);
    begin(start, queries);
    rankCells(queries, count, outRows + ((<usize>start * count) << 2));
  }
}
