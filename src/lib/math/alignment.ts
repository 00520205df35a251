import { centred, checkPaired, crossProduct, rowsOf, squaredNorm, svd } from './centred.ts';
import { matrix, type Matrix } from './matrix.ts';
import { plainProducts, type Products } from './products.ts';

/** What is left of the difference of two embeddings once one is rotated on to the other. */
export interface Fit {
  /** What the rotated rows are multiplied with; 1 without scaling. */
  scale: number;
  /** The share of the squares that is left, in [0, 1]. */
  residual: number;
  /** n lengths of what is left of each item, in a unit in which the mean of their squares is `residual`. */
  residuals: Float64Array;
}

/** The rotation, with reflection allowed, that lays one embedding best on another, and what it leaves. */
export interface Alignment {
  /** da × db, row-major; where the dimensions differ, what the zero padding of the narrower one leaves of it. */
  rotation: Float64Array;
  meanA: Float64Array;
  meanB: Float64Array;
  /** `residual` is of B's squares: the disparity of `scipy.spatial.procrustes`, the same both ways. */
  scaled: Fit;
  /** `residual` is of A's and B's squares together, so that it is the same both ways too. */
  unscaled: Fit;
}

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
  const [x, y] = [centred(a), centred(b)];
  const [squaresA, squaresB] = [squaredNorm(x.data), squaredNorm(y.data)];
  if (!(squaresA > 0 && squaresB > 0)) {
    throw new RangeError('all rows of an embedding are the same, so that it cannot be rotated');
  }
  const [n, p, q] = [a.rows, x.columns, y.columns];
  const { left, values, right } = svd(crossProduct(x, y, products), p, q);
  const rotation = Float64Array.from(left.mmul(right.transpose()).to1DArray());
  const scale = values.reduce((sum, value) => sum + value, 0) / squaresA;

  const scaled = new Float64Array(n);
  const unscaled = new Float64Array(n);
  products.times(rowsOf(x), rotation, q, (i, rotated) => {
    let own = 0;
    for (let r = 0; r < p; r++) own += x.data[i * p + r] * x.data[i * p + r];
    let kept = 0;
    for (let c = 0; c < q; c++) {
      const target = y.data[i * q + c];
      kept += rotated[c] * rotated[c];
      scaled[i] += (scale * rotated[c] - target) ** 2;
      unscaled[i] += (rotated[c] - target) ** 2;
    }
    // What a rotation of the wider embedding turns into the columns that the narrower has as zeros.
    const beyond = p > q ? Math.max(0, own - kept) : 0;
    scaled[i] += scale * scale * beyond;
    unscaled[i] += beyond;
  });
  return {
    rotation,
    meanA: x.mean,
    meanB: y.mean,
    scaled: fit(scale, scaled, squaresB),
    unscaled: fit(1, unscaled, squaresA + squaresB),
  };
}

/** @param squares what is left of each item, squared */
function fit(scale: number, squares: Float64Array, whole: number): Fit {
  const n = squares.length;
  return {
    scale,
    residual: squares.reduce((sum, value) => sum + value, 0) / whole,
    residuals: squares.map((value) => Math.sqrt((value * n) / whole)),
  };
}

/**
 * The rows of `a` where the alignment lays them: in the space of `b`.
 *
 * @param a rows × da; need not be the rows that were aligned
 * @param scale `alignment.scaled.scale`, or 1 to rotate alone
 * @returns rows × db
 */
export function aligned({ rotation, meanA, meanB }: Alignment, a: Matrix, scale: number): Matrix {
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
