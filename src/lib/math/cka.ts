import { checkPaired, squaredNorm } from './centred.ts';
import { comparableBoth, type Comparable, type ComparablePair } from './comparable.ts';
import type { Matrix } from './matrix.ts';
import type { Products } from './products.ts';

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
export function linearCka(a: Matrix, b: Matrix, products?: Products): number {
  return linearCkaOf(comparableBoth(a, b, products));
}

/** `linearCka` from products that are there already. */
export function linearCkaOf({ a, b, cross }: ComparablePair): number {
  checkPaired(a.matrix, b.matrix, 4);
  const own = unbiasedHsic(a, a, a.scatter) * unbiasedHsic(b, b, b.scatter);
  return own > 0 ? unbiasedHsic(a, b, cross) / Math.sqrt(own) : NaN;
}

/**
 * n(n − 3) times HSIC₁ of K = xxᵀ and L = yyᵀ, the diagonals of which it leaves out:
 * tr(K̃L̃) + 1ᵀK̃1·1ᵀL̃1 / ((n − 1)(n − 2)) − 2 / (n − 2) · 1ᵀK̃L̃1.
 *
 * The estimator is the same for centred columns, whose rows in K sum to 0, and to −K's diagonal without that.
 *
 * @param cross xᵀy
 */
function unbiasedHsic(x: Comparable, y: Comparable, cross: Float64Array): number {
  const n = x.squares.length;
  let diagonals = 0;
  for (let i = 0; i < n; i++) diagonals += x.squares[i] * y.squares[i];
  const trace = squaredNorm(cross) - diagonals;
  return trace + (x.total * y.total) / ((n - 1) * (n - 2)) - (2 / (n - 2)) * diagonals;
}
