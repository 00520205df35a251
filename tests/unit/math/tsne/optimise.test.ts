import { describe, expect, it } from 'vitest';
import { defaultLearningRate, optimiser } from '../../../../src/lib/math/tsne/optimise.ts';

const schedule = { earlyIterations: 2, earlyExaggeration: 12, learningRate: 10 };

/** Two points that mirror one another, so that centring moves neither; x of the first after each slope. */
function path(slopes: number[]): number[] {
  const descent = optimiser(4, schedule);
  const points = new Float64Array(4);
  return slopes.map((slope) => {
    descent.move(points, Float64Array.of(slope, 0, -slope, 0));
    expect(points[2]).toBeCloseTo(-points[0], 12);
    return points[0];
  });
}

describe('optimiser', () => {
  it('moves against the slope with momentum 0.5, then 0.8, and gains that follow the signs', () => {
    // Gains: 0.8 at rest; 1 as slope and velocity differ in sign; 1.2; 0.96 as the slope has turned.
    const v1 = -10 * 0.8 * 0.1;
    const v2 = 0.5 * v1 - 10 * 1 * 0.1;
    const v3 = 0.8 * v2 - 10 * 1.2 * 0.1;
    const v4 = 0.8 * v3 + 10 * 0.96 * 0.05;
    const at = path([0.1, 0.1, 0.1, -0.05]);
    [v1, v1 + v2, v1 + v2 + v3, v1 + v2 + v3 + v4].forEach((x, i) =>
      expect(at[i]).toBeCloseTo(x, 12),
    );
  });

  it('exaggerates early, and no longer', () => {
    const descent = optimiser(4, schedule);
    const seen = Array.from({ length: 4 }, () => {
      const { exaggeration } = descent;
      descent.move(new Float64Array(4), new Float64Array(4));
      return exaggeration;
    });
    expect(seen).toEqual([12, 12, 1, 1]);
  });

  it('moves no point further than 5 at once, in its own direction, and centres the map', () => {
    const points = Float64Array.of(1, 1, 3, 1);
    const descent = optimiser(4, schedule);
    descent.move(points, Float64Array.of(300, 400, 0, 0));
    // The first goes by (−3, −4) to (−2, −3); the mean of both is (0.5, −1).
    [-2.5, -2, 2.5, 2].forEach((value, at) => expect(points[at]).toBeCloseTo(value, 12));
  });

  it('learns at n / early exaggeration, at least at 200', () => {
    expect([100, 2_400, 24_000].map((n) => defaultLearningRate(n, 12))).toEqual([200, 200, 2_000]);
  });
});
