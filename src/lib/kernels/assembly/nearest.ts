// The scan for nearest neighbours, AssemblyScript with SIMD. Meaning, arguments and memory layout:
// ../nearest.ts, which has the plain JavaScript twin.

import { fused } from './common/fused';

const COSINE: u32 = 1;
const EUCLIDEAN: u32 = 2;

/** Lane by lane the sums over the four lanes of `a`, `b`, `c` and `d`. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Lane by lane sums of the products of two vectors. The row is read from its start to its end, as memory likes it. */
function products(row: usize, query: usize, stride: usize): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  const end = row + stride;
  const whole = row + (stride & ~63);
  while (row < whole) {
    a = fused(a, v128.load(row), v128.load(query));
    b = fused(b, v128.load(row, 16), v128.load(query, 16));
    c = fused(c, v128.load(row, 32), v128.load(query, 32));
    d = fused(d, v128.load(row, 48), v128.load(query, 48));
    row += 64;
    query += 64;
  }
  while (row < end) {
    a = fused(a, v128.load(row), v128.load(query));
    row += 16;
    query += 16;
  }
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Lane by lane sums of the squared differences of two vectors. */
function squares(row: usize, query: usize, stride: usize): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  const end = row + stride;
  const whole = row + (stride & ~63);
  while (row < whole) {
    let e = f32x4.sub(v128.load(row), v128.load(query));
    a = fused(a, e, e);
    e = f32x4.sub(v128.load(row, 16), v128.load(query, 16));
    b = fused(b, e, e);
    e = f32x4.sub(v128.load(row, 32), v128.load(query, 32));
    c = fused(c, e, e);
    e = f32x4.sub(v128.load(row, 48), v128.load(query, 48));
    d = fused(d, e, e);
    row += 64;
    query += 64;
  }
  while (row < end) {
    const e = f32x4.sub(v128.load(row), v128.load(query));
    a = fused(a, e, e);
    row += 16;
    query += 16;
  }
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** How near four rows that lie one after another are to a query, the greater the nearer. */
function nearness(
  metric: u32,
  scales: usize,
  i: u32,
  row: usize,
  query: usize,
  stride: usize,
): v128 {
  if (metric == EUCLIDEAN) {
    return f32x4.neg(
      sums(
        squares(row, query, stride),
        squares(row + stride, query, stride),
        squares(row + 2 * stride, query, stride),
        squares(row + 3 * stride, query, stride),
      ),
    );
  }
  const values = sums(
    products(row, query, stride),
    products(row + stride, query, stride),
    products(row + 2 * stride, query, stride),
    products(row + 3 * stride, query, stride),
  );
  if (metric == COSINE) return f32x4.mul(values, v128.load(scales + ((<usize>i) << 2)));
  return values;
}

/** Whether what is at place `a` of a heap is worse than a value of a row. */
function worse(heap: usize, rows: usize, a: u32, value: f32, row: u32): bool {
  const other = load<f32>(heap + ((<usize>a) << 2));
  return other < value || (other == value && load<u32>(rows + ((<usize>a) << 2)) > row);
}

/** Puts a row in place of the worst of a heap; returns the value of what is the worst then. */
function replace(heap: usize, size: u32, value: f32, row: u32): f32 {
  const rows = heap + ((<usize>size) << 2);
  let at: u32 = 0;
  while (true) {
    let child: u32 = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size) {
      const right = (<usize>child + 1) << 2;
      if (worse(heap, rows, child, load<f32>(heap + right), load<u32>(rows + right)) == false) {
        child++;
      }
    }
    if (!worse(heap, rows, child, value, row)) break;
    store<f32>(heap + ((<usize>at) << 2), load<f32>(heap + ((<usize>child) << 2)));
    store<u32>(rows + ((<usize>at) << 2), load<u32>(rows + ((<usize>child) << 2)));
    at = child;
  }
  store<f32>(heap + ((<usize>at) << 2), value);
  store<u32>(rows + ((<usize>at) << 2), row);
  return load<f32>(heap);
}

/** Offers four values of rows i … i+3 to the heap of one query whose worst value is `limit`. */
function offer(heap: usize, size: u32, values: v128, i: u32, limit: f32): f32 {
  let value = f32x4.extract_lane(values, 0);
  if (value > limit) limit = replace(heap, size, value, i);
  value = f32x4.extract_lane(values, 1);
  if (value > limit) limit = replace(heap, size, value, i + 1);
  value = f32x4.extract_lane(values, 2);
  if (value > limit) limit = replace(heap, size, value, i + 2);
  value = f32x4.extract_lane(values, 3);
  if (value > limit) limit = replace(heap, size, value, i + 3);
  return limit;
}

export function search(
  metric: u32,
  rows: usize,
  scales: usize,
  from: u32,
  to: u32,
  stride: usize,
  query: usize,
  heap: usize,
  size: u32,
): void {
  let limit = load<f32>(heap);
  let limits = f32x4.splat(limit);
  for (let i = from; i < to; i += 4) {
    const values = nearness(metric, scales, i, rows + <usize>i * stride, query, stride);
    if (v128.any_true(f32x4.gt(values, limits))) {
      limit = offer(heap, size, values, i, limit);
      limits = f32x4.splat(limit);
    }
  }
}

/** Offers one row's values to the heaps of four queries. */
function offerRow(heap: usize, size: u32, values: v128, row: u32, limits: usize): void {
  const bytes = (<usize>size) << 3;
  let value = f32x4.extract_lane(values, 0);
  if (value > load<f32>(limits)) store<f32>(limits, replace(heap, size, value, row));
  value = f32x4.extract_lane(values, 1);
  if (value > load<f32>(limits, 4)) {
    store<f32>(limits, replace(heap + bytes, size, value, row), 4);
  }
  value = f32x4.extract_lane(values, 2);
  if (value > load<f32>(limits, 8)) {
    store<f32>(limits, replace(heap + 2 * bytes, size, value, row), 8);
  }
  value = f32x4.extract_lane(values, 3);
  if (value > load<f32>(limits, 12)) {
    store<f32>(limits, replace(heap + 3 * bytes, size, value, row), 12);
  }
}

/** The dot products of two rows with four queries, at `products`. */
function tileOfDots(first: usize, queries: usize, stride: usize, products: usize): void {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  let e = f32x4.splat(0);
  let f = f32x4.splat(0);
  let g = f32x4.splat(0);
  let h = f32x4.splat(0);
  const query2 = queries + stride;
  const query3 = query2 + stride;
  const query4 = query3 + stride;
  const second = first + stride;
  for (let j: usize = 0; j < stride; j += 16) {
    const x = v128.load(first + j);
    const y = v128.load(second + j);
    let q = v128.load(queries + j);
    a = fused(a, x, q);
    e = fused(e, y, q);
    q = v128.load(query2 + j);
    b = fused(b, x, q);
    f = fused(f, y, q);
    q = v128.load(query3 + j);
    c = fused(c, x, q);
    g = fused(g, y, q);
    q = v128.load(query4 + j);
    d = fused(d, x, q);
    h = fused(h, y, q);
  }
  v128.store(products, sums(a, b, c, d));
  v128.store(products, sums(e, f, g, h), 16);
}

/** The squared distances of two rows from four queries, negated, at `products`. */
function tileOfSquares(first: usize, queries: usize, stride: usize, products: usize): void {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  let e = f32x4.splat(0);
  let f = f32x4.splat(0);
  let g = f32x4.splat(0);
  let h = f32x4.splat(0);
  const query2 = queries + stride;
  const query3 = query2 + stride;
  const query4 = query3 + stride;
  const second = first + stride;
  for (let j: usize = 0; j < stride; j += 16) {
    const x = v128.load(first + j);
    const y = v128.load(second + j);
    let q = v128.load(queries + j);
    let z = f32x4.sub(x, q);
    a = fused(a, z, z);
    z = f32x4.sub(y, q);
    e = fused(e, z, z);
    q = v128.load(query2 + j);
    z = f32x4.sub(x, q);
    b = fused(b, z, z);
    z = f32x4.sub(y, q);
    f = fused(f, z, z);
    q = v128.load(query3 + j);
    z = f32x4.sub(x, q);
    c = fused(c, z, z);
    z = f32x4.sub(y, q);
    g = fused(g, z, z);
    q = v128.load(query4 + j);
    z = f32x4.sub(x, q);
    d = fused(d, z, z);
    z = f32x4.sub(y, q);
    h = fused(h, z, z);
  }
  v128.store(products, f32x4.neg(sums(a, b, c, d)));
  v128.store(products, f32x4.neg(sums(e, f, g, h)), 16);
}

export function searchBlock(
  metric: u32,
  rows: usize,
  scales: usize,
  from: u32,
  to: u32,
  stride: usize,
  queries: usize,
  count: u32,
  heaps: usize,
  size: u32,
  limits: usize,
  block: u32,
  products: usize,
): void {
  const heapBytes = (<usize>size) << 3;
  for (let start = from; start < to; start += block) {
    const end = min(to, start + block);
    for (let q: u32 = 0; q < count; q += 4) {
      const four = queries + <usize>q * stride;
      const heap = heaps + <usize>q * heapBytes;
      const limit = limits + ((<usize>q) << 2);
      for (let i = start; i < end; i += 2) {
        const row = rows + <usize>i * stride;
        if (metric == EUCLIDEAN) tileOfSquares(row, four, stride, products);
        else tileOfDots(row, four, stride, products);
        let first = v128.load(products);
        let second = v128.load(products, 16);
        if (metric == COSINE) {
          const scale = scales + ((<usize>i) << 2);
          first = f32x4.mul(first, v128.load32_splat(scale));
          second = f32x4.mul(second, v128.load32_splat(scale + 4));
        }
        const worst = v128.load(limit);
        if (v128.any_true(v128.or(f32x4.gt(first, worst), f32x4.gt(second, worst)))) {
          offerRow(heap, size, first, i, limit);
          offerRow(heap, size, second, i + 1, limit);
        }
      }
    }
  }
}

export function collect(
  metric: u32,
  rows: usize,
  scales: usize,
  from: u32,
  to: u32,
  stride: usize,
  query: usize,
  limit: f32,
  found: usize,
): u32 {
  const limits = f32x4.splat(limit);
  let count = found;
  for (let i = from; i < to; i += 4) {
    const near = f32x4.ge(
      nearness(metric, scales, i, rows + <usize>i * stride, query, stride),
      limits,
    );
    if (!v128.any_true(near)) continue;
    const lanes = i32x4.bitmask(near);
    for (let lane: u32 = 0; lane < 4; lane++) {
      if ((lanes >> lane) & 1) {
        store<u32>(count, i + lane);
        count += 4;
      }
    }
  }
  return <u32>((count - found) >> 2);
}

/** Lane by lane sums of the products of a row of bytes (a multiple of 8) with a query of 16-bit integers. */
function wholeProducts(row: usize, query: usize, bytes: usize): v128 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  const end = row + bytes;
  const whole = row + (bytes & ~15);
  while (row < whole) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row), v128.load(query)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(row, 8), v128.load(query, 16)));
    row += 16;
    query += 32;
  }
  if (row < end) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row), v128.load(query)));
  }
  return i32x4.add(a, b);
}

/** Lane by lane the sums over the four lanes of `a`, `b`, `c` and `d`, as floats. */
function wholeSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.convert_i32x4_s(
    i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7)),
  );
}

export function searchBytes(
  rows: usize,
  scales: usize,
  offsets: usize,
  from: u32,
  to: u32,
  bytes: usize,
  query: usize,
  factor: f32,
  heap: usize,
  size: u32,
): void {
  let limit = load<f32>(heap);
  let limits = f32x4.splat(limit);
  const factors = f32x4.splat(factor);
  for (let i = from; i < to; i += 4) {
    const row = rows + <usize>i * bytes;
    const at = (<usize>i) << 2;
    const values = f32x4.sub(
      f32x4.mul(
        wholeSums(
          wholeProducts(row, query, bytes),
          wholeProducts(row + bytes, query, bytes),
          wholeProducts(row + 2 * bytes, query, bytes),
          wholeProducts(row + 3 * bytes, query, bytes),
        ),
        v128.load(scales + at),
      ),
      f32x4.mul(v128.load(offsets + at), factors),
    );
    if (v128.any_true(f32x4.gt(values, limits))) {
      limit = offer(heap, size, values, i, limit);
      limits = f32x4.splat(limit);
    }
  }
}

/** The products of two rows of bytes with four queries of 16-bit integers, at `products`, as floats. */
function tileOfBytes(first: usize, queries: usize, bytes: usize, products: usize): void {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  let e = i32x4.splat(0);
  let f = i32x4.splat(0);
  let g = i32x4.splat(0);
  let h = i32x4.splat(0);
  const second = first + bytes;
  const query2 = queries + 2 * bytes;
  const query3 = query2 + 2 * bytes;
  const query4 = query3 + 2 * bytes;
  for (let j: usize = 0; j < bytes; j += 8) {
    const x = v128.load8x8_s(first + j);
    const y = v128.load8x8_s(second + j);
    let q = v128.load(queries + 2 * j);
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, q));
    e = i32x4.add(e, i32x4.dot_i16x8_s(y, q));
    q = v128.load(query2 + 2 * j);
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, q));
    f = i32x4.add(f, i32x4.dot_i16x8_s(y, q));
    q = v128.load(query3 + 2 * j);
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, q));
    g = i32x4.add(g, i32x4.dot_i16x8_s(y, q));
    q = v128.load(query4 + 2 * j);
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, q));
    h = i32x4.add(h, i32x4.dot_i16x8_s(y, q));
  }
  v128.store(products, wholeSums(a, b, c, d));
  v128.store(products, wholeSums(e, f, g, h), 16);
}

export function searchBytesBlock(
  rows: usize,
  scales: usize,
  offsets: usize,
  from: u32,
  to: u32,
  bytes: usize,
  queries: usize,
  factors: usize,
  count: u32,
  heaps: usize,
  size: u32,
  limits: usize,
  block: u32,
  products: usize,
): void {
  const heapBytes = (<usize>size) << 3;
  for (let start = from; start < to; start += block) {
    const end = min(to, start + block);
    for (let q: u32 = 0; q < count; q += 4) {
      const four = queries + <usize>q * 2 * bytes;
      const heap = heaps + <usize>q * heapBytes;
      const limit = limits + ((<usize>q) << 2);
      const factor = v128.load(factors + ((<usize>q) << 2));
      for (let i = start; i < end; i += 2) {
        const at = (<usize>i) << 2;
        tileOfBytes(rows + <usize>i * bytes, four, bytes, products);
        const first = f32x4.sub(
          f32x4.mul(v128.load(products), v128.load32_splat(scales + at)),
          f32x4.mul(v128.load32_splat(offsets + at), factor),
        );
        const second = f32x4.sub(
          f32x4.mul(v128.load(products, 16), v128.load32_splat(scales + at + 4)),
          f32x4.mul(v128.load32_splat(offsets + at + 4), factor),
        );
        const worst = v128.load(limit);
        if (v128.any_true(v128.or(f32x4.gt(first, worst), f32x4.gt(second, worst)))) {
          offerRow(heap, size, first, i, limit);
          offerRow(heap, size, second, i + 1, limit);
        }
      }
    }
  }
}
