import { describe, expect, it } from 'vitest';
import { defaultLearningRate, schedule } from '../../../../src/lib/math/tsne/schedule.ts';

describe('schedule', () => {
  const { at, learningRate } = schedule({
    earlyIterations: 2,
    earlyExaggeration: 12,
    lateExaggeration: 3,
    lateFrom: 4,
    learningRate: 77,
  });

  it('exaggerates early with a small momentum, then not, then late', () => {
    expect([0, 1, 2, 3, 4, 99].map((iteration) => at(iteration).exaggeration)).toEqual([
      12, 12, 1, 1, 3, 3,
    ]);
    expect([0, 1, 2, 99].map((iteration) => at(iteration).momentum)).toEqual([0.5, 0.5, 0.8, 0.8]);
    expect(learningRate).toBe(77);
  });

  it('learns at n / early exaggeration, at least at 200', () => {
    expect([100, 2_400, 24_000].map((n) => defaultLearningRate(n, 12))).toEqual([200, 200, 2_000]);
  });
});
