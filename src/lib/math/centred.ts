import { Matrix as Dense, SingularValueDecomposition } from 'ml-matrix';
import type { Matrix } from './matrix.ts';
import { plainProducts, type Products, type RowSource } from './products.ts';

/** A matrix and what is to be taken off its columns, so that each has a mean of 0. Nothing is copied. */
export interface Centred {
  matrix: Matrix;
  /** Of each column. */
  mean: Float64Array;
}

/** The rows of `m` less their mean. */
export function centred(m: Matrix): Centred {
  const { data, rows, columns } = m;
  const mean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) mean[j] += data[at++];
  }
  for (let j = 0; j < columns; j++) mean[j] /= rows;
  return { matrix: m, mean };
}

/**
 * aᵀb: the products of every column of `a` with every column of `b`, summed over the rows.
 *
 * @param a n × da
 * @param b n × db
 * @returns da × db, row-major; the cost is n × da × db and nothing of size n × n is made
 */
export function crossProduct(
  a: Centred,
  b: Centred,
  products: Products = plainProducts,
): Float64Array {
  const rows = rowsOf(a);
  return products.crossProducts(rows, a === b ? rows : rowsOf(b));
}

/** The rows as products take them. */
export function rowsOf({ matrix: { data, rows, columns }, mean }: Centred): RowSource {
  return {
    rows,
    columns,
    write(from, to, target, rowStride, columnStride) {
      for (let i = from; i < to; i++) {
        const at = i * columns;
        const start = (i - from) * rowStride;
        for (let j = 0; j < columns; j++) target[start + j * columnStride] = data[at + j] - mean[j];
      }
    },
  };
}

/** The sum of all squared values. */
export function squaredNorm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** A thin singular value decomposition, values falling. */
export interface Svd {
  left: Dense;
  values: number[];
  right: Dense;
}

/** The singular value decomposition of a `rows × columns` matrix, by ml-matrix. */
export function svd(data: Float64Array, rows: number, columns: number): Svd {
  const solved = new SingularValueDecomposition(Dense.from1DArray(rows, columns, [...data]), {
    autoTranspose: true,
  });
  const kept = Math.min(rows, columns);
  return {
    left: solved.leftSingularVectors.subMatrix(0, rows - 1, 0, kept - 1),
    values: solved.diagonal.slice(0, kept),
    right: solved.rightSingularVectors.subMatrix(0, columns - 1, 0, kept - 1),
  };
}

/**
 * @throws RangeError when the two matrices do not speak of the same items, or of fewer than `least`
 */
export function checkPaired(a: Matrix, b: Matrix, least: number): void {
  if (a.rows !== b.rows) {
    throw new RangeError(
      `one embedding has ${a.rows} rows and the other ${b.rows} (expected row i of both to be one item)`,
    );
  }
  if (a.rows < least) throw new RangeError(`there are ${a.rows} rows (expected at least ${least})`);
}
