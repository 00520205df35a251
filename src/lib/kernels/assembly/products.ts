// Sums over rows of the products of columns, AssemblyScript with SIMD. Meaning and arguments: ../products.ts.

/** Adds the products of four columns of `a` and four of `b`, row after row, to their sums. */
function tile(
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  rows: u32,
  sums: usize,
  stride: usize,
): void {
  const second = sums + stride;
  const third = second + stride;
  const fourth = third + stride;
  let s00 = v128.load(sums);
  let s01 = v128.load(sums, 16);
  let s10 = v128.load(second);
  let s11 = v128.load(second, 16);
  let s20 = v128.load(third);
  let s21 = v128.load(third, 16);
  let s30 = v128.load(fourth);
  let s31 = v128.load(fourth, 16);
  for (let i: u32 = 0; i < rows; i++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    s00 = f64x2.add(s00, f64x2.mul(x, b0));
    s01 = f64x2.add(s01, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 8);
    s10 = f64x2.add(s10, f64x2.mul(x, b0));
    s11 = f64x2.add(s11, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 16);
    s20 = f64x2.add(s20, f64x2.mul(x, b0));
    s21 = f64x2.add(s21, f64x2.mul(x, b1));
    x = v128.load64_splat(a, 24);
    s30 = f64x2.add(s30, f64x2.mul(x, b0));
    s31 = f64x2.add(s31, f64x2.mul(x, b1));
    a += aStride;
    b += bStride;
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(second, s10);
  v128.store(second, s11, 16);
  v128.store(third, s20);
  v128.store(third, s21, 16);
  v128.store(fourth, s30);
  v128.store(fourth, s31, 16);
}

export function addProducts(
  a: usize,
  p: u32,
  b: usize,
  q: u32,
  rows: u32,
  sums: usize,
  upper: u32,
): void {
  const aStride = (<usize>p) << 3;
  const bStride = (<usize>q) << 3;
  for (let r: u32 = 0; r < p; r += 4) {
    for (let c: u32 = upper != 0 ? r : 0; c < q; c += 4) {
      tile(
        a + ((<usize>r) << 3),
        aStride,
        b + ((<usize>c) << 3),
        bStride,
        rows,
        sums + <usize>r * bStride + ((<usize>c) << 3),
        bStride,
      );
    }
  }
}
