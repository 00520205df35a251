// How what a scan has kept is ranked: in double precision, as math's nearest does.

import { keyAt, sortKeys } from './keys';
import {
  COSINE,
  EUCLIDEAN,
  EMPTY,
  metric,
  columns,
  k,
  block,
  rows,
  norms,
  panels,
  offsets,
  ids,
  positions,
  outRows,
  outValues,
  measureScale,
  vectors,
  counts,
  measures,
  measured,
  lanes,
  scanned,
  keysOf,
} from './plan';

/** The unit of single precision's rounding, with what bounds on bounds need. */
const UNIT: f64 = 1.01 / 16777216;
/** Roundings beside those of a sum: of the vectors themselves, what is added to it, and what is compared. */
const OTHERS: f64 = 32;
/** What a product or a value can lose by underflow. */
const LEAST: f64 = 1.1754943508222875e-38;

/** The sums of squared differences (or of products) of four rows and a query, each in the order of its values, at `sums`. */
function sumsOfFour(who: usize, query: u32, sums: usize): void {
  let a = rows + ((<usize>load<u32>(who) * columns) << 2);
  let b = rows + ((<usize>load<u32>(who, 4) * columns) << 2);
  let c = rows + ((<usize>load<u32>(who, 8) * columns) << 2);
  let d = rows + ((<usize>load<u32>(who, 12) * columns) << 2);
  let q = rows + ((<usize>query * columns) << 2);
  const end = q + ((<usize>columns) << 2);
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  for (; q < end; a += 4, b += 4, c += 4, d += 4, q += 4) {
    const x = <f64>load<f32>(q);
    if (metric == EUCLIDEAN) {
      let difference = <f64>load<f32>(a) - x;
      s0 += difference * difference;
      difference = <f64>load<f32>(b) - x;
      s1 += difference * difference;
      difference = <f64>load<f32>(c) - x;
      s2 += difference * difference;
      difference = <f64>load<f32>(d) - x;
      s3 += difference * difference;
    } else {
      s0 += <f64>load<f32>(a) * x;
      s1 += <f64>load<f32>(b) * x;
      s2 += <f64>load<f32>(c) * x;
      s3 += <f64>load<f32>(d) * x;
    }
  }
  store<f64>(sums, s0);
  store<f64>(sums, s1, 8);
  store<f64>(sums, s2, 16);
  store<f64>(sums, s3, 24);
}

/** What rows are ranked by, the less the nearer: the distance, or the similarity times −1, as math's measureOf has it. */
function measureOf(row: u32, query: u32, sum: f64): f64 {
  if (metric == EUCLIDEAN) return sqrt(sum);
  if (metric != COSINE) return -sum;
  const norm = load<f64>(norms + ((<usize>row) << 3));
  const other = load<f64>(norms + ((<usize>query) << 3));
  if (norm * other == 0) return -0.0;
  return -max<f64>(-1, min<f64>(1, sum / (sqrt(norm) * sqrt(other))));
}

/** What the row at a place of the ranking measures. */
export function measureAt(at: u32): f64 {
  return load<f64>(measures + ((<usize>at) << 3));
}

function measuredAt(at: u32): u32 {
  return load<u32>(measured + ((<usize>at) << 2));
}

function setMeasure(at: u32, measure: f64, row: u32): void {
  store<f64>(measures + ((<usize>at) << 3), measure);
  store<u32>(measured + ((<usize>at) << 2), row);
}

/** Measures the rows that query `q` of a block has kept, sorts them, the nearest first, and returns how many they are. */
export function rank(q: u32, query: u32): u32 {
  const own = keysOf(q);
  const count = load<u32>(counts + ((<usize>q) << 2));
  sortKeys(own, 0, <i32>count - 1);
  let found: u32 = 0;
  for (let at: u32 = 0; at < count; at++) {
    const position = ~(<u32>keyAt(own, at));
    const row = load<u32>(ids + ((<usize>position) << 2));
    if (row == query) continue;
    store<u32>(measured + ((<usize>found) << 2), row);
    found++;
  }
  for (let at = found; at < ((found + 3) & ~3); at++) {
    store<u32>(measured + ((<usize>at) << 2), query);
  }
  for (let at: u32 = 0; at < found; at += 4) {
    sumsOfFour(measured + ((<usize>at) << 2), query, measures + ((<usize>at) << 3));
  }
  for (let i: u32 = 0; i < found; i++) {
    const row = measuredAt(i);
    const measure = measureOf(row, query, measureAt(i));
    let at = i;
    for (; at > 0; at--) {
      const before = measureAt(at - 1);
      if (before < measure || (before == measure && measuredAt(at - 1) < row)) break;
      setMeasure(at, before, measuredAt(at - 1));
    }
    setMeasure(at, measure, row);
  }
  return found;
}

/** The least that a row whose measure is no more than `kth` is scanned as. */
export function leastOf(query: u32, kth: f64): f64 {
  const relative = (<f64>columns + OTHERS) * UNIT;
  const lost = <f64>columns * LEAST;
  if (metric == COSINE) return -kth - relative - lost;
  const length = load<f64>(norms + ((<usize>query) << 3));
  if (metric == EUCLIDEAN) {
    // A row so near is no longer than the query and the distance together.
    const distance = kth * measureScale;
    const reach = length + distance;
    const error = relative * reach * (length + reach / 2) + lost;
    return (length * length - distance * distance) / 2 - error;
  }
  // Lengths are at most 1 as they are scanned.
  return -kth * measureScale * measureScale - relative * length - lost;
}

function sink(at: u32, count: u32, measure: f64, row: u32): void {
  while (true) {
    let child: u32 = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && isWorse(child + 1, measureAt(child), measuredAt(child))) child++;
    if (!isWorse(child, measure, row)) break;
    setMeasure(at, measureAt(child), measuredAt(child));
    at = child;
  }
  setMeasure(at, measure, row);
}

function isWorse(at: u32, measure: f64, row: u32): bool {
  const own = measureAt(at);
  return own > measure || (own == measure && measuredAt(at) > row);
}

/** Measures every row that is scanned as `least` or more, and keeps the k nearest to a query, sorted. */
export function rankAll(q: u32, query: u32, least: f64): void {
  const limit = f32x4.splat(<f32>least);
  const vector = vectors + ((<usize>q * columns) << 2);
  const sums = lanes;
  const who = lanes + 32;
  emptyHeap();
  let panel = panels;
  for (let position: u32 = 0; position < positions; position += 8) {
    let a = v128.load(offsets + ((<usize>position) << 2));
    let b = v128.load(offsets + ((<usize>position) << 2), 16);
    for (let c: u32 = 0; c < columns; c++) {
      const x = v128.load32_splat(vector + ((<usize>c) << 2));
      a = f32x4.add(a, f32x4.mul(v128.load(panel), x));
      b = f32x4.add(b, f32x4.mul(v128.load(panel, 16), x));
      panel += 32;
    }
    const first = i32x4.bitmask(f32x4.ge(a, limit));
    const second = i32x4.bitmask(f32x4.ge(b, limit));
    if (first != 0) offerFour(position, first, query, who, sums);
    if (second != 0) offerFour(position + 4, second, query, who, sums);
  }
  sortHeap();
}

function emptyHeap(): void {
  for (let at: u32 = 0; at < k; at++) setMeasure(at, f64.POSITIVE_INFINITY, EMPTY);
}

/** Puts the heap's k in order, the nearest first. */
function sortHeap(): void {
  for (let count = k - 1; count > 0; count--) {
    const measure = measureAt(count);
    const row = measuredAt(count);
    setMeasure(count, measureAt(0), measuredAt(0));
    sink(0, count, measure, row);
  }
}

function offerFour(position: u32, mask: i32, query: u32, who: usize, sums: usize): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    const row = load<u32>(ids + ((<usize>(position + lane)) << 2));
    store<u32>(who + ((<usize>lane) << 2), row == EMPTY || !((mask >> lane) & 1) ? query : row);
  }
  offerRows(who, query, sums);
}

/** Measures the four rows at `who` and offers them to the heap, but for the query itself. */
function offerRows(who: usize, query: u32, sums: usize): void {
  sumsOfFour(who, query, sums);
  for (let lane: u32 = 0; lane < 4; lane++) {
    const row = load<u32>(who + ((<usize>lane) << 2));
    if (row == query) continue;
    const measure = measureOf(row, query, load<f64>(sums + ((<usize>lane) << 3)));
    if (isWorse(0, measure, row)) sink(0, k, measure, row);
  }
}

/** Writes the k nearest to place `at` of the answers. */
export function answer(at: u32): void {
  for (let i: u32 = 0; i < k; i++) {
    const target = (<usize>at * k + i) << 2;
    store<u32>(outRows + target, measuredAt(i));
    const measure = measureAt(i);
    store<f32>(outValues + target, <f32>(metric == EUCLIDEAN ? measure : -measure));
  }
}
