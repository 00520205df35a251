import { centred, checkPaired, crossProduct, squaredNorm, type Centred } from './centred.ts';
import type { Matrix } from './matrix.ts';
import { plainProducts, type Products } from './products.ts';

/**
 * Linear centred kernel alignment of two embeddings with the unbiased estimator of HSIC: 1 where one is a rotation
 * and scaling of the other, about 0 (below it too) for independent ones, however many dimensions they have.
 *
 * Kornblith et al. 2019 (Similarity of neural network representations revisited), with HSIC₁ of Song et al. 2012
 * (Feature selection via dependence maximization), equation 5. For linear kernels its traces are sums over d × d
 * products and over rows, so that no n × n matrix is made.
 *
 * @param a n × da, `b` n × db; row i is the same item in both
 * @returns NaN where an embedding does not vary enough to be told from noise
 * @throws RangeError when the row counts differ, or there are fewer than four
 */
export function linearCka(a: Matrix, b: Matrix, products: Products = plainProducts): number {
  checkPaired(a, b, 4);
  // The estimator is the same for centred columns, but its sums are then of like size.
  const [x, y] = [centred(a), centred(b)];
  const own = unbiasedHsic(x, x, products) * unbiasedHsic(y, y, products);
  return own > 0 ? unbiasedHsic(x, y, products) / Math.sqrt(own) : NaN;
}

/**
 * n(n − 3) times HSIC₁ of K = xxᵀ and L = yyᵀ, the diagonals of which it leaves out:
 * tr(K̃L̃) + 1ᵀK̃1·1ᵀL̃1 / ((n − 1)(n − 2)) − 2 / (n − 2) · 1ᵀK̃L̃1.
 */
function unbiasedHsic(x: Centred, y: Centred, products: Products): number {
  const n = x.rows;
  const k = rowSums(x);
  const l = rowSums(y);
  let diagonals = 0;
  let rows = 0;
  let [totalK, totalL] = [0, 0];
  for (let i = 0; i < n; i++) {
    diagonals += k.diagonal[i] * l.diagonal[i];
    rows += k.sums[i] * l.sums[i];
    totalK += k.sums[i];
    totalL += l.sums[i];
  }
  const trace = squaredNorm(crossProduct(x, y, products)) - diagonals;
  return trace + (totalK * totalL) / ((n - 1) * (n - 2)) - (2 / (n - 2)) * rows;
}

/** Of xxᵀ: its diagonal, and the sums of its rows without that. Columns that are centred have rows that sum to 0. */
function rowSums({ data, rows, columns }: Centred) {
  const diagonal = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) diagonal[i] += data[at] * data[at];
  }
  return { diagonal, sums: diagonal.map((value) => -value) };
}
