import type { State } from '../state.ts';
import { transform } from './fft.ts';

const r = Math.fround;

/** The memory that the twin's functions work on. */
export interface Memory {
  f: Float32Array;
  u: Uint32Array;
  s: State;
}

/** What `weights` writes: of four nodes. */
const along = new Float32Array(4);
const up = new Float32Array(4);

const CUBIC = [-1 / 6, 0.5, -0.5, 1 / 6].map(r);
const SQUARE = [0.5, -1, 0.5, 0];
const LINEAR = [-0.5, 0, 0.5, 0];
const CONSTANT = [1 / 6, 2 / 3, 1 / 6, 0].map(r);

/** The weights of the nodes around a point at `t` in [0, 1) of its cell, by cubic splines. */
function weights(t: number, out: Float32Array): void {
  for (let lane = 0; lane < 4; lane++) {
    let w = r(t * CUBIC[lane]);
    w = r(t * r(w + SQUARE[lane]));
    w = r(t * r(w + LINEAR[lane]));
    out[lane] = w + CONSTANT[lane];
  }
}

/** Finds a point's nodes and their weights; returns the first column and the first row. */
function place({ f, s }: Memory, point: number): [number, number] {
  const u = r(r(f[point] - s.left) * s.scale);
  const v = r(r(f[point + 1] - s.bottom) * s.scale);
  const column = Math.trunc(u);
  const row = Math.trunc(v);
  weights(r(u - column), along);
  weights(r(v - row), up);
  return [column - 1, row - 1];
}

/** Spreads the mass of all points over the columns `from` … `to` (half open) of the grid, which are cleared first. */
export function spread(memory: Memory, from: number, to: number): void {
  const { f, s } = memory;
  const { n, stride } = s;
  const nodes = s.nodesX >>> 2;
  const points = s.points >>> 2;
  f.fill(0, nodes + from * stride, nodes + to * stride);
  for (let i = 0; i < n; i++) {
    const [column, row] = place(memory, points + 2 * i);
    for (let a = 0; a < 4; a++) {
      if (column + a < from || column + a >= to) continue;
      const node = nodes + (column + a) * stride + row;
      for (let b = 0; b < 4; b++) f[node + b] += r(along[a] * up[b]);
    }
  }
}

/** Writes the repulsive forces on the points `from` … `to`, as the nodes have them. */
export function gather(memory: Memory, from: number, to: number): void {
  const { f, s } = memory;
  const { stride } = s;
  const lanes = new Float32Array(4);
  for (let i = from; i < to; i++) {
    const [column, row] = place(memory, (s.points >>> 2) + 2 * i);
    [s.nodesX, s.nodesY].forEach((nodes, axis) => {
      const node = (nodes >>> 2) + column * stride + row;
      for (let b = 0; b < 4; b++) {
        const [p, q, v, w] = [0, 1, 2, 3].map((a) => r(along[a] * f[node + a * stride + b]));
        lanes[b] = r(r(p + q) + r(v + w)) * up[b];
      }
      f[(s.repulsion >>> 2) + 2 * i + axis] = r(lanes[0] + lanes[2]) + r(lanes[1] + lanes[3]);
    });
  }
}

/** Transforms the columns of masses `from` … `to` along y: four real sequences, four more as their imaginary parts. */
export function forward({ f, u, s }: Memory, from: number, to: number, work: number): void {
  const { lengthY: length, stride, columnFours } = s;
  const half = length / 2;
  for (let column = from; column < to; column += 8) {
    f.fill(0, work, work + 8 * length);
    for (let lane = 0; lane < 8; lane++) {
      const nodes = (s.nodesX >>> 2) + (column + lane) * stride;
      for (let y = 0; y < stride; y++) f[work + 8 * y + lane] = f[nodes + y];
    }
    const result = transform(f, u, s.planY >>> 2, work, work + 8 * length);
    for (let k = 0; k <= half; k++) {
      const a = result + 8 * k;
      const b = result + 8 * (k === 0 ? 0 : length - k);
      const out = (s.spectrumX >>> 2) + (k * columnFours + column / 4) * 8;
      for (let lane = 0; lane < 4; lane++) {
        const [ar, ai] = [f[a + lane], f[a + 4 + lane]];
        const [br, bi] = [f[b + lane], f[b + 4 + lane]];
        f[out + lane] = 0.5 * r(ar + br);
        f[out + 4 + lane] = 0.5 * r(ai - bi);
        f[out + 8 + lane] = 0.5 * r(ai + bi);
        f[out + 12 + lane] = 0.5 * r(br - ar);
      }
    }
  }
}

/** Convolves the masses of the fours of frequencies `from` … `to` along y with the kernels. */
export function convolve({ f, u, s }: Memory, from: number, to: number, work: number): void {
  const { lengthX: length, columnFours } = s;
  const half = length / 2;
  const columns = 4 * columnFours;
  const plan = s.planX >>> 2;
  const product = work + 16 * length;
  const middle = s.lengthY / 2;
  const kernelSize = 16 * Math.ceil((half + 1) / 4);
  const parts = new Float64Array(f.buffer, s.parts, s.rowFours);
  /** Where column x of row k of a spectrum lies, its imaginary part four further. */
  const at = (spectrum: number, k: number, x: number) =>
    (spectrum >>> 2) + (k * columnFours + (x >>> 2)) * 8 + (x & 3);
  for (let four = from; four < to; four++) {
    f.fill(0, work, work + 8 * length);
    for (let lane = 0; lane < 4; lane++) {
      for (let x = 0; x < columns; x++) {
        const source = at(s.spectrumX, 4 * four + lane, x);
        f[work + 8 * x + lane] = f[source];
        f[work + 8 * x + 4 + lane] = f[source + 4];
      }
    }
    const spectrum = transform(f, u, plan, work, work + 8 * length);
    const kernel = four * kernelSize;
    const sums = new Float32Array(4);
    const multiply = (force: number, isOdd: boolean) => {
      for (let l = 0; l < length; l++) {
        const same = kernel + 4 * (l <= half ? l : length - l);
        for (let lane = 0; lane < 4; lane++) {
          const x = f[spectrum + 8 * l + lane];
          const y = f[spectrum + 8 * l + 4 + lane];
          const value = f[(force >>> 2) + same + lane];
          const signed = isOdd && l > half ? -value : value;
          f[product + 8 * l + lane] = x * signed;
          f[product + 8 * l + 4 + lane] = -r(y * signed);
        }
      }
    };
    const finish = (target: number) => {
      const result = transform(f, u, plan, product, product + 8 * length);
      for (let lane = 0; lane < 4; lane++) {
        for (let x = 0; x < columns; x++) {
          const to = at(target, 4 * four + lane, x);
          f[to] = f[result + 8 * x + 4 + lane];
          f[to + 4] = f[result + 8 * x + lane];
        }
      }
    };
    for (let l = 0; l < length; l++) {
      const same = (s.potential >>> 2) + kernel + 4 * (l <= half ? l : length - l);
      for (let lane = 0; lane < 4; lane++) {
        const x = f[spectrum + 8 * l + lane];
        const y = f[spectrum + 8 * l + 4 + lane];
        sums[lane] += r(r(r(x * x) + r(y * y)) * f[same + lane]);
      }
    }
    const [a, b, c, d] = Array.from(sums, (sum, lane) => r(sum * share(4 * four + lane, middle)));
    parts[four] = a + b + c + d;
    multiply(s.forceX, true);
    finish(s.spectrumX);
    multiply(s.forceY, false);
    finish(s.spectrumY);
  }
}

/** Frequencies between the first and the middle one stand for two; rows beyond it for none. */
function share(k: number, middle: number): number {
  if (k > middle) return 0;
  return k === 0 || k === middle ? 1 : 2;
}

/** Transforms fours of columns `from` … `to` of both forces' spectra back along y, on to the nodes. */
export function backward({ f, u, s }: Memory, from: number, to: number, work: number): void {
  const { lengthY: length, stride, columnFours } = s;
  const half = length / 2;
  for (let four = from; four < to; four++) {
    for (let k = 0; k <= half; k++) {
      const at = (k * columnFours + four) * 8;
      for (let lane = 0; lane < 4; lane++) {
        const xr = f[(s.spectrumX >>> 2) + at + lane];
        const xi = f[(s.spectrumX >>> 2) + at + 4 + lane];
        const yr = f[(s.spectrumY >>> 2) + at + lane];
        const yi = f[(s.spectrumY >>> 2) + at + 4 + lane];
        f[work + 8 * k + lane] = xi + yr;
        f[work + 8 * k + 4 + lane] = xr - yi;
        if (k === 0 || k === half) continue;
        f[work + 8 * (length - k) + lane] = yr - xi;
        f[work + 8 * (length - k) + 4 + lane] = xr + yi;
      }
    }
    const result = transform(f, u, s.planY >>> 2, work, work + 8 * length);
    for (let lane = 0; lane < 4; lane++) {
      const column = (4 * four + lane) * stride;
      for (let y = 0; y < stride; y++) {
        f[(s.nodesX >>> 2) + column + y] = f[result + 8 * y + 4 + lane];
        f[(s.nodesY >>> 2) + column + y] = f[result + 8 * y + lane];
      }
    }
  }
}

/** The kernels' transforms along y, of fours of columns `from` … `to` of half the grid's length along x. */
export function startKernels({ f, u, s }: Memory, from: number, to: number, work: number): void {
  const { lengthY: length, spacing } = s;
  const half = length / 2;
  const edge = s.lengthX / 2;
  const row = 4 * Math.ceil((edge + 1) / 4);
  for (let four = from; four < to; four++) {
    for (const isFirst of [true, false]) {
      for (let y = 0; y < length; y++) {
        const dy = r(spacing * (y < half ? y : -(length - y)));
        for (let lane = 0; lane < 4; lane++) {
          const column = 4 * four + lane;
          const dx = r(spacing * column);
          const w = r(1 / r(r(1 + r(dx * dx)) + r(dy * dy)));
          const square = r(w * w);
          const out = work + 8 * y + lane;
          if (isFirst) {
            f[out] = w;
            f[out + 4] = column < edge ? dx * square : 0;
          } else {
            f[out] = (y === half ? 0 : dy) * square;
            f[out + 4] = 0;
          }
        }
      }
      const result = transform(f, u, s.planY >>> 2, work, work + 8 * length);
      for (let k = 0; k <= half; k++) {
        for (let lane = 0; lane < 4; lane++) {
          const at = k * row + 4 * four + lane;
          if (isFirst) {
            f[(s.potential >>> 2) + at] = f[result + 8 * k + lane];
            f[(s.forceX >>> 2) + at] = f[result + 8 * k + 4 + lane];
          } else {
            f[(s.forceY >>> 2) + at] = f[result + 8 * k + 4 + lane];
          }
        }
      }
    }
  }
}

/** The kernels' transforms along x as well, of fours of frequencies `from` … `to` along y, and filtered. */
export function endKernels({ f, u, s }: Memory, from: number, to: number, work: number): void {
  const { lengthX: length } = s;
  const half = length / 2;
  const row = 4 * Math.ceil((half + 1) / 4);
  for (let four = from; four < to; four++) {
    const at = 4 * four * row;
    for (const isFirst of [true, false]) {
      for (let l = 0; l < length; l++) {
        const column = l <= half ? l : length - l;
        for (let lane = 0; lane < 4; lane++) {
          const from = at + lane * row + column;
          const out = work + 8 * l + lane;
          if (isFirst) {
            f[out] = f[(s.potential >>> 2) + from];
            f[out + 4] = f[(s.forceY >>> 2) + from];
          } else {
            const value = f[(s.forceX >>> 2) + from];
            f[out] = l > half ? -value : value;
            f[out + 4] = 0;
          }
        }
      }
      const result = transform(f, u, s.planX >>> 2, work, work + 8 * length);
      for (let l = 0; l <= half; l++) {
        for (let lane = 0; lane < 4; lane++) {
          const filter = r(f[(s.filterY >>> 2) + 4 * four + lane] * f[(s.filterX >>> 2) + l]);
          const out = at + 4 * l + lane;
          if (isFirst) {
            f[(s.potential >>> 2) + out] = filter * f[result + 8 * l + lane];
            f[(s.forceY >>> 2) + out] = filter * f[result + 8 * l + 4 + lane];
          } else {
            f[(s.forceX >>> 2) + out] = filter * f[result + 8 * l + 4 + lane];
          }
        }
      }
    }
  }
}
