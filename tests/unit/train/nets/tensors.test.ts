import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../../../../src/lib/train/backend.node.ts';
import { conv, convMulti, dense, lstm } from '../../../../src/lib/train/nets/models.ts';
import type { Hyperparameters } from '../../../../src/lib/train/types.ts';
import { plantedCorpus } from './reviews.ts';

const data = plantedCorpus(100, 40);

/** Curves and word vectors of a net on its own kernels, or on the tfjs backend. */
async function trained(
  model: typeof conv,
  given: Hyperparameters,
  onTensors: boolean,
): Promise<number[]> {
  const all = { sequence: 12, dimensions: 8, batch: 32, epochs: 2, learningRate: 0.01, ...given };
  const trainer = await model.create(data, model.parse(all), 1, undefined, onTensors);
  const numbers = [];
  for (;;) {
    const epoch = await trainer.epoch({});
    if (epoch === undefined) break;
    numbers.push(epoch.trainLoss, epoch.validationLoss!, epoch.metrics!.trainAccuracy);
  }
  const { itemFactors } = await trainer.learnt();
  trainer.dispose();
  return [...numbers, ...itemFactors.data];
}

describe('the nets on a tfjs backend', () => {
  beforeAll(async () => {
    await chooseBackend('wasm');
  });

  it.each<[string, typeof conv, Hyperparameters]>([
    ['dense', dense, { hidden: 8, batchNorm: true }],
    ['conv', conv, { filters: 8, hidden: 8 }],
    ['conv with batch norm', conv, { filters: 8, hidden: 8, batchNorm: true }],
    ['conv-multi', convMulti, { filters: 8, hidden: 8, epochs: 3 }],
    ['lstm', lstm, { units: 12 }],
  ])(
    'learn what their kernels learn from a seed, dropout included: %s',
    async (_, model, given) => {
      const before = memory().numTensors;
      const ours = await trained(model, given, false);
      const theirs = await trained(model, given, true);
      expect(theirs).toHaveLength(ours.length);
      theirs.forEach((value, i) => expect(value).toBeCloseTo(ours[i], 4));
      expect(memory().numTensors).toBe(before);
    },
  );
});
