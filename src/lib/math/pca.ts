import { PCA } from 'ml-pca';
import { matrix, type Matrix } from './matrix.ts';
import { plainProducts, type Products, type RowSource } from './products.ts';

/**
 * What is centred, and what a score is.
 *
 * - `scores`: columns are centred; scores are the rows projected on the components, as `PCA().fit_transform(X)`.
 * - `lesson`: each row is centred over its own columns; the scores of a component are a unit vector over the
 *   rows, as `PCA().fit(X.T).components_`.
 */
export type PcaConvention = 'scores' | 'lesson';

export interface PcaOptions {
  /** How many to keep; as many as the rank when left out. */
  components?: number;
  convention?: PcaConvention;
  /** What computes the covariance and the scores: plain JavaScript when left out. */
  products?: Products;
}

/** Principal components, k of them, by falling variance. */
export interface Pca {
  convention: PcaConvention;
  /** The columns' means, which `scores` subtracts from each row. */
  mean: Float64Array;
  /** k × d, rows of length 1: directions over the columns. */
  components: Matrix;
  /** k, with n − 1 in the denominator (`lesson`: d − 1, its samples being the columns). */
  explainedVariance: Float64Array;
  /** k, shares of the total variance, of which the components left out have their part. */
  explainedVarianceRatio: Float64Array;
  /** n × k. `lesson`: each column has length 1. */
  scores: Matrix;
  /** d × k: each component times the square root of its variance. */
  loadings: Matrix;
}

/**
 * Principal component analysis by the d × d covariance, so that its cost is linear in the rows.
 *
 * Signs are those of scikit-learn 1.9 (`svd_flip(u_based_decision=False)`): the entry of `components_` that is
 * largest in absolute value is positive. For `lesson` those entries are the scores.
 *
 * @param m n × d, finite
 * @throws RangeError when there are fewer than two rows (`lesson`: columns), a value is not finite, nothing
 *   varies, or more components are asked for than the rank
 */
export function pca(m: Matrix, options: PcaOptions = {}): Pca {
  const { convention = 'scores', products = plainProducts } = options;
  checkInput(m, convention);
  const samples = convention === 'scores' ? m.rows : m.columns;
  const mean = columnMeans(m);
  const centred = centredRows(m, convention, mean);
  const scatter = products.crossProducts(centred, centred).map((sum) => sum / (samples - 1));
  const covariance = Array.from({ length: m.columns }, (_, a) =>
    Array.from(scatter.subarray(a * m.columns, (a + 1) * m.columns)),
  );
  const total = covariance.reduce((sum, row, j) => sum + row[j], 0);
  if (!(total > 0)) {
    throw new RangeError(
      convention === 'scores'
        ? 'all rows are the same, so that there is no variance to explain'
        : 'each row has one value throughout, so that there is no variance to explain',
    );
  }

  const { values, vectors } = eigen(covariance);
  const smallest = values[0] * Math.max(1e-12, m.rows * Number.EPSILON);
  const rank = values.filter((value) => value > smallest).length;
  const k = options.components ?? rank;
  if (!Number.isInteger(k) || k < 1 || k > rank) {
    throw new RangeError(
      `components is ${k} (expected a whole number from 1 to ${rank}, the rank of the data)`,
    );
  }

  const explainedVariance = Float64Array.from(values.slice(0, k));
  const components = matrix(k, m.columns, Float32Array.from(vectors.slice(0, k).flat()));
  const fit: Pca = {
    convention,
    mean,
    components,
    explainedVariance,
    explainedVarianceRatio: explainedVariance.map((value) => value / total),
    scores: matrix(0, k),
    loadings: matrix(m.columns, k),
  };
  fit.scores = project(fit, m, products);
  flipSigns(fit);
  for (let c = 0; c < k; c++) {
    const scale = Math.sqrt(explainedVariance[c]);
    for (let j = 0; j < m.columns; j++) {
      fit.loadings.data[j * k + c] = components.data[c * m.columns + j] * scale;
    }
  }
  return fit;
}

/**
 * The scores of any rows on fitted components; those of the fitted rows are `fit.scores`.
 *
 * @param m rows × d
 * @returns rows × k
 */
export function project(fit: Pca, m: Matrix, products: Products = plainProducts): Matrix {
  const { components, convention, explainedVariance } = fit;
  const k = components.rows;
  const d = components.columns;
  if (m.columns !== d) {
    throw new RangeError(`the rows have ${m.columns} columns (expected ${d}, as were fitted)`);
  }
  // The lesson's scores are right singular vectors: projections over their singular value.
  const scale = explainedVariance.map((variance) =>
    convention === 'scores' ? 1 : 1 / Math.sqrt(variance * (d - 1)),
  );
  const directions = new Float64Array(d * k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) directions[j * k + c] = components.data[c * d + j];
  }
  const scores = matrix(m.rows, k);
  products.times(centredRows(m, convention, fit.mean), directions, k, (i, row) => {
    for (let c = 0; c < k; c++) scores.data[i * k + c] = row[c] * scale[c];
  });
  return scores;
}

function checkInput({ data, rows, columns }: Matrix, convention: PcaConvention): void {
  const [samples, noun] = convention === 'scores' ? [rows, 'rows'] : [columns, 'columns'];
  if (samples < 2)
    throw new RangeError(`principal components need at least 2 ${noun}, not ${samples}`);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `row ${Math.floor(bad / columns)}, column ${bad % columns} is ${data[bad]} (expected a finite number)`,
    );
  }
}

function columnMeans({ data, rows, columns }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) mean[j] += data[at++];
  }
  return mean.map((sum) => sum / rows);
}

/** The rows less the columns' means, or by the lesson's convention less their own. */
function centredRows(
  { data, rows, columns }: Matrix,
  convention: PcaConvention,
  mean: Float64Array,
): RowSource {
  return {
    rows,
    columns,
    write(from, to, target, rowStride, columnStride) {
      for (let i = from; i < to; i++) {
        const at = i * columns;
        let to = (i - from) * rowStride;
        if (convention === 'scores') {
          for (let j = 0; j < columns; j++, to += columnStride) target[to] = data[at + j] - mean[j];
          continue;
        }
        let own = 0;
        for (let j = 0; j < columns; j++) own += data[at + j];
        own /= columns;
        for (let j = 0; j < columns; j++, to += columnStride) target[to] = data[at + j] - own;
      }
    },
  };
}

/**
 * ml-pca behind one door, for its names mislead: `getLoadings` gives unit-length components, and
 * `getExplainedVariance` ratios. Eigenvalues come in falling order; rounding may leave some just below zero.
 */
function eigen(covariance: number[][]): { values: number[]; vectors: number[][] } {
  const solved = new PCA(covariance, { isCovarianceMatrix: true });
  return {
    values: solved.getEigenvalues().map((value) => Math.max(0, value)),
    vectors: solved.getLoadings().to2DArray(),
  };
}

function flipSigns({ convention, components, scores }: Pca): void {
  const k = components.rows;
  const d = components.columns;
  for (let c = 0; c < k; c++) {
    const deciding =
      convention === 'scores' ? components.data.subarray(c * d, (c + 1) * d) : column(scores, c);
    if (largest(deciding) > 0) continue;
    for (let j = 0; j < d; j++) components.data[c * d + j] *= -1;
    for (let i = 0; i < scores.rows; i++) scores.data[i * k + c] *= -1;
  }
}

/** A copy of column `c`. */
export function column({ data, rows, columns }: Matrix, c: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, i) => data[i * columns + c]);
}

/** The value largest in absolute value, the first of equals. */
function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(most)) most = value;
  return most;
}
