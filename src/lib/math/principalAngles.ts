import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { checkPaired, svd } from './centred.ts';
import { comparableBoth, type Comparable, type ComparablePair } from './comparable.ts';
import type { Matrix } from './matrix.ts';
import type { Products } from './products.ts';

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
export function principalAngles(a: Matrix, b: Matrix, products?: Products): Float64Array {
  checkPaired(a, b, 2);
  return principalAnglesOf(comparableBoth(a, b, products));
}

/** `principalAngles` from products that are there already. */
export function principalAnglesOf({ a, b, cross }: ComparablePair): Float64Array {
  checkPaired(a.matrix, b.matrix, 2);
  const [toA, toB] = [whitening(a), whitening(b)];
  const product = Dense.from1DArray(a.matrix.columns, b.matrix.columns, [...cross]);
  const cosines = toA.transpose().mmul(product).mmul(toB);
  const { values } = svd(Float64Array.from(cosines.to1DArray()), cosines.rows, cosines.columns);
  return Float64Array.from(values, (value) => Math.acos(Math.min(1, value)));
}

/** d × rank: what the columns are multiplied with to become orthonormal. */
function whitening({ matrix: { columns: d }, scatter }: Comparable): Dense {
  const gram = Dense.from1DArray(d, d, [...scatter]);
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
