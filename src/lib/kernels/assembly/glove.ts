// The hot loops of GloVe, AssemblyScript with SIMD on shared memory. Meaning, arguments and memory layout:
// ../glove.ts, whose plain JavaScript twin does the same operations in the same order.

export function shuffle(pairs: usize, count: u32, seed: u32): void {
  let state = seed;
  for (let k = count; k > 1; k--) {
    state += 0x9e3779b9;
    let drawn = state;
    drawn = (drawn ^ (drawn >> 16)) * 0x21f0aaad;
    drawn = (drawn ^ (drawn >> 15)) * 0x735a2d97;
    drawn ^= drawn >> 15;
    const other = pairs + ((<usize>(<u32>((<f64>drawn * <f64>k) / 4294967296.0))) << 4);
    const last = pairs + ((<usize>(k - 1)) << 4);
    const swap = v128.load(last);
    v128.store(last, v128.load(other));
    v128.store(other, swap);
  }
}

function dot(a: usize, b: usize, stride: usize): f32 {
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < stride; j += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + j), v128.load(b + j)));
  }
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 2) +
    (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3))
  );
}

function step(
  word: usize,
  context: usize,
  logarithm: f32,
  weight: f32,
  stride: usize,
  steps: usize,
): f32 {
  const difference = dot(word, context, stride) - logarithm;
  const weighted = weight * difference;
  const factor = f32x4.splat(weighted);
  const wordSquares = word + 2 * stride;
  const contextSquares = context + 2 * stride;
  const contextSteps = steps + stride;
  for (let j: usize = 0; j < stride; j += 16) {
    const p = v128.load(word + j);
    const q = v128.load(context + j);
    const u = v128.load(wordSquares + j);
    const v = v128.load(contextSquares + j);
    const a = f32x4.mul(f32x4.mul(factor, q), v128.load(steps + j));
    const b = f32x4.mul(f32x4.mul(factor, p), v128.load(contextSteps + j));
    v128.store(word + j, f32x4.sub(p, f32x4.div(a, f32x4.sqrt(u))));
    v128.store(context + j, f32x4.sub(q, f32x4.div(b, f32x4.sqrt(v))));
    v128.store(wordSquares + j, f32x4.add(u, f32x4.mul(a, a)));
    v128.store(contextSquares + j, f32x4.add(v, f32x4.mul(b, b)));
  }
  return weighted * difference;
}

export function train(pairs: usize, count: u32, rows: usize, stride: usize, steps: usize): f64 {
  let cost: f64 = 0;
  const end = pairs + ((<usize>count) << 4);
  for (let pair = pairs; pair < end; pair += 16) {
    const a = load<u32>(pair);
    const b = load<u32>(pair, 4);
    const logarithm = load<f32>(pair, 8);
    const weight = load<f32>(pair, 12);
    const first = rows + <usize>a * 4 * stride;
    const second = rows + <usize>b * 4 * stride;
    cost += <f64>step(first, second + stride, logarithm, weight, stride, steps);
    if (a != b) cost += <f64>step(second, first + stride, logarithm, weight, stride, steps);
  }
  return 0.5 * cost;
}

export function pass(
  pairs: usize,
  count: u32,
  seed: u32,
  rows: usize,
  stride: usize,
  steps: usize,
): f64 {
  shuffle(pairs, count, seed);
  return train(pairs, count, rows, stride, steps);
}
