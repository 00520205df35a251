// The transforms of the forces' kernels on a grid. Meaning: ../../tsne/grid.ts. Twin: ../../tsne/gridKernelsTwin.ts.

import { transform } from './fft';
import { State } from './state';
import { turn } from './turn';

/** Fours of columns in half the grid's length along x, the middle one included. */
export function kernelFours(s: State): u32 {
  return ((s.lengthX >> 1) + 4) >> 2;
}

/**
 * The kernels' transforms along y, of fours of columns `from` … `to` of half the grid's length along x:
 * 1 / (1 + d²), d_x / (1 + d²)² and d_y / (1 + d²)². Even kernels have real transforms, odd ones imaginary ones, so
 * that the first two share one transform. They go to `potential`, `forceX` and `forceY`, by frequency along y, then
 * by column; `transformKernels` puts the final ones in their place.
 */
export function startKernels(s: State, from: u32, to: u32, work: usize): void {
  const length = <usize>s.lengthY;
  const half = length >> 1;
  const fours = <usize>kernelFours(s);
  const rowBytes = fours << 4;
  const spacing = s.spacing;
  const edge = s.lengthX >> 1;
  const one = f32x4.splat(1);
  for (let four = <usize>from; four < <usize>to; four++) {
    const column = 4 * <u32>four;
    const columns = f32x4.add(f32x4.splat(<f32>column), f32x4(0, 1, 2, 3));
    const dx = f32x4.mul(f32x4.splat(spacing), columns);
    // The node half way around is as far to either side: an odd kernel is zero there.
    const isOdd = f32x4.lt(columns, f32x4.splat(<f32>edge));
    for (let pass = 0; pass < 2; pass++) {
      for (let y: usize = 0; y < length; y++) {
        const dy = spacing * (y < half ? <f32>(<u32>y) : -(<f32>(<u32>(length - y))));
        const w = f32x4.div(
          one,
          f32x4.add(f32x4.add(one, f32x4.mul(dx, dx)), f32x4.splat(dy * dy)),
        );
        const square = f32x4.mul(w, w);
        const out = work + (y << 5);
        if (pass == 0) {
          v128.store(out, w);
          v128.store(out, v128.and(f32x4.mul(dx, square), isOdd), 16);
        } else {
          v128.store(out, f32x4.mul(f32x4.splat(y == half ? 0 : dy), square));
          v128.store(out, f32x4.splat(0), 16);
        }
      }
      const result = transform(s.planY, work, work + (length << 5));
      for (let k: usize = 0; k <= half; k++) {
        const at = k * rowBytes + (four << 4);
        const from = result + (k << 5);
        if (pass == 0) {
          v128.store(s.potential + at, v128.load(from));
          v128.store(s.forceX + at, v128.load(from, 16));
        } else {
          v128.store(s.forceY + at, v128.load(from, 16));
        }
      }
    }
  }
}

/**
 * The kernels' transforms along x as well, of fours of frequencies `from` … `to` along y, times the spline's inverse
 * filter and one over the grid's size. Each four takes the place of its own rows: by column, lane by lane.
 */
export function endKernels(s: State, from: u32, to: u32, work: usize): void {
  const length = <usize>s.lengthX;
  const half = length >> 1;
  const fours = <usize>kernelFours(s);
  const bytes = length << 5;
  const rowBytes = fours << 4;
  // Half a sequence, lanes being frequencies along y, lies behind the two that are transformed.
  const turned = work + 2 * bytes;
  for (let four = <usize>from; four < <usize>to; four++) {
    const at = four * 4 * rowBytes;
    const filterY = v128.load(s.filterY + (four << 4));
    for (let pass = 0; pass < 2; pass++) {
      turnRows((pass == 0 ? s.potential : s.forceX) + at, rowBytes, fours, turned);
      if (pass == 0) turnRows(s.forceY + at, rowBytes, fours, turned + 16);
      for (let l: usize = 0; l < length; l++) {
        const source = turned + ((l <= half ? l : length - l) << 5);
        const out = work + (l << 5);
        const value = v128.load(source);
        v128.store(out, pass == 1 && l > half ? f32x4.neg(value) : value);
        v128.store(out, pass == 0 ? v128.load(source, 16) : f32x4.splat(0), 16);
      }
      const result = transform(s.planX, work, work + bytes);
      for (let l: usize = 0; l <= half; l++) {
        const filter = f32x4.mul(filterY, v128.load32_splat(s.filterX + (l << 2)));
        const re = v128.load(result + (l << 5));
        const im = v128.load(result + (l << 5), 16);
        const out = at + (l << 4);
        if (pass == 0) {
          v128.store(s.potential + out, f32x4.mul(filter, re));
          v128.store(s.forceY + out, f32x4.mul(filter, im));
        } else {
          v128.store(s.forceX + out, f32x4.mul(filter, im));
        }
      }
    }
  }
}

/** Four rows of reals as one sequence of four lanes, 32 bytes a number. */
function turnRows(rows: usize, rowBytes: usize, fours: usize, to: usize): void {
  for (let four: usize = 0; four < fours; four++) {
    const from = rows + (four << 4);
    turn(
      v128.load(from),
      v128.load(from + rowBytes),
      v128.load(from + 2 * rowBytes),
      v128.load(from + 3 * rowBytes),
      to + (four << 7),
      32,
    );
  }
}
