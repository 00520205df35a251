import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../src/lib/math/matrix.ts';
import { pca, project } from '../../../src/lib/math/pca.ts';

interface Fit {
  components: number[][];
  explainedVariance: number[];
  explainedVarianceRatio: number[];
  scores: number[][];
}

/** Written by scikit-learn; see goldens.py beside the file. */
const goldens = JSON.parse(
  readFileSync(new URL('../../fixtures/math/goldens.json', import.meta.url), 'utf8'),
) as { pca: { x: number[][]; fit: Fit; lesson: Omit<Fit, 'scores'> }[] };

const of = (rows: number[][]) =>
  matrix(rows.length, rows[0].length, Float32Array.from(rows.flat()));

function expectClose(actual: ArrayLike<number>, expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5));
}

const transposed = ({ data, rows, columns }: Matrix) =>
  Array.from(
    { length: rows * columns },
    (_, at) => data[(at % rows) * columns + ((at / rows) | 0)],
  );

describe('pca', () => {
  it.each(goldens.pca)('equals scikit-learn, signs as they are ($x.length rows)', ({ x, fit }) => {
    const ours = pca(of(x), { components: 3 });
    expectClose(ours.components.data, fit.components.flat());
    expectClose(ours.scores.data, fit.scores.flat());
    expectClose(ours.explainedVariance, fit.explainedVariance);
    expectClose(ours.explainedVarianceRatio, fit.explainedVarianceRatio);
  });

  it.each(goldens.pca)("equals scikit-learn's fit of the transpose ($x.length rows)", (golden) => {
    const ours = pca(of(golden.x), { components: 3, convention: 'lesson' });
    expectClose(transposed(ours.scores), golden.lesson.components.flat());
    expectClose(ours.explainedVariance, golden.lesson.explainedVariance);
    expectClose(ours.explainedVarianceRatio, golden.lesson.explainedVarianceRatio);
  });

  it('recovers planted singular values 3, 2 and 1', () => {
    const h = 0.5;
    // Columns of a Hadamard matrix: orthogonal, each of mean 0 and length 1.
    const fit = pca(
      of([
        [3 * h, 2 * h, h],
        [-3 * h, 2 * h, -h],
        [3 * h, -2 * h, -h],
        [-3 * h, -2 * h, h],
      ]),
    );
    expectClose(
      fit.explainedVariance.map((variance) => Math.sqrt(variance * 3)),
      [3, 2, 1],
    );
    expectClose(fit.components.data, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expectClose(fit.loadings.data.slice(0, 1), [Math.sqrt(3)]);
  });

  it('keeps no component that explains nothing', () => {
    const wide = of([
      [1, 2, 3, 4],
      [2, 2, 5, 1],
      [0, 2, 1, 1],
    ]);
    expect(pca(wide).explainedVariance).toHaveLength(2);
    expect(() => pca(wide, { components: 3 })).toThrow(
      'components is 3 (expected a whole number from 1 to 2, the rank of the data)',
    );
  });

  it('projects other rows', () => {
    for (const convention of ['scores', 'lesson'] as const) {
      const fit = pca(of(goldens.pca[0].x), { convention });
      const again = project(fit, of(goldens.pca[0].x.slice(2, 4)));
      const k = fit.components.rows;
      expectClose(again.data, Array.from(fit.scores.data.slice(2 * k, 4 * k)));
    }
  });

  it('names what it cannot fit', () => {
    expect(() => pca(of([[1, 2]]))).toThrow('principal components need at least 2 rows, not 1');
    expect(() => pca(matrix(0, 2))).toThrow('principal components need at least 2 rows, not 0');
    expect(() => pca(of([[1], [2]]), { convention: 'lesson' })).toThrow(
      'at least 2 columns, not 1',
    );
    expect(() =>
      pca(
        of([
          [1, 2],
          [3, NaN],
        ]),
      ),
    ).toThrow('row 1, column 1 is NaN');
    expect(() =>
      pca(
        of([
          [1, 2],
          [1, 2],
        ]),
      ),
    ).toThrow('all rows are the same');
    expect(() =>
      pca(
        of([
          [1, 1],
          [2, 2],
        ]),
        { convention: 'lesson' },
      ),
    ).toThrow('one value throughout');
  });
});
