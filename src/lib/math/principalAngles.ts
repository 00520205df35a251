import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { centred, checkPaired, crossProduct, svd, type Centred } from './centred.ts';
import type { Matrix } from './matrix.ts';
import { plainProducts, type Products } from './products.ts';

/** A direction with less than this share of the largest variance is rounding. */
const NEGLIGIBLE = 1e-12;

/**
 * The principal angles between the subspaces that the centred columns of two embeddings span over the items, in
 * radians, rising, as many as the smaller has dimensions. Their cosines are the canonical correlations: an angle of 0 is
 * a direction that both have, one of π/2 a direction of one that the other has nothing of.
 *
 * Björck and Golub 1973 (Numerical methods for computing angles between linear subspaces), through d × d products;
 * angles below about 1e-6 are rounding.
 *
 * @param a n × da, `b` n × db; row i is the same item in both
 * @throws RangeError when the row counts differ, there are fewer than two, or all rows of one are the same
 */
export function principalAngles(
  a: Matrix,
  b: Matrix,
  products: Products = plainProducts,
): Float64Array {
  checkPaired(a, b, 2);
  const [x, y] = [centred(a), centred(b)];
  const [toA, toB] = [whitening(x, products), whitening(y, products)];
  const product = Dense.from1DArray(x.columns, y.columns, [...crossProduct(x, y, products)]);
  const cosines = toA.transpose().mmul(product).mmul(toB);
  const { values } = svd(Float64Array.from(cosines.to1DArray()), cosines.rows, cosines.columns);
  return Float64Array.from(values, (value) => Math.acos(Math.min(1, value)));
}

/** d × rank: what the columns are multiplied with to become orthonormal. */
function whitening(x: Centred, products: Products): Dense {
  const d = x.columns;
  const gram = Dense.from1DArray(d, d, [...crossProduct(x, x, products)]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, {
    assumeSymmetric: true,
  });
  const least = NEGLIGIBLE * Math.max(...realEigenvalues);
  const kept = realEigenvalues.flatMap((value, c) => (value > least && value > 0 ? [c] : []));
  if (kept.length === 0) {
    throw new RangeError('all rows of an embedding are the same, so that it spans nothing');
  }
  const result = eigenvectorMatrix.subMatrixColumn(kept);
  kept.forEach((c, column) => result.mulColumn(column, 1 / Math.sqrt(realEigenvalues[c])));
  return result;
}
