import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { kernelProducts } from '../../../src/lib/kernels/products.ts';
import { align } from '../../../src/lib/math/alignment.ts';
import { linearCka } from '../../../src/lib/math/cka.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { pca, project } from '../../../src/lib/math/pca.ts';
import { principalAngles } from '../../../src/lib/math/principalAngles.ts';
import { plainProducts, type Products, type RowSource } from '../../../src/lib/math/products.ts';
import { random } from '../../../src/lib/math/random.ts';

function drawn(rows: number, columns: number, seed: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, random(seed).normal);
}

function source(data: Float64Array, rows: number, columns: number): RowSource {
  return {
    rows,
    columns,
    write(from, to, target, rowStride, columnStride) {
      for (let i = from; i < to; i++) {
        for (let j = 0; j < columns; j++) {
          target[(i - from) * rowStride + j * columnStride] = data[i * columns + j];
        }
      }
    },
  };
}

function timesOf(products: Products, a: RowSource, b: Float64Array, q: number): number[][] {
  const rows: number[][] = [];
  products.times(a, b, q, (i, row) => {
    expect(i).toBe(rows.length);
    rows.push([...row]);
  });
  return rows;
}

const shapes = [
  [0, 3, 2],
  [1, 1, 1],
  [2, 4, 4],
  [5, 3, 7],
  [63, 5, 9],
  [64, 8, 4],
  [65, 13, 6],
  [131, 2, 70],
];

describe('products of matrices in double precision', () => {
  it.each(shapes)('are those of the sums in order (%i rows, %i and %i columns)', (n, p, q) => {
    const [dataA, dataB, dataC] = [drawn(n, p, 1), drawn(n, q, 2), drawn(p, q, 3)];
    const [a, b] = [source(dataA, n, p), source(dataB, n, q)];
    const sums = new Float64Array(p * q);
    for (let i = 0; i < n; i++) {
      for (let r = 0; r < p; r++) {
        for (let c = 0; c < q; c++) sums[r * q + c] += dataA[i * p + r] * dataB[i * q + c];
      }
    }
    const rows = Array.from({ length: n }, (_, i) =>
      Array.from({ length: q }, (_, c) => {
        let sum = 0;
        for (let j = 0; j < p; j++) sum += dataA[i * p + j] * dataC[j * q + c];
        return sum;
      }),
    );
    for (const products of [plainProducts, kernelProducts]) {
      expect([...products.crossProducts(a, b)]).toEqual([...sums]);
      expect(timesOf(products, a, dataC, q)).toEqual(rows);
      // A matrix with itself: half of the work, the same numbers.
      expect([...products.crossProducts(a, a)]).toEqual([
        ...plainProducts.crossProducts(a, source(dataA, n, p)),
      ]);
    }
  });

  it('are computed by plain JavaScript where there is no SIMD', () => {
    const a = source(drawn(9, 3, 1), 9, 3);
    const expected = kernelProducts.crossProducts(a, a);
    vi.stubGlobal('WebAssembly', { ...WebAssembly, validate: () => false });
    try {
      expect(kernelProducts.crossProducts(a, a)).toEqual(expected);
      expect(timesOf(kernelProducts, a, expected, 3)).toEqual(
        timesOf(plainProducts, a, expected, 3),
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

interface Golden {
  components: number[][];
  explainedVariance: number[];
  scores: number[][];
}
/** Written by scikit-learn; see goldens.py beside the file. */
const goldens = JSON.parse(
  readFileSync(new URL('../../fixtures/math/goldens.json', import.meta.url), 'utf8'),
) as { pca: { x: number[][]; fit: Golden; lesson: Omit<Golden, 'scores'> }[] };

/** The largest difference over the largest value. */
function relative(actual: ArrayLike<number>, expected: number[]): number {
  expect(actual.length).toBe(expected.length);
  const most = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(actual[i] - value))) / most;
}

describe('with the kernel', () => {
  it.each(goldens.pca)(
    "components are scikit-learn's to a millionth ($x.length rows)",
    (golden) => {
      const m = matrix(golden.x.length, golden.x[0].length, Float32Array.from(golden.x.flat()));
      const fit = pca(m, { components: 3, products: kernelProducts });
      expect(relative(fit.explainedVariance, golden.fit.explainedVariance)).toBeLessThan(1e-12);
      expect(relative(fit.components.data, golden.fit.components.flat())).toBeLessThan(1e-6);
      expect(relative(fit.scores.data, golden.fit.scores.flat())).toBeLessThan(1e-6);
      const lesson = pca(m, { components: 3, convention: 'lesson', products: kernelProducts });
      expect(relative(lesson.explainedVariance, golden.lesson.explainedVariance)).toBeLessThan(
        1e-12,
      );
    },
  );

  it('components, alignments and angles are those of plain JavaScript to the bit', () => {
    const { normal } = random(4);
    const m = (columns: number) =>
      matrix(150, columns, Float32Array.from({ length: 150 * columns }, normal));
    const [a, b] = [m(11), m(6)];
    for (const convention of ['scores', 'lesson'] as const) {
      const fit = pca(a, { convention, products: kernelProducts });
      expect(fit).toEqual(pca(a, { convention }));
      expect(project(fit, a, kernelProducts)).toEqual(project(fit, a));
    }
    expect(align(a, b, kernelProducts)).toEqual(align(a, b));
    expect(linearCka(a, b, kernelProducts)).toBe(linearCka(a, b));
    expect(principalAngles(a, b, kernelProducts)).toEqual(principalAngles(a, b));
  });
});
