import { BLOCK } from '../state.ts';
import type { Memory } from './grid.ts';

const r = Math.fround;

/** Lanes of differences x and y, and of 1 + d². */
const dx = new Float32Array(4);
const dy = new Float32Array(4);
const d2 = new Float32Array(4);
/** Sums of forces, of the even and of the odd ones of four, in halves. */
const sumX = new Float32Array(4);
const sumY = new Float32Array(4);

function clear(): void {
  sumX.fill(0);
  sumY.fill(0);
}

/** The differences of a point and one in a lane, and 1 + d². */
function compare(f: Float32Array, own: number, other: number, lane: number): void {
  dx[lane] = f[own] - f[other];
  dy[lane] = f[own + 1] - f[other + 1];
  d2[lane] = 1 + r(r(dx[lane] * dx[lane]) + r(dy[lane] * dy[lane]));
}

function pull(by: number, lane: number): void {
  sumX[lane] += r(by * dx[lane]);
  sumY[lane] += r(by * dy[lane]);
}

/** Lanes 0 and 2 were added as vectors before, and 1 and 3. */
function storeSums(f: Float32Array, to: number): void {
  f[to] = r(sumX[0] + sumX[2]) + r(sumX[1] + sumX[3]);
  f[to + 1] = r(sumY[0] + sumY[2]) + r(sumY[1] + sumY[3]);
}

const laneSum = (v: Float32Array) => r(r(v[0] + v[2]) + r(v[1] + v[3]));

/** Writes Σ_j p_ij (y_i − y_j) / (1 + |y_i − y_j|²) for the points `from` … `to` (half open). */
export function attract({ f, u, s }: Memory, from: number, to: number): void {
  const points = s.points >>> 2;
  for (let i = from; i < to; i++) {
    clear();
    const [start, end] = u.subarray((s.starts >>> 2) + i, (s.starts >>> 2) + i + 2);
    for (let at = start; at < end; at++) {
      const lane = at & 3;
      compare(f, points + 2 * i, points + 2 * u[(s.columns >>> 2) + at], lane);
      pull(r(f[(s.values >>> 2) + at] / d2[lane]), lane);
    }
    storeSums(f, (s.attraction >>> 2) + 2 * i);
  }
}

/** Writes the repulsion of every pair for the points of the blocks `from` … `to`, and each block's part of Z. */
export function repel({ f, s }: Memory, from: number, to: number): void {
  const points = s.points >>> 2;
  const sums = new Float64Array(f.buffer, s.sums);
  const weights = new Float32Array(4);
  for (let block = from; block < to; block++) {
    let z = 0;
    for (let i = block * BLOCK; i < Math.min((block + 1) * BLOCK, s.n); i++) {
      clear();
      weights.fill(0);
      for (let j = 0; j < s.paddedN; j++) {
        const lane = j & 3;
        compare(f, points + 2 * i, points + 2 * j, lane);
        const w = r(1 / d2[lane]);
        weights[lane] += w;
        pull(r(w * w), lane);
      }
      storeSums(f, (s.repulsion >>> 2) + 2 * i);
      z += r(laneSum(weights) - 1);
    }
    sums[2 * block] = z;
  }
}

/** Writes Σ p_ij ln(1 + |y_i − y_j|²) over the pairs of each of the blocks `from` … `to`. */
export function divergence({ f, u, s }: Memory, from: number, to: number): void {
  const points = s.points >>> 2;
  const sums = new Float64Array(f.buffer, s.sums);
  const lanes = new Float32Array(4);
  for (let block = from; block < to; block++) {
    let total = 0;
    for (let i = block * BLOCK; i < Math.min((block + 1) * BLOCK, s.n); i++) {
      lanes.fill(0);
      const [start, end] = u.subarray((s.starts >>> 2) + i, (s.starts >>> 2) + i + 2);
      for (let at = start; at < end; at++) {
        const lane = at & 3;
        compare(f, points + 2 * i, points + 2 * u[(s.columns >>> 2) + at], lane);
        lanes[lane] += r(f[(s.values >>> 2) + at] * naturalLogarithm(d2[lane]));
      }
      total += laneSum(lanes);
    }
    sums[2 * block + 1] = total;
  }
}

const bits = new Int32Array(1);
const value = new Float32Array(bits.buffer);
const SERIES = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1].map(r);
const LN_2 = r(0.6931471805599453);

/** ln of a number from 1, as the kernel has it. */
function naturalLogarithm(x: number): number {
  value[0] = x;
  const exponent = (bits[0] - 0x3f3504f3) >> 23;
  bits[0] -= exponent << 23;
  const m = value[0];
  const t = r(r(m - 1) / r(m + 1));
  const tt = r(t * t);
  let series = SERIES[0];
  for (let i = 1; i < SERIES.length; i++) series = r(SERIES[i] + r(tt * series));
  return r(r(exponent * LN_2) + r(r(t + t) * series));
}

const GAIN_STEP = r(0.2);
const GAIN_DECAY = r(0.8);
const LEAST_GAIN = r(0.01);
const MOST = 3.4028234663852886e38;

/** One iteration's numbers, the same for all points. */
export interface Step {
  exaggeration: number;
  perZ: number;
  momentum: number;
  rate: number;
  longest: number;
}

/** Moves the points of the blocks `from` … `to` against the gradient; writes each block's sums and extents. */
export function move({ f, s }: Memory, from: number, to: number, step: Step): void {
  for (let block = from; block < to; block++) {
    const box = (s.boxes >>> 2) + 8 * block;
    f.set([0, 0, MOST, MOST, -MOST, -MOST], box);
    for (let i = block * BLOCK; i < Math.min((block + 1) * BLOCK, s.n); i++) {
      let x = stepOf(2 * i);
      let y = stepOf(2 * i + 1);
      const length = r(Math.sqrt(r(r(x * x) + r(y * y))));
      if (length > step.longest) {
        const shrink = r(step.longest / length);
        x = r(x * shrink);
        y = r(y * shrink);
      }
      const point = (s.points >>> 2) + 2 * i;
      const velocity = (s.velocity >>> 2) + 2 * i;
      f[velocity] = x;
      f[velocity + 1] = y;
      f[point] += x;
      f[point + 1] += y;
      f[box] += f[point];
      f[box + 1] += f[point + 1];
      f[box + 2] = Math.min(f[box + 2], f[point]);
      f[box + 3] = Math.min(f[box + 3], f[point + 1]);
      f[box + 4] = Math.max(f[box + 4], f[point]);
      f[box + 5] = Math.max(f[box + 5], f[point + 1]);
    }
  }

  /** A coordinate's next step; its gain is kept. */
  function stepOf(i: number): number {
    const attraction = r(step.exaggeration * f[(s.attraction >>> 2) + i]);
    const slope = r(attraction - r(step.perZ * f[(s.repulsion >>> 2) + i]));
    const before = f[(s.velocity >>> 2) + i];
    const at = (s.gains >>> 2) + i;
    const gain = r(slope * before) < 0 ? r(f[at] + GAIN_STEP) : r(f[at] * GAIN_DECAY);
    f[at] = gain < LEAST_GAIN ? LEAST_GAIN : gain;
    return r(r(step.momentum * before) - r(r(step.rate * f[at]) * slope));
  }
}

/** Moves the points `from` … `to` by (−x, −y). */
export function shift({ f, s }: Memory, from: number, to: number, x: number, y: number): void {
  const points = s.points >>> 2;
  for (let i = from; i < to; i++) {
    f[points + 2 * i] -= x;
    f[points + 2 * i + 1] -= y;
  }
}
