import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/lib/math/random.ts';
import {
  correlations,
  pearson,
  percentile,
  ranks,
  spearman,
} from '../../../src/lib/math/statistics.ts';

/** Written by scipy; see goldens.py beside the file. */
const { statistics: golden } = JSON.parse(
  readFileSync(new URL('../../fixtures/math/goldens.json', import.meta.url), 'utf8'),
) as {
  statistics: {
    a: number[];
    b: number[];
    pearson: number;
    spearman: number;
    ranks: number[];
    percentileOf5: number;
  };
};

describe('correlation and ranks', () => {
  it('equal those of scipy, ties included', () => {
    expect(pearson(golden.a, golden.b)).toBeCloseTo(golden.pearson, 12);
    expect(spearman(golden.a, golden.b)).toBeCloseTo(golden.spearman, 12);
    expect([...ranks(golden.a)]).toEqual(golden.ranks);
    expect(percentile(golden.a, 5)).toBeCloseTo(golden.percentileOf5, 12);
  });

  it('are NaN where nothing varies', () => {
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
    expect(pearson([], [])).toBeNaN();
    expect(() => pearson([1], [1, 2])).toThrow('there are 1 and 2 values');
    expect([...ranks([2, NaN, 1])]).toEqual([2, NaN, 1]);
  });
});

describe('correlations', () => {
  const draw = random(3);
  const scores = Float64Array.from({ length: 200 }, () => draw.normal());
  const noise = Array.from({ length: 20 }, (_, a) => ({
    name: `noise ${a}`,
    values: Float64Array.from({ length: 200 }, () => draw.normal()),
  }));

  it('find what is planted and not what is noise', () => {
    const planted = {
      name: 'planted',
      values: scores.map((score, i) => (i < 9 ? NaN : score + 1)),
    };
    const [first, ...others] = correlations(scores, [planted, ...noise], 999, random(1));
    expect(first).toEqual({
      name: 'planted',
      correlation: expect.closeTo(1, 10) as number,
      n: 191,
      pValue: 0.001,
    });
    expect(others.filter(({ pValue }) => pValue < 0.05)).toEqual([]);
  });

  it('correct for the number tried', () => {
    const [alone] = correlations(scores, noise.slice(0, 1), 999, random(1));
    const [among] = correlations(scores, noise, 999, random(1));
    expect(among.correlation).toBe(alone.correlation);
    expect(among.pValue).toBeGreaterThan(alone.pValue);
  });

  it('leave out what does not vary or is missing throughout', () => {
    const tried = [
      { name: 'constant', values: scores.map(() => 7) },
      { name: 'missing', values: scores.map(() => NaN) },
    ];
    expect(correlations(scores, tried, 99, random(1))).toEqual([]);
  });
});
