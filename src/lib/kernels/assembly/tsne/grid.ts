// Repulsive forces by interpolation on a grid. Meaning: ../../tsne/grid.ts. Twin: ../../tsne/gridTwin.ts.

import { transform } from './fft';
import { kernelFours } from './gridKernels';
import { State } from './state';
import { turn } from './turn';

/**
 * The weights of the nodes around a point at `t` in [0, 1) of its cell, by cubic splines: (1−t)³, 4 − 6t² + 3t³, the
 * same from the other side, t³, all over 6.
 */
function weights(t: f32): v128 {
  const x = f32x4.splat(t);
  let w = f32x4.mul(x, f32x4(<f32>(-1.0 / 6.0), 0.5, -0.5, <f32>(1.0 / 6.0)));
  w = f32x4.mul(x, f32x4.add(w, f32x4(0.5, -1, 0.5, 0)));
  w = f32x4.mul(x, f32x4.add(w, f32x4(-0.5, 0, 0.5, 0)));
  return f32x4.add(w, f32x4(<f32>(1.0 / 6.0), <f32>(2.0 / 3.0), <f32>(1.0 / 6.0), 0));
}

/** Adds one weight times four to four nodes. */
function addTo(node: usize, weight: v128, four: v128): void {
  v128.store(node, f32x4.add(v128.load(node), f32x4.mul(weight, four)));
}

/** Spreads the mass of all points over the columns `from` … `to` (half open) of the grid, which are cleared first. */
export function spread(s: State, from: u32, to: u32): void {
  const stride = (<usize>s.stride) << 2;
  const nodes = s.nodesX;
  memory.fill(nodes + <usize>from * stride, 0, <usize>(to - from) * stride);
  const left = s.left;
  const bottom = s.bottom;
  const scale = s.scale;
  const first = <i32>from;
  const end = <i32>to;
  const last = s.points + ((<usize>s.n) << 3);
  for (let point = s.points; point < last; point += 8) {
    const u = (load<f32>(point) - left) * scale;
    const column = <i32>u - 1;
    if (column + 3 < first || column >= end) continue;
    const v = (load<f32>(point, 4) - bottom) * scale;
    const row = <i32>v;
    const along = weights(u - <f32>(column + 1));
    const up = weights(v - <f32>row);
    const node = nodes + <usize>column * stride + ((<usize>(row - 1)) << 2);
    if (column >= first) addTo(node, v128.shuffle<f32>(along, along, 0, 0, 0, 0), up);
    if (column + 1 >= first && column + 1 < end) {
      addTo(node + stride, v128.shuffle<f32>(along, along, 1, 1, 1, 1), up);
    }
    if (column + 2 >= first && column + 2 < end) {
      addTo(node + 2 * stride, v128.shuffle<f32>(along, along, 2, 2, 2, 2), up);
    }
    if (column + 3 < end) {
      addTo(node + 3 * stride, v128.shuffle<f32>(along, along, 3, 3, 3, 3), up);
    }
  }
}

/** Writes the repulsive forces on the points `from` … `to`, as the nodes have them. */
export function gather(s: State, from: u32, to: u32): void {
  const stride = (<usize>s.stride) << 2;
  const left = s.left;
  const bottom = s.bottom;
  const scale = s.scale;
  for (let i = <usize>from; i < <usize>to; i++) {
    const point = s.points + (i << 3);
    const u = (load<f32>(point) - left) * scale;
    const v = (load<f32>(point, 4) - bottom) * scale;
    const column = <i32>u - 1;
    const row = <i32>v;
    const along = weights(u - <f32>(column + 1));
    const up = weights(v - <f32>row);
    const at = <usize>column * stride + ((<usize>(row - 1)) << 2);
    const w0 = v128.shuffle<f32>(along, along, 0, 0, 0, 0);
    const w1 = v128.shuffle<f32>(along, along, 1, 1, 1, 1);
    const w2 = v128.shuffle<f32>(along, along, 2, 2, 2, 2);
    const w3 = v128.shuffle<f32>(along, along, 3, 3, 3, 3);
    const x = sumOf(s.nodesX + at, stride, w0, w1, w2, w3);
    const y = sumOf(s.nodesY + at, stride, w0, w1, w2, w3);
    const fx = f32x4.mul(x, up);
    const fy = f32x4.mul(y, up);
    // Lanes (x0+x2, x1+x3, y0+y2, y1+y3), then pairs of them.
    const halves = f32x4.add(
      v128.shuffle<f32>(fx, fy, 0, 1, 4, 5),
      v128.shuffle<f32>(fx, fy, 2, 3, 6, 7),
    );
    const to = s.repulsion + (i << 3);
    store<f32>(to, f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1));
    store<f32>(to, f32x4.extract_lane(halves, 2) + f32x4.extract_lane(halves, 3), 4);
  }
}

function sumOf(node: usize, stride: usize, w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(w0, v128.load(node)), f32x4.mul(w1, v128.load(node + stride))),
    f32x4.add(
      f32x4.mul(w2, v128.load(node + 2 * stride)),
      f32x4.mul(w3, v128.load(node + 3 * stride)),
    ),
  );
}

/**
 * Transforms the columns of masses `from` … `to` (multiples of 8) along y: eight real sequences, four of them as the
 * imaginary parts of the other four. Frequencies up to the middle go to `spectrumX`, by frequency, then by fours of
 * columns.
 */
export function forward(s: State, from: u32, to: u32, work: usize): void {
  const length = <usize>s.lengthY;
  const stride = (<usize>s.stride) << 2;
  const half = length >> 1;
  const rowBytes = (<usize>s.columnFours) << 5;
  const other = work + (length << 5);
  const filled = <usize>s.stride;
  for (let column = <usize>from; column < <usize>to; column += 8) {
    const nodes = s.nodesX + column * stride;
    for (let y: usize = 0; y < filled; y += 4) {
      const node = nodes + (y << 2);
      const out = work + (y << 5);
      turn(
        v128.load(node),
        v128.load(node + stride),
        v128.load(node + 2 * stride),
        v128.load(node + 3 * stride),
        out,
        32,
      );
      turn(
        v128.load(node + 4 * stride),
        v128.load(node + 5 * stride),
        v128.load(node + 6 * stride),
        v128.load(node + 7 * stride),
        out + 16,
        32,
      );
    }
    memory.fill(work + (filled << 5), 0, (length - filled) << 5);
    const result = transform(s.planY, work, other);
    const halves = f32x4.splat(0.5);
    const target = s.spectrumX + (column << 3);
    for (let k: usize = 0; k <= half; k++) {
      const a = result + (k << 5);
      const b = result + ((k == 0 ? 0 : length - k) << 5);
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const out = target + k * rowBytes;
      v128.store(out, f32x4.mul(halves, f32x4.add(ar, br)));
      v128.store(out, f32x4.mul(halves, f32x4.sub(ai, bi)), 16);
      v128.store(out, f32x4.mul(halves, f32x4.add(ai, bi)), 32);
      v128.store(out, f32x4.mul(halves, f32x4.sub(br, ar)), 48);
    }
  }
}

/** Four rows of a spectrum as one sequence of four lanes at `work`, with zeros at the end. */
function loadRows(rows: usize, rowBytes: usize, fours: usize, length: usize, work: usize): void {
  for (let four: usize = 0; four < fours; four++) {
    const from = rows + (four << 5);
    const to = work + (four << 7);
    turn(
      v128.load(from),
      v128.load(from + rowBytes),
      v128.load(from + 2 * rowBytes),
      v128.load(from + 3 * rowBytes),
      to,
      32,
    );
    turn(
      v128.load(from, 16),
      v128.load(from + rowBytes, 16),
      v128.load(from + 2 * rowBytes, 16),
      v128.load(from + 3 * rowBytes, 16),
      to + 16,
      32,
    );
  }
  memory.fill(work + (fours << 7), 0, (length - 4 * fours) << 5);
}

/** The reverse, of a sequence with real and imaginary parts exchanged. */
function storeRows(work: usize, fours: usize, rows: usize, rowBytes: usize): void {
  for (let four: usize = 0; four < fours; four++) {
    const from = work + (four << 7);
    const to = rows + (four << 5);
    turn(
      v128.load(from, 16),
      v128.load(from + 32, 16),
      v128.load(from + 64, 16),
      v128.load(from + 96, 16),
      to,
      rowBytes,
    );
    turn(
      v128.load(from),
      v128.load(from + 32),
      v128.load(from + 64),
      v128.load(from + 96),
      to + 16,
      rowBytes,
    );
  }
}

/**
 * Convolves the masses of the fours of frequencies `from` … `to` along y: transforms them along x, multiplies them with
 * the kernels' transforms and transforms back. The spectra of both forces take their place in `spectrumX` and
 * `spectrumY`; each four's share of Z goes to `parts`.
 */
export function convolve(s: State, from: u32, to: u32, work: usize): void {
  const length = <usize>s.lengthX;
  const half = length >> 1;
  const fours = <usize>s.columnFours;
  const rowBytes = fours << 5;
  const bytes = length << 5;
  const product = work + 2 * bytes;
  const middle = <i32>(s.lengthY >> 1);
  const kernelBytes = (<usize>kernelFours(s)) << 6;
  for (let four = <usize>from; four < <usize>to; four++) {
    const rows = s.spectrumX + 4 * four * rowBytes;
    loadRows(rows, rowBytes, fours, length, work);
    const spectrum = transform(s.planX, work, work + bytes);
    const at = four * kernelBytes;
    const potential = s.potential + at;
    const forceX = s.forceX + at;
    const forceY = s.forceY + at;

    let sum = f32x4.splat(0);
    for (let l: usize = 0; l < length; l++) {
      const kernel = (l <= half ? l : length - l) << 4;
      const x = v128.load(spectrum + (l << 5));
      const y = v128.load(spectrum + (l << 5), 16);
      sum = f32x4.add(
        sum,
        f32x4.mul(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), v128.load(potential + kernel)),
      );
      // Times i and the kernel: (−y, x), and written with the parts exchanged. An odd kernel changes its sign.
      const force = l <= half ? v128.load(forceX + kernel) : f32x4.neg(v128.load(forceX + kernel));
      v128.store(product + (l << 5), f32x4.mul(x, force));
      v128.store(product + (l << 5), f32x4.neg(f32x4.mul(y, force)), 16);
    }
    // Frequencies between the first and the middle one stand for two; rows beyond it for none.
    const first = 4 * <i32>four;
    store<f64>(
      s.parts + (four << 3),
      <f64>(f32x4.extract_lane(sum, 0) * share(first, middle)) +
        <f64>(f32x4.extract_lane(sum, 1) * share(first + 1, middle)) +
        <f64>(f32x4.extract_lane(sum, 2) * share(first + 2, middle)) +
        <f64>(f32x4.extract_lane(sum, 3) * share(first + 3, middle)),
    );
    storeRows(transform(s.planX, product, product + bytes), fours, rows, rowBytes);

    for (let l: usize = 0; l < length; l++) {
      const kernel = (l <= half ? l : length - l) << 4;
      const x = v128.load(spectrum + (l << 5));
      const y = v128.load(spectrum + (l << 5), 16);
      const force = v128.load(forceY + kernel);
      v128.store(product + (l << 5), f32x4.mul(x, force));
      v128.store(product + (l << 5), f32x4.neg(f32x4.mul(y, force)), 16);
    }
    storeRows(
      transform(s.planX, product, product + bytes),
      fours,
      s.spectrumY + 4 * four * rowBytes,
      rowBytes,
    );
  }
}

function share(k: i32, middle: i32): f32 {
  if (k > middle) return 0;
  return k == 0 || k == middle ? 1 : 2;
}

/** Transforms fours of columns `from` … `to` of both forces' spectra back along y, on to the nodes. */
export function backward(s: State, from: u32, to: u32, work: usize): void {
  const length = <usize>s.lengthY;
  const half = length >> 1;
  const rowBytes = (<usize>s.columnFours) << 5;
  const stride = (<usize>s.stride) << 2;
  const filled = <usize>s.stride;
  for (let four = <usize>from; four < <usize>to; four++) {
    // Both are real: one becomes the other's imaginary part. All with the parts exchanged.
    for (let k: usize = 0; k <= half; k++) {
      const at = k * rowBytes + (four << 5);
      const xr = v128.load(s.spectrumX + at);
      const xi = v128.load(s.spectrumX + at, 16);
      const yr = v128.load(s.spectrumY + at);
      const yi = v128.load(s.spectrumY + at, 16);
      const out = work + (k << 5);
      v128.store(out, f32x4.add(xi, yr));
      v128.store(out, f32x4.sub(xr, yi), 16);
      if (k > 0 && k < half) {
        const mirror = work + ((length - k) << 5);
        v128.store(mirror, f32x4.sub(yr, xi));
        v128.store(mirror, f32x4.add(xr, yi), 16);
      }
    }
    const result = transform(s.planY, work, work + (length << 5));
    const nodesX = s.nodesX + 4 * four * stride;
    const nodesY = s.nodesY + 4 * four * stride;
    for (let y: usize = 0; y < filled; y += 4) {
      const node = result + (y << 5);
      turn(
        v128.load(node, 16),
        v128.load(node + 32, 16),
        v128.load(node + 64, 16),
        v128.load(node + 96, 16),
        nodesX + (y << 2),
        stride,
      );
      turn(
        v128.load(node),
        v128.load(node + 32),
        v128.load(node + 64),
        v128.load(node + 96),
        nodesY + (y << 2),
        stride,
      );
    }
  }
}
