// The product of two matrices, AssemblyScript with SIMD. Meaning and arguments: ../matmul.ts, whose plain JavaScript
// twin adds in the same order.
//
// B is copied, a block of BLOCK × BLOCK at a time, into panels of eight columns that lie row by row. Four rows of A
// at a time run along a panel, with the 4 × 8 sums in registers: per step two loads of B, four of A, eight products.

const BLOCK: i32 = 256;

export function matmul(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  inner: i32,
  accumulate: i32,
  panels: usize,
): void {
  for (let j = 0; j < columns; j += BLOCK) {
    const width = min(BLOCK, columns - j);
    for (let k = 0; k < inner; k += BLOCK) {
      const depth = min(BLOCK, inner - k);
      pack(b + <usize>k * bRow + <usize>j * bColumn, bRow, bColumn, depth, width, panels);
      const add = accumulate != 0 || k > 0;
      let i = 0;
      for (; i + 4 <= rows; i += 4) {
        const from = a + <usize>i * aRow + <usize>k * aColumn;
        const to = c + <usize>i * cRow + ((<usize>j) << 2);
        for (let p = 0; p < width; p += 8) {
          const panel = panels + ((<usize>(p * depth)) << 2);
          fourRows(
            from,
            aRow,
            aColumn,
            panel,
            depth,
            to + ((<usize>p) << 2),
            cRow,
            min(8, width - p),
            add,
          );
        }
      }
      for (; i < rows; i++) {
        const from = a + <usize>i * aRow + <usize>k * aColumn;
        const to = c + <usize>i * cRow + ((<usize>j) << 2);
        for (let p = 0; p < width; p += 8) {
          const panel = panels + ((<usize>(p * depth)) << 2);
          oneRow(from, aColumn, panel, depth, to + ((<usize>p) << 2), min(8, width - p), add);
        }
      }
    }
  }
}

function pack(b: usize, bRow: usize, bColumn: usize, depth: i32, width: i32, panels: usize): void {
  let to = panels;
  for (let p = 0; p < width; p += 8) {
    const held = min(8, width - p);
    let from = b + <usize>p * bColumn;
    if (held == 8 && bColumn == 4) {
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += bRow;
        to += 32;
      }
      continue;
    }
    for (let k = 0; k < depth; k++) {
      let at = from;
      for (let j = 0; j < held; j++) {
        store<f32>(to + ((<usize>j) << 2), load<f32>(at));
        at += bColumn;
      }
      for (let j = held; j < 8; j++) store<f32>(to + ((<usize>j) << 2), 0);
      from += bRow;
      to += 32;
    }
  }
}

function fourRows(
  a: usize,
  aRow: usize,
  aColumn: usize,
  panel: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  held: i32,
  add: bool,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  let a0 = a;
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  const end = panel + ((<usize>depth) << 5);
  for (; panel < end; panel += 32) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const x0 = v128.load32_splat(a0);
    s00 = f32x4.add(s00, f32x4.mul(x0, b0));
    s01 = f32x4.add(s01, f32x4.mul(x0, b1));
    const x1 = v128.load32_splat(a1);
    s10 = f32x4.add(s10, f32x4.mul(x1, b0));
    s11 = f32x4.add(s11, f32x4.mul(x1, b1));
    const x2 = v128.load32_splat(a2);
    s20 = f32x4.add(s20, f32x4.mul(x2, b0));
    s21 = f32x4.add(s21, f32x4.mul(x2, b1));
    const x3 = v128.load32_splat(a3);
    s30 = f32x4.add(s30, f32x4.mul(x3, b0));
    s31 = f32x4.add(s31, f32x4.mul(x3, b1));
    a0 += aColumn;
    a1 += aColumn;
    a2 += aColumn;
    a3 += aColumn;
  }
  keep(c, s00, s01, held, add);
  keep(c + cRow, s10, s11, held, add);
  keep(c + 2 * cRow, s20, s21, held, add);
  keep(c + 3 * cRow, s30, s31, held, add);
}

function oneRow(
  a: usize,
  aColumn: usize,
  panel: usize,
  depth: i32,
  c: usize,
  held: i32,
  add: bool,
): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  const end = panel + ((<usize>depth) << 5);
  for (; panel < end; panel += 32) {
    const x = v128.load32_splat(a);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(panel)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(panel, 16)));
    a += aColumn;
  }
  keep(c, s0, s1, held, add);
}

function keep(c: usize, s0: v128, s1: v128, held: i32, add: bool): void {
  if (held == 8) {
    if (add) {
      s0 = f32x4.add(v128.load(c), s0);
      s1 = f32x4.add(v128.load(c, 16), s1);
    }
    v128.store(c, s0);
    v128.store(c, s1, 16);
    return;
  }
  keepSome(c, s0, s1, held, add);
}

function keepSome(c: usize, s0: v128, s1: v128, held: i32, add: bool): void {
  keepLane(c, f32x4.extract_lane(s0, 0), add);
  if (held > 1) keepLane(c + 4, f32x4.extract_lane(s0, 1), add);
  if (held > 2) keepLane(c + 8, f32x4.extract_lane(s0, 2), add);
  if (held > 3) keepLane(c + 12, f32x4.extract_lane(s0, 3), add);
  if (held > 4) keepLane(c + 16, f32x4.extract_lane(s1, 0), add);
  if (held > 5) keepLane(c + 20, f32x4.extract_lane(s1, 1), add);
  if (held > 6) keepLane(c + 24, f32x4.extract_lane(s1, 2), add);
}

function keepLane(c: usize, sum: f32, add: bool): void {
  store<f32>(c, add ? load<f32>(c) + sum : sum);
}
