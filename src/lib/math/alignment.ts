import { checkPaired, rowsOf, svd } from './centred.ts';
import { comparableBoth, type ComparablePair } from './comparable.ts';
import { matrix, type Matrix } from './matrix.ts';
import { plainProducts, type Products } from './products.ts';

/** What is left of the difference of two embeddings once one is rotated on to the other. */
export interface Fit {
  /** What the rotated rows are multiplied with; 1 without scaling. */
  scale: number;
  /** The share of the squares that is left, in [0, 1]. */
  residual: number;
}

/** The rotation, with reflection allowed, that lays one embedding best on another. */
export interface Rotation<F extends Fit = Fit> {
  /** da × db, row-major; where the dimensions differ, what the zero padding of the narrower one leaves of it. */
  rotation: Float64Array;
  meanA: Float64Array;
  meanB: Float64Array;
  /** `residual` is of B's squares: the disparity of `scipy.spatial.procrustes`, the same both ways. */
  scaled: F;
  /** `residual` is of A's and B's squares together, so that it is the same both ways too. */
  unscaled: F;
}

/** A fit with what it leaves of each item. */
export interface ItemFit extends Fit {
  /** n lengths of what is left of each item, in a unit in which the mean of their squares is `residual`. */
  residuals: Float64Array;
}

export type Alignment = Rotation<ItemFit>;

/**
 * Orthogonal Procrustes analysis: both embeddings centred, then `a` rotated on to `b`, with scaling and without. The
 * narrower of two is padded with columns of zeros.
 *
 * Schönemann 1966 (A generalized solution of the orthogonal Procrustes problem); with scaling Schönemann and Carroll
 * 1970 (Fitting one matrix to another under choice of a central dilation and a rigid motion).
 *
 * @param a n × da, `b` n × db; row i is the same item in both
 * @param products what computes the cross-covariance and rotates: plain JavaScript when left out
 * @throws RangeError when the row counts differ, there are fewer than two, or all rows of one are the same
 */
export function align(a: Matrix, b: Matrix, products: Products = plainProducts): Alignment {
  checkPaired(a, b, 2);
  return alignmentOf(comparableBoth(a, b, products), products);
}

/**
 * The rotation without what it leaves of each item: its cost does not grow with the items. With σ for the singular
 * values of the cross-covariance, the squares left are ‖B‖² − (Σσ)² / ‖A‖² with scaling, ‖A‖² + ‖B‖² − 2Σσ without.
 *
 * @throws RangeError when there are fewer than two items, or all rows of an embedding are the same
 */
export function rotationOf({ a, b, cross }: ComparablePair): Rotation {
  checkPaired(a.matrix, b.matrix, 2);
  if (!(a.total > 0 && b.total > 0)) {
    throw new RangeError('all rows of an embedding are the same, so that it cannot be rotated');
  }
  const { left, values, right } = svd(cross, a.matrix.columns, b.matrix.columns);
  const sum = values.reduce((sum, value) => sum + value, 0);
  const both = a.total + b.total;
  return {
    rotation: Float64Array.from(left.mmul(right.transpose()).to1DArray()),
    meanA: a.mean,
    meanB: b.mean,
    scaled: { scale: sum / a.total, residual: share(1 - (sum / a.total) * (sum / b.total)) },
    unscaled: { scale: 1, residual: share((both - 2 * sum) / both) },
  };
}

/** Rounding may leave a little less than nothing. */
const share = (value: number): number => Math.min(1, Math.max(0, value));

/** `align` from products that are there already. */
export function alignmentOf(pair: ComparablePair, products: Products = plainProducts): Alignment {
  const { a, b } = pair;
  const found = rotationOf(pair);
  const { scale } = found.scaled;
  const [p, q] = [a.matrix.columns, b.matrix.columns];
  const n = a.matrix.rows;
  const scaled = new Float64Array(n);
  const unscaled = new Float64Array(n);
  products.times(rowsOf(a), found.rotation, q, (i, rotated) => {
    let kept = 0;
    for (let c = 0; c < q; c++) {
      const target = b.matrix.data[i * q + c] - b.mean[c];
      kept += rotated[c] * rotated[c];
      scaled[i] += (scale * rotated[c] - target) ** 2;
      unscaled[i] += (rotated[c] - target) ** 2;
    }
    // What a rotation of the wider embedding turns into the columns that the narrower has as zeros.
    const beyond = p > q ? Math.max(0, a.squares[i] - kept) : 0;
    scaled[i] += scale * scale * beyond;
    unscaled[i] += beyond;
  });
  const perItem = (squares: Float64Array, whole: number) =>
    squares.map((value) => Math.sqrt((value * n) / whole));
  return {
    ...found,
    scaled: { ...found.scaled, residuals: perItem(scaled, b.total) },
    unscaled: { ...found.unscaled, residuals: perItem(unscaled, a.total + b.total) },
  };
}

/**
 * The rows of `a` where the alignment lays them: in the space of `b`.
 *
 * @param a rows × da; need not be the rows that were aligned
 * @param scale `alignment.scaled.scale`, or 1 to rotate alone
 * @returns rows × db
 */
export function aligned({ rotation, meanA, meanB }: Rotation, a: Matrix, scale: number): Matrix {
  const [p, q] = [meanA.length, meanB.length];
  if (a.columns !== p) throw new RangeError(`the rows have ${a.columns} columns (expected ${p})`);
  const result = matrix(a.rows, q);
  const place = new Float64Array(q);
  for (let i = 0; i < a.rows; i++) {
    place.set(meanB);
    for (let r = 0; r < p; r++) {
      const value = scale * (a.data[i * p + r] - meanA[r]);
      for (let c = 0; c < q; c++) place[c] += value * rotation[r * q + c];
    }
    result.data.set(place, i * q);
  }
  return result;
}
