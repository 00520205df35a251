/**
 * All principal components with their scores, of normally distributed rows: ours by the kernel, ours in plain
 * JavaScript, `ml-pca` left to itself, and scikit-learn's PCA in the Python that `EMBEDSCOPE_PYTHON` names (python3). In
 * seconds of the wall clock; quality is the largest variance that each found. What is missing is named.
 */
import { PCA } from 'ml-pca';
import { kernelProducts } from '../src/lib/kernels/products.ts';
import { matrix, row, type Matrix } from '../src/lib/math/matrix.ts';
import { pca } from '../src/lib/math/pca.ts';
import { random } from '../src/lib/math/random.ts';
import { inPython } from './peers/python.ts';
import type { Result } from './run.ts';

interface Timed {
  name: string;
  seconds: number;
  variance?: number;
}

/** ml-pca takes minutes beyond so many values. */
const MOST_ML_PCA = 3_000_000;

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const sizes = quick
    ? [
        [1_000, 50],
        [2_000, 100],
      ]
    : [
        [1_000, 50],
        [10_000, 300],
        [100_000, 300],
      ];
  const results: Result[] = [];
  // Everything is compiled before it is timed.
  for (const warm of [kernel, plain, mlPca]) warm(drawn(1_000, 50));
  for (const [n, d] of sizes) {
    const rows = drawn(n, d);
    const own = kernel(rows);
    const timed = [own, plain(rows), mlPca(rows), python(rows)];
    for (const { name, seconds, variance } of timed) {
      results.push({
        name,
        n,
        d,
        seconds,
        ratioToOurs: seconds / own.seconds,
        quality: variance === undefined ? undefined : { variance },
      });
    }
  }
  return { results };
}

function drawn(n: number, d: number): Matrix {
  return matrix(n, d, Float32Array.from({ length: n * d }, random(1).normal));
}

function timed(name: string, work: () => number): Timed {
  const start = performance.now();
  const variance = work();
  return { name, seconds: (performance.now() - start) / 1000, variance };
}

function kernel(rows: Matrix): Timed {
  return timed('ours', () => pca(rows, { products: kernelProducts }).explainedVariance[0]);
}

function plain(rows: Matrix): Timed {
  return timed('ours, plain JavaScript', () => pca(rows).explainedVariance[0]);
}

function mlPca(rows: Matrix): Timed {
  if (rows.data.length > MOST_ML_PCA) {
    return { name: 'ml-pca: not run, it takes minutes', seconds: NaN };
  }
  const lists = Array.from({ length: rows.rows }, (_, i) => Array.from(row(rows, i)));
  return timed('ml-pca', () => {
    const model = new PCA(lists);
    model.predict(lists);
    return model.getEigenvalues()[0];
  });
}

function python(rows: Matrix): Timed {
  const answer = inPython<{ seconds: number; variance: number }>(
    'pca_peer.py',
    { 'rows.f32': rows.data },
    [String(rows.columns)],
  );
  return typeof answer === 'string'
    ? { name: `scikit-learn is missing: ${answer}`, seconds: NaN }
    : { name: 'scikit-learn', ...answer };
}
