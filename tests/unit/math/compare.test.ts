import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { align, aligned } from '../../../src/lib/math/alignment.ts';
import { neighbourGraph } from '../../../src/lib/kernels/neighbourGraph.ts';
import { bestAssignment, matchComponents } from '../../../src/lib/math/assignment.ts';
import { bootstrapMean, quantile } from '../../../src/lib/math/bootstrap.ts';
import { linearCka } from '../../../src/lib/math/cka.ts';
import { averageLinkage } from '../../../src/lib/math/clustering.ts';
import { matrix, type Matrix } from '../../../src/lib/math/matrix.ts';
import { chanceOverlap, overlap } from '../../../src/lib/math/overlap.ts';
import { pca } from '../../../src/lib/math/pca.ts';
import { principalAngles } from '../../../src/lib/math/principalAngles.ts';
import { random } from '../../../src/lib/math/random.ts';
import { rsa } from '../../../src/lib/math/rsa.ts';
import { secondOrderSimilarity } from '../../../src/lib/math/secondOrder.ts';

/** Written by scikit-learn, scipy and google-research's CKA; see goldens.py beside the file. */
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/compare/goldens.json', import.meta.url), 'utf8'),
) as {
  a: number[][];
  b: number[][];
  k: number;
  neighbours: number[][];
  jaccard: number[];
  rankBiased: number[];
  chance: { n: number; k: number; mean: number }[];
  cka: number;
  disparity: number;
  scaledLengths: number[];
  lengths: number[];
  lengthsBack: number[];
  rsa: number;
  angles: number[];
  anchors: number[];
  secondOrder: number[];
  components: { a: number; b: number; correlation: number }[];
  spectra: number[][];
  distances: number[][];
  linkage: number[][];
  leaves: number[];
  values: number[];
  interval: number[];
};

const fromRows = (rows: number[][]): Matrix =>
  matrix(rows.length, rows[0].length, Float32Array.from(rows.flat()));
const a = fromRows(golden.a);
const b = fromRows(golden.b);

function noise(seed: number, rows: number, columns: number): Matrix {
  const draw = random(seed);
  return matrix(
    rows,
    columns,
    new Float32Array(rows * columns).map(() => draw.normal()),
  );
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 9): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], digits);
}

async function neighbours(m: Matrix, k: number) {
  return { n: m.rows, ...(await neighbourGraph(m, k, 'cosine')) };
}

describe('neighbours of all', () => {
  it('equal those of scikit-learn', async () => {
    const { rows } = await neighbours(a, golden.k);
    expect([...rows]).toEqual(golden.neighbours.flat());
  });
});

describe('overlap', () => {
  it('equals that of scikit-learn’s neighbours by both measures', async () => {
    const found = overlap(await neighbours(a, golden.k), await neighbours(b, golden.k));
    expectClose(found.jaccard, golden.jaccard, 12);
    expectClose(found.rankBiased, golden.rankBiased, 12);
  });

  it('has the chance value of scipy’s hypergeometric distribution', () => {
    for (const { n, k, mean } of golden.chance) {
      expect(chanceOverlap(n, k) / mean).toBeCloseTo(1, 9);
    }
    expect(() => chanceOverlap(5, 5)).toThrow('k is 5 (expected a whole number from 1 to 4)');
  });

  it('refuses neighbours of another shape', async () => {
    const [three, four] = [await neighbours(a, 3), await neighbours(b, 4)];
    expect(() => overlap(three, four)).toThrow(
      'the neighbours are 90 × 3 and 90 × 4 (expected one shape)',
    );
  });
});

describe('the bootstrap', () => {
  it('gives about scipy’s interval and the mean', () => {
    const { mean, interval } = bootstrapMean(Float64Array.from(golden.values), random(1));
    expect(mean).toBeCloseTo(golden.values.reduce((sum, value) => sum + value) / 200, 12);
    // Both are drawn; the ends of a thousand resamples wander by about 0.002.
    expect(Math.abs(interval[0] - golden.interval[0])).toBeLessThan(0.006);
    expect(Math.abs(interval[1] - golden.interval[1])).toBeLessThan(0.006);
  });

  it('takes quantiles as numpy does', () => {
    expect(quantile(Float64Array.of(1, 2, 4, 8), 0.4)).toBeCloseTo(2.4, 12);
  });
});

describe('alignment', () => {
  it('equals scipy’s, scaled and not, with dimensions that differ', () => {
    const rms = (m: Matrix) => {
      const { meanA } = align(m, m);
      return Math.sqrt(
        m.data.reduce((sum, value, at) => sum + (value - meanA[at % m.columns]) ** 2, 0) / m.rows,
      );
    };
    const both = Math.hypot(rms(a), rms(b));
    const { scaled, unscaled } = align(a, b);
    const back = align(b, a);
    expect(scaled.residual).toBeCloseTo(golden.disparity, 9);
    expect(back.scaled.residual).toBeCloseTo(golden.disparity, 9);
    const inUnits = (residuals: Float64Array, unit: number) => residuals.map((r) => r * unit);
    expectClose(inUnits(scaled.residuals, rms(b)), golden.scaledLengths);
    expectClose(inUnits(unscaled.residuals, both), golden.lengths);
    expectClose(inUnits(back.unscaled.residuals, both), golden.lengthsBack);
    const squares = golden.lengths.reduce((sum, value) => sum + value * value, 0);
    expect(unscaled.residual).toBeCloseTo(squares / (90 * both * both), 9);
    expect(back.unscaled.residual).toBeCloseTo(unscaled.residual, 9);
  });

  it('lays rows on those that it was aligned with', () => {
    const turned = matrix(90, 6);
    a.data.forEach((value, at) => {
      turned.data[at - (at % 6) + 5 - (at % 6)] = 3 * value + 1;
    });
    const alignment = align(a, turned);
    const laid = aligned(alignment, a, alignment.scaled.scale);
    expect(alignment.scaled.scale).toBeCloseTo(3, 5);
    expectClose(laid.data, turned.data, 4);
    expect(() => aligned(align(a, b), b, 1)).toThrow('the rows have 9 columns (expected 6)');
  });

  it('refuses what cannot be rotated', () => {
    expect(() => align(matrix(4, 2), noise(1, 4, 2))).toThrow(
      'all rows of an embedding are the same, so that it cannot be rotated',
    );
    expect(() => align(noise(1, 3, 2), noise(1, 4, 2))).toThrow(
      'one embedding has 3 rows and the other 4',
    );
  });
});

describe('figures of the whole', () => {
  it('CKA equals google-research’s debiased one', () => {
    expect(linearCka(a, b)).toBeCloseTo(golden.cka, 10);
    expect(linearCka(matrix(9, 2), noise(1, 9, 2))).toBeNaN();
    expect(() => linearCka(noise(1, 3, 2), noise(2, 3, 2))).toThrow(
      'there are 3 rows (expected at least 4)',
    );
  });

  it('CKA of independent noise is about 0 where the biased one would be far above', () => {
    expect(Math.abs(linearCka(noise(1, 200, 60), noise(2, 200, 60)))).toBeLessThan(0.03);
  });

  it('RSA over all pairs equals scipy’s, and a sample of them is within four errors', () => {
    expect(rsa(a, b, random(1))).toEqual({
      correlation: expect.closeTo(golden.rsa, 10) as number,
      error: 0,
      pairs: (90 * 89) / 2,
    });
    const sampled = rsa(a, b, random(1), 2000);
    expect(sampled.pairs).toBe(2000);
    expect(sampled.error).toBeGreaterThan(0.005);
    expect(sampled.error).toBeLessThan(0.04);
    expect(Math.abs(sampled.correlation - golden.rsa)).toBeLessThan(4 * sampled.error);
  });

  it('the error of a sample is the spread of samples', () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => rsa(a, b, random(seed), 1000));
    const mean = drawn.reduce((sum, { correlation }) => sum + correlation, 0) / 60;
    const spread = Math.sqrt(
      drawn.reduce((sum, { correlation }) => sum + (correlation - mean) ** 2, 0) / 59,
    );
    const said = drawn.reduce((sum, { error }) => sum + error, 0) / 60;
    expect(said / spread).toBeGreaterThan(0.7);
    expect(said / spread).toBeLessThan(1.4);
  });

  it('principal angles equal scipy’s', () => {
    expectClose(principalAngles(a, b), golden.angles, 8);
    expect(() => principalAngles(matrix(4, 2), a)).toThrow('one embedding has 4 rows');
  });
});

describe('second-order similarity', () => {
  it('equals the correlations that scipy computes', () => {
    const found = secondOrderSimilarity(a, b, Int32Array.from(golden.anchors));
    expectClose(found, golden.secondOrder, 10);
    expect(() => secondOrderSimilarity(a, b, Int32Array.of(90))).toThrow(
      'anchor 90 is not one of 90 rows',
    );
  });
});

describe('components', () => {
  it('are matched as by scipy’s linear_sum_assignment', () => {
    const [inA, inB] = [pca(a), pca(b)];
    const matched = matchComponents(inA.scores, inB.scores);
    expect(matched.map(({ a, b }) => ({ a, b }))).toEqual(
      golden.components.map(({ a, b }) => ({ a, b })),
    );
    matched.forEach(({ correlation }, i) =>
      expect(Math.abs(correlation)).toBeCloseTo(golden.components[i].correlation, 5),
    );
    expectClose(inA.explainedVarianceRatio, golden.spectra[0], 6);
    expectClose(inB.explainedVarianceRatio, golden.spectra[1], 6);
  });

  it('get the best assignment, also where a greedy one is worse and where rows are more', () => {
    expect(
      bestAssignment([
        [0.9, 0.8],
        [0.8, 0.1],
      ]),
    ).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(bestAssignment([[0.1], [0.7], [0.3]])).toEqual([[1, 0]]);
  });
});

describe('clustering', () => {
  it('equals scipy’s average linkage and order of leaves', () => {
    const { joins, order } = averageLinkage(golden.distances);
    joins.forEach(({ left, right, distance }, i) => {
      expect([left, right]).toEqual(golden.linkage[i].slice(0, 2));
      expect(distance).toBeCloseTo(golden.linkage[i][2], 10);
    });
    expect(joins).toHaveLength(golden.linkage.length);
    expect(order).toEqual(golden.leaves);
    expect(averageLinkage([[0]])).toEqual({ joins: [], order: [0] });
  });
});
