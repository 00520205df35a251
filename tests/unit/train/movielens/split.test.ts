import { describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import { randomSplit } from '../../../../src/lib/train/movielens/split.ts';

describe('randomSplit', () => {
  it('puts each rating into one part, in order, by its own draw', () => {
    const draws = [0.1, 0.8, 0.79, 0.95, 0];
    const source = { ...random(1), uniform: () => draws.shift()! };
    const { train, validation } = randomSplit(5, source);
    expect([...train]).toEqual([0, 2, 4]);
    expect([...validation]).toEqual([1, 3]);
  });

  it('has about the asked share in training, other ratings for other seeds, the same for the same', () => {
    const split = (seed: number) => randomSplit(100_000, random(seed));
    const { train, validation } = split(1);
    // Five standard deviations of a binomial share: 5 √(0.8 · 0.2 / 100,000).
    expect(Math.abs(train.length / 100_000 - 0.8)).toBeLessThan(0.0064);
    expect(train.length + validation.length).toBe(100_000);
    expect(split(1)).toEqual({ train, validation });
    expect(split(2).train).not.toEqual(train);
    expect(randomSplit(1000, random(1), 0.5).train.length).toBeLessThan(600);
  });

  it('splits nothing into nothing', () => {
    expect(randomSplit(0, random(1))).toEqual({
      train: new Int32Array(),
      validation: new Int32Array(),
    });
  });

  it.each([0, 1, -0.1, NaN])('refuses the share %d', (share) => {
    expect(() => randomSplit(10, random(1), share)).toThrow(
      new RangeError(`the training share is ${share} (expected a number between 0 and 1)`),
    );
  });
});
