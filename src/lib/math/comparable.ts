import { centred, checkPaired, crossProduct, type Centred } from './centred.ts';
import type { Matrix } from './matrix.ts';
import { plainProducts, type Products } from './products.ts';

/** An embedding with what the measures of a pair take from it alone, computed once for all of them. */
export interface Comparable extends Centred {
  /** d × d: the products of its centred columns with each other, row-major. */
  scatter: Float64Array;
  /** n squared lengths of the centred rows. */
  squares: Float64Array;
  /** The sum of the squared lengths. */
  total: number;
}

/** Two embeddings of the same items with the products of their columns. */
export interface ComparablePair {
  a: Comparable;
  b: Comparable;
  /** da × db: the products of every centred column of `a` with every one of `b`. */
  cross: Float64Array;
}

/**
 * @param m n × d
 * @param products what computes the products of columns: plain JavaScript when left out
 */
export function comparable(m: Matrix, products: Products = plainProducts): Comparable {
  const own = centred(m);
  const { data, rows, columns } = m;
  const { mean } = own;
  const squares = new Float64Array(rows);
  let total = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const value = data[at++] - mean[j];
      sum += value * value;
    }
    squares[i] = sum;
    total += sum;
  }
  return { ...own, scatter: crossProduct(own, own, products), squares, total };
}

/**
 * @param a of n items, `b` of the same in the same order
 * @throws RangeError when the row counts differ
 */
export function comparablePair(
  a: Comparable,
  b: Comparable,
  products: Products = plainProducts,
): ComparablePair {
  checkPaired(a.matrix, b.matrix, 0);
  return { a, b, cross: a === b ? a.scatter : crossProduct(a, b, products) };
}

/** Both steps at once. */
export function comparableBoth(a: Matrix, b: Matrix, products?: Products): ComparablePair {
  const first = comparable(a, products);
  return comparablePair(first, a === b ? first : comparable(b, products), products);
}
