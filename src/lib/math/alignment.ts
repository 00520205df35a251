import { centred, checkPaired, crossProduct, squaredNorm, svd } from './centred.ts';
import { matrix, type Matrix } from './matrix.ts';

/** The rotation, with reflection allowed, that lays one embedding best on another, and what it leaves. */
export interface Alignment {
  /** da × db, row-major; where the dimensions differ, what the zero padding of the narrower one leaves of it. */
  rotation: Float64Array;
  /** The factor that a is multiplied with after its rotation; 1 when it was not to be scaled. */
  scale: number;
  meanA: Float64Array;
  meanB: Float64Array;
  /**
   * The share of the squares that is left, in [0, 1]. Scaled: of B's, which is the disparity of
   * `scipy.spatial.procrustes` and the same both ways. Not scaled: of A's and B's together.
   */
  residual: number;
  /** n lengths of what is left of each item, in a unit in which the mean of their squares is `residual`. */
  residuals: Float64Array;
}

/**
 * Orthogonal Procrustes analysis: both embeddings centred, then `a` rotated, and scaled if asked for, on to `b`.
 * The narrower of two is padded with columns of zeros.
 *
 * Schönemann 1966 (A generalized solution of the orthogonal Procrustes problem); with scaling Schönemann and Carroll 1970.
 *
 * @param a n × da, `b` n × db; row i is the same item in both
 * @throws RangeError when the row counts differ, there are fewer than two, or all rows of one are the same
 */
export function align(a: Matrix, b: Matrix, { scaled }: { scaled: boolean }): Alignment {
  checkPaired(a, b, 2);
  const [x, y] = [centred(a), centred(b)];
  const [squaresA, squaresB] = [squaredNorm(x.data), squaredNorm(y.data)];
  if (!(squaresA > 0 && squaresB > 0)) {
    throw new RangeError('all rows of an embedding are the same, so that it cannot be rotated');
  }
  const [p, q] = [x.columns, y.columns];
  const { left, values, right } = svd(crossProduct(x, y), p, q);
  const rotation = Float64Array.from(left.mmul(right.transpose()).to1DArray());
  const nuclear = values.reduce((sum, value) => sum + value, 0);
  const scale = scaled ? nuclear / squaresA : 1;
  const unit = scaled ? squaresB : squaresA + squaresB;

  const residuals = new Float64Array(a.rows);
  const rotated = new Float64Array(q);
  let total = 0;
  for (let i = 0; i < a.rows; i++) {
    let own = 0;
    rotated.fill(0);
    for (let r = 0; r < p; r++) {
      const value = x.data[i * p + r];
      own += value * value;
      for (let c = 0; c < q; c++) rotated[c] += value * rotation[r * q + c];
    }
    let squares = 0;
    let kept = 0;
    for (let c = 0; c < q; c++) {
      squares += (scale * rotated[c] - y.data[i * q + c]) ** 2;
      kept += rotated[c] * rotated[c];
    }
    // What a rotation of the wider embedding turns into the columns that the narrower has as zeros.
    if (p > q) squares += scale * scale * Math.max(0, own - kept);
    total += squares;
    residuals[i] = Math.sqrt((squares * a.rows) / unit);
  }
  return { rotation, scale, meanA: x.mean, meanB: y.mean, residual: total / unit, residuals };
}

/**
 * The rows of `a` where the alignment lays them: in the space of `b`.
 *
 * @param a rows × da; need not be the rows that were aligned
 * @returns rows × db
 */
export function aligned({ rotation, scale, meanA, meanB }: Alignment, a: Matrix): Matrix {
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
