import { wasm } from './generated/matmul.ts';
import type { KernelSource } from './load.ts';

/** Products of matrices of float32. */
export interface Matmul {
  /**
   * C = A·B, or C += A·B, for A of rows × inner and B of inner × columns.
   *
   * Offsets and strides are in bytes. A and B lie anywhere: element (i, k) of A is at `a + i·aRow + k·aColumn`, so that
   * a transposed matrix is one with its strides swapped, and rows may overlap (the windows of a convolution). The
   * elements of a row of C lie side by side.
   *
   * @param accumulate 1 adds to what C holds
   * @param panels room for `PANEL_VALUES` values, overwritten
   */
  matmul(
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
    rows: number,
    columns: number,
    inner: number,
    accumulate: number,
    panels: number,
  ): void;
}

const BLOCK = 256;
/** What `matmul` needs of room for a block of B. */
export const PANEL_VALUES = BLOCK * BLOCK;

const { fround } = Math;

/** The same function in plain JavaScript, which gives the kernel's answers to the bit. */
export function matmulTwin(buffer: ArrayBuffer): Matmul {
  const f = new Float32Array(buffer);
  return {
    matmul(a, aRow, aColumn, b, bRow, bColumn, c, cRow, rows, columns, inner, accumulate) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const to = (c + i * cRow + 4 * j) >>> 2;
          for (let k = 0; k < inner; k += BLOCK) {
            let sum = 0;
            const end = Math.min(inner, k + BLOCK);
            for (let m = k; m < end; m++) {
              const x = f[(a + i * aRow + m * aColumn) >>> 2];
              sum = fround(sum + fround(x * f[(b + m * bRow + j * bColumn) >>> 2]));
            }
            f[to] = accumulate || k > 0 ? f[to] + sum : sum;
          }
        }
      }
    },
  };
}

export const matmulSource: KernelSource<Matmul> = { wasm, twin: matmulTwin };
