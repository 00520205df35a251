// Attraction, repulsion of every pair, and the descent. Meaning: ../../tsne/descent.ts. Twin: ../../tsne/twin.ts.

import { BLOCK, State } from './state';

/** Writes Σ_j p_ij (y_i − y_j) / (1 + |y_i − y_j|²) for the points `from` … `to` (half open). */
export function attract(s: State, from: u32, to: u32): void {
  const points = s.points;
  for (let i = <usize>from; i < <usize>to; i++) {
    const own = v128.load64_splat(points + (i << 3));
    let near = f32x4.splat(0);
    let far = f32x4.splat(0);
    const end = (<usize>load<u32>(s.starts + (i << 2), 4)) << 2;
    for (let at = (<usize>load<u32>(s.starts + (i << 2))) << 2; at < end; at += 16) {
      const column = s.columns + at;
      const a = f32x4.sub(own, pair(points, load<u32>(column), load<u32>(column, 4)));
      const b = f32x4.sub(own, pair(points, load<u32>(column, 8), load<u32>(column, 12)));
      const pull = f32x4.div(v128.load(s.values + at), onePlusSquares(a, b));
      near = f32x4.add(near, f32x4.mul(v128.shuffle<f32>(pull, pull, 0, 0, 1, 1), a));
      far = f32x4.add(far, f32x4.mul(v128.shuffle<f32>(pull, pull, 2, 2, 3, 3), b));
    }
    storeSum(s.attraction + (i << 3), f32x4.add(near, far));
  }
}

/** Two points, x and y each. */
function pair(points: usize, first: u32, second: u32): v128 {
  return v128.load64_lane(
    points + ((<usize>second) << 3),
    v128.load64_zero(points + ((<usize>first) << 3)),
    1,
  );
}

/** 1 + d² of four differences, two in each. */
function onePlusSquares(a: v128, b: v128): v128 {
  const aa = f32x4.mul(a, a);
  const bb = f32x4.mul(b, b);
  return f32x4.add(
    f32x4.splat(1),
    f32x4.add(v128.shuffle<f32>(aa, bb, 0, 2, 4, 6), v128.shuffle<f32>(aa, bb, 1, 3, 5, 7)),
  );
}

function storeSum(to: usize, sum: v128): void {
  store<f32>(to, f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2));
  store<f32>(to, f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3), 4);
}

function laneSum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 2) +
    (f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 3))
  );
}

/**
 * Writes Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² over all points for the points of the blocks `from` … `to`, and each
 * block's part of Z to the first of its sums.
 */
export function repel(s: State, from: u32, to: u32): void {
  const points = s.points;
  const end = points + ((<usize>s.paddedN) << 3);
  const one = f32x4.splat(1);
  for (let block = from; block < to; block++) {
    const last = <usize>min((block + 1) * BLOCK, s.n);
    let z: f64 = 0;
    for (let i = <usize>(block * BLOCK); i < last; i++) {
      const own = v128.load64_splat(points + (i << 3));
      let near = f32x4.splat(0);
      let far = f32x4.splat(0);
      let sum = f32x4.splat(0);
      for (let other = points; other < end; other += 32) {
        const a = f32x4.sub(own, v128.load(other));
        const b = f32x4.sub(own, v128.load(other, 16));
        const w = f32x4.div(one, onePlusSquares(a, b));
        const square = f32x4.mul(w, w);
        sum = f32x4.add(sum, w);
        near = f32x4.add(near, f32x4.mul(v128.shuffle<f32>(square, square, 0, 0, 1, 1), a));
        far = f32x4.add(far, f32x4.mul(v128.shuffle<f32>(square, square, 2, 2, 3, 3), b));
      }
      storeSum(s.repulsion + (i << 3), f32x4.add(near, far));
      // Without the point itself.
      z += <f64>(laneSum(sum) - 1);
    }
    store<f64>(s.sums + ((<usize>block) << 4), z);
  }
}

/** Writes Σ p_ij ln(1 + |y_i − y_j|²) over the pairs of each of the blocks `from` … `to` to the second of its sums. */
export function divergence(s: State, from: u32, to: u32): void {
  const points = s.points;
  for (let block = from; block < to; block++) {
    const last = <usize>min((block + 1) * BLOCK, s.n);
    let total: f64 = 0;
    for (let i = <usize>(block * BLOCK); i < last; i++) {
      const own = v128.load64_splat(points + (i << 3));
      let sum = f32x4.splat(0);
      const end = (<usize>load<u32>(s.starts + (i << 2), 4)) << 2;
      for (let at = (<usize>load<u32>(s.starts + (i << 2))) << 2; at < end; at += 16) {
        const column = s.columns + at;
        const a = f32x4.sub(own, pair(points, load<u32>(column), load<u32>(column, 4)));
        const b = f32x4.sub(own, pair(points, load<u32>(column, 8), load<u32>(column, 12)));
        const logarithm = naturalLogarithm(onePlusSquares(a, b));
        sum = f32x4.add(sum, f32x4.mul(v128.load(s.values + at), logarithm));
      }
      total += <f64>laneSum(sum);
    }
    store<f64>(s.sums + ((<usize>block) << 4), total, 8);
  }
}

/** ln of numbers from 1: with m in [√½, √2) and t = (m − 1) / (m + 1), ln m = 2 (t + t³/3 + t⁵/5 + …). */
function naturalLogarithm(x: v128): v128 {
  const one = f32x4.splat(1);
  // The bits of √½ taken away leave the exponent, rounded, in the upper bits.
  const raised = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(raised, 23);
  const m = i32x4.sub(x, i32x4.shl(exponent, 23));
  const t = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const tt = f32x4.mul(t, t);
  let series = f32x4.add(
    f32x4.splat(<f32>(1.0 / 7.0)),
    f32x4.mul(tt, f32x4.splat(<f32>(1.0 / 9.0))),
  );
  series = f32x4.add(f32x4.splat(<f32>(1.0 / 5.0)), f32x4.mul(tt, series));
  series = f32x4.add(f32x4.splat(<f32>(1.0 / 3.0)), f32x4.mul(tt, series));
  series = f32x4.add(one, f32x4.mul(tt, series));
  return f32x4.add(
    f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(<f32>0.6931471805599453)),
    f32x4.mul(f32x4.add(t, t), series),
  );
}

const GAIN_STEP: f32 = 0.2;
const GAIN_DECAY: f32 = 0.8;
const LEAST_GAIN: f32 = 0.01;

/**
 * Moves the points of the blocks `from` … `to` against the gradient, exaggeration · attraction − repulsion / Z, with
 * momentum and gains, none further than `longest`; writes each block's sums and extents to `boxes`.
 */
export function move(
  s: State,
  from: u32,
  to: u32,
  exaggeration: f32,
  perZ: f32,
  momentum: f32,
  rate: f32,
  longest: f32,
): void {
  for (let block = from; block < to; block++) {
    let sumX: f32 = 0;
    let sumY: f32 = 0;
    let left: f32 = f32.MAX_VALUE;
    let bottom: f32 = f32.MAX_VALUE;
    let right: f32 = -f32.MAX_VALUE;
    let top: f32 = -f32.MAX_VALUE;
    const last = (<usize>min((block + 1) * BLOCK, s.n)) << 3;
    for (let at = (<usize>(block * BLOCK)) << 3; at < last; at += 8) {
      let x = step(s, at, exaggeration, perZ, momentum, rate);
      let y = step(s, at + 4, exaggeration, perZ, momentum, rate);
      const length = sqrt<f32>(x * x + y * y);
      if (length > longest) {
        const shrink: f32 = longest / length;
        x *= shrink;
        y *= shrink;
      }
      store<f32>(s.velocity + at, x);
      store<f32>(s.velocity + at, y, 4);
      x += load<f32>(s.points + at);
      y += load<f32>(s.points + at, 4);
      store<f32>(s.points + at, x);
      store<f32>(s.points + at, y, 4);
      sumX += x;
      sumY += y;
      left = min<f32>(left, x);
      bottom = min<f32>(bottom, y);
      right = max<f32>(right, x);
      top = max<f32>(top, y);
    }
    const box = s.boxes + ((<usize>block) << 5);
    store<f32>(box, sumX);
    store<f32>(box, sumY, 4);
    store<f32>(box, left, 8);
    store<f32>(box, bottom, 12);
    store<f32>(box, right, 16);
    store<f32>(box, top, 20);
  }
}

/** A coordinate's next step; its gain is kept. */
function step(s: State, at: usize, exaggeration: f32, perZ: f32, momentum: f32, rate: f32): f32 {
  const slope: f32 =
    exaggeration * load<f32>(s.attraction + at) - perZ * load<f32>(s.repulsion + at);
  const before = load<f32>(s.velocity + at);
  let gain = load<f32>(s.gains + at);
  gain = slope * before < 0 ? gain + GAIN_STEP : gain * GAIN_DECAY;
  if (gain < LEAST_GAIN) gain = LEAST_GAIN;
  store<f32>(s.gains + at, gain);
  return momentum * before - rate * gain * slope;
}

/** Moves the points `from` … `to` by one and the same step, so that their mean lies at the origin. */
export function shift(s: State, from: u32, to: u32, x: f32, y: f32): void {
  const last = s.points + ((<usize>to) << 3);
  for (let point = s.points + ((<usize>from) << 3); point < last; point += 8) {
    store<f32>(point, load<f32>(point) - x);
    store<f32>(point, load<f32>(point, 4) - y, 4);
  }
}
