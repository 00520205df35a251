import { mirror, plainProducts, type Products } from '../math/products.ts';
import { wasm } from './generated/products.ts';
import { instantiateNow, Layout, MEMORY_LIMIT } from './load.ts';

/** What the kernel computes. */
interface ProductsKernel {
  /**
   * Adds aᵀb to `sums`, row after row: `a` rows × p, `b` rows × q, `sums` p × q, all float64 and dense, p and q multiples
   * of 4. Offsets are in bytes.
   *
   * @param upper 1 leaves out what is below the diagonal, in tiles of 4 × 4
   */
  addProducts(
    a: number,
    p: number,
    b: number,
    q: number,
    rows: number,
    sums: number,
    upper: number,
  ): void;
}

/** Rows that are in the kernel's memory at a time; a multiple of 4. */
const BLOCK = 64;
const padded = (columns: number) => Math.ceil(columns / 4) * 4;

/**
 * `Products` by a SIMD kernel, to the bit as `plainProducts`, which takes its place where WebAssembly with SIMD or the
 * memory is missing.
 */
export const kernelProducts: Products = {
  crossProducts(a, b) {
    const [p, q] = [padded(a.columns), padded(b.columns)];
    const layout = new Layout();
    const at = {
      a: layout.reserve(2 * BLOCK * p),
      b: layout.reserve(2 * BLOCK * q),
      sums: layout.reserve(2 * p * q),
    };
    const kernel = load(layout.bytes);
    if (!kernel) return plainProducts.crossProducts(a, b);
    const left = new Float64Array(kernel.buffer, at.a, BLOCK * p);
    const right = new Float64Array(kernel.buffer, at.b, BLOCK * q);
    for (let from = 0; from < a.rows; from += BLOCK) {
      const to = Math.min(a.rows, from + BLOCK);
      a.write(from, to, left, p, 1);
      if (a !== b) b.write(from, to, right, q, 1);
      const places = a === b ? [at.a, p, at.a, p] : [at.a, p, at.b, q];
      const [aAt, columnsA, bAt, columnsB] = places;
      kernel.functions.addProducts(
        aAt,
        columnsA,
        bAt,
        columnsB,
        to - from,
        at.sums,
        a === b ? 1 : 0,
      );
    }
    const all = new Float64Array(kernel.buffer, at.sums, p * q);
    const sums = new Float64Array(a.columns * b.columns);
    for (let r = 0; r < a.columns; r++) {
      sums.set(all.subarray(r * q, r * q + b.columns), r * b.columns);
    }
    if (a === b) mirror(sums, a.columns);
    return sums;
  },

  times(a, b, q, take) {
    const width = padded(q);
    const layout = new Layout();
    const at = {
      // A block of rows turned, so that the sums over columns are sums over rows.
      turned: layout.reserve(2 * a.columns * BLOCK),
      b: layout.reserve(2 * a.columns * width),
      sums: layout.reserve(2 * BLOCK * width),
    };
    const kernel = load(layout.bytes);
    if (!kernel) return plainProducts.times(a, b, q, take);
    const turned = new Float64Array(kernel.buffer, at.turned, a.columns * BLOCK);
    const factor = new Float64Array(kernel.buffer, at.b, a.columns * width);
    const sums = new Float64Array(kernel.buffer, at.sums, BLOCK * width);
    for (let j = 0; j < a.columns; j++) factor.set(b.subarray(j * q, (j + 1) * q), j * width);
    for (let from = 0; from < a.rows; from += BLOCK) {
      const to = Math.min(a.rows, from + BLOCK);
      a.write(from, to, turned, 1, BLOCK);
      sums.fill(0);
      kernel.functions.addProducts(at.turned, BLOCK, at.b, width, a.columns, at.sums, 0);
      for (let i = from; i < to; i++) {
        const row = (i - from) * width;
        take(i, sums.subarray(row, row + q));
      }
    }
  },
};

function load(bytes: number) {
  if (bytes > MEMORY_LIMIT) return undefined;
  try {
    return instantiateNow<ProductsKernel>(wasm, bytes);
  } catch (error) {
    // There is no memory of that size.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
