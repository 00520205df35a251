import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../../../../src/lib/train/backend.node.ts';
import { dot, dotBias, nn } from '../../../../src/lib/train/lesson/lesson.ts';
import { learningRateAt } from '../../../../src/lib/train/lesson/schedule.ts';
import { Stopped, type Hyperparameters, type MovieModel } from '../../../../src/lib/train/types.ts';
import { ratingsOf, realRatings } from './ratings.ts';

beforeAll(async () => {
  await chooseBackend('wasm');
});

const small: Hyperparameters = { factors: 8, epochs: 3, learningRate: 0.01 };
const models: [string, MovieModel, Hyperparameters][] = [
  ['dot', dot, small],
  ['dot-bias', dotBias, small],
  ['nn', nn, small],
  ['nn with batch norm', nn, { ...small, batchNorm: true }],
];

async function trainReal(model: MovieModel, given: Hyperparameters, seed = 1) {
  const { ratings, split } = realRatings();
  const trainer = await model.create(ratings, split, given, seed);
  const curve = [];
  for (let epoch; (epoch = await trainer.epoch({}));) curve.push(epoch);
  const learnt = await trainer.learnt();
  trainer.dispose();
  return { curve, learnt, ratings, split };
}

describe.each(models)('%s', (_, model, given) => {
  it('learns real ratings', async () => {
    const { curve, learnt, ratings, split } = await trainReal(model, { ...given, epochs: 30 });
    expect(curve.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, k) => k + 1));
    const values = [...split.validation].map((i) => ratings.values[i]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    const { mse, rmse, mae } = learnt.metrics;
    expect(curve[29].trainLoss).toBeLessThan(curve[0].trainLoss / 2);
    expect(mse).toBe(curve[29].validationLoss);
    // Later it overfits so few ratings.
    const best = Math.min(...curve.map(({ validationLoss }) => validationLoss!));
    expect(best).toBeLessThan(1.1 * variance);
    expect(rmse).toBeCloseTo(Math.sqrt(mse), 10);
    expect(mae).toBeLessThan(rmse);
    expect(learnt.itemFactors).toMatchObject({ rows: ratings.movieIds.length, columns: 8 });
    expect(learnt.itemBias?.length).toBe(model === dotBias ? ratings.movieIds.length : undefined);
    expect(learnt.globalMean).toBeUndefined();
  });

  it('repeats bit for bit with its seed, and not with another', async () => {
    const first = await trainReal(model, given, 5);
    const again = await trainReal(model, given, 5);
    const other = await trainReal(model, given, 6);
    expect(again.learnt).toEqual(first.learnt);
    expect(again.curve).toEqual(first.curve);
    expect(other.learnt.itemFactors.data).not.toEqual(first.learnt.itemFactors.data);
  });

  it('leaves no tensor behind, neither at its end nor when stopped', async () => {
    const before = memory().numTensors;
    await trainReal(model, given);
    expect(memory().numTensors).toBe(before);
    const { ratings, split } = realRatings();
    const trainer = await model.create(ratings, split, given, 1);
    await trainer.epoch({});
    const between = memory().numTensors;
    await trainer.epoch({});
    expect(memory().numTensors).toBe(between);
    await expect(trainer.epoch({ signal: { aborted: true } })).rejects.toThrow(Stopped);
    trainer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('says when it diverges', async () => {
    const trained = trainReal(model, { ...given, learningRate: 1e30 });
    await expect(trained).rejects.toThrow(
      /^the loss is (NaN|Infinity) in epoch 1 at a learning rate of 1e\+30: the training diverged$/,
    );
  });
});

describe('a trainer', () => {
  const rows = Array.from({ length: 10 }, (_, k) => [k % 3, k % 4, 1 + (k % 5)]);
  const indices = (from: number, to: number) =>
    Int32Array.from({ length: to - from }, (_, k) => from + k);

  it('stops between batches, long before the end of an epoch', async () => {
    const { ratings, split } = realRatings();
    const trainer = await dot.create(ratings, split, { ...small, batch: 1 }, 1);
    const signal = { aborted: false };
    const heard: number[] = [];
    const stopped = trainer.epoch({
      signal,
      onProgress(done, total, loss) {
        heard.push(done);
        expect(total).toBe(split.train.length);
        expect(loss).toBeGreaterThan(0);
      },
    });
    setTimeout(() => (signal.aborted = true), 1);
    await expect(stopped).rejects.toThrow(Stopped);
    expect(heard.at(-1)).toBeLessThan(split.train.length);
    trainer.dispose();
  });

  it('weighs a last batch that is not full by its size', async () => {
    // Without a rate to speak of nothing moves, so the mean over batches is that over the ratings.
    const given = { factors: 2, epochs: 1, learningRate: 1e-12, l2: 0 };
    const ratings = ratingsOf(rows, 3, 4);
    const split = { train: indices(0, 10), validation: indices(0, 10) };
    for (const batch of [1, 3, 4, 10, 64]) {
      const trainer = await dotBias.create(ratings, split, { ...given, batch }, 1);
      const progress: number[] = [];
      const epoch = await trainer.epoch({ onProgress: (done) => progress.push(done) });
      expect(epoch!.trainLoss).toBeCloseTo(epoch!.validationLoss!, 5);
      expect(progress.at(-1)).toBe(10);
      trainer.dispose();
    }
  });

  it('counts the penalty in the training loss alone', async () => {
    const ratings = ratingsOf(rows, 3, 4);
    const split = { train: indices(0, 10), validation: indices(0, 10) };
    const given = { factors: 2, epochs: 1, learningRate: 1e-12, l2: 100 };
    const trainer = await dot.create(ratings, split, given, 1);
    const epoch = await trainer.epoch({});
    expect(epoch!.metrics!.trainMse).toBeCloseTo(epoch!.validationLoss!, 5);
    expect(epoch!.trainLoss).toBeGreaterThan(epoch!.validationLoss! + 0.1);
    trainer.dispose();
  });

  it('pulls a movie without training ratings to zero, and does without a validation part', async () => {
    const ratings = ratingsOf(rows, 3, 5);
    const split = { train: indices(0, 10), validation: new Int32Array() };
    const given = { factors: 2, epochs: 400, learningRate: 0.01, l2: 0.01 };
    const trainer = await dotBias.create(ratings, split, given, 1);
    let last;
    for (let epoch; (epoch = await trainer.epoch({}));) last = epoch;
    expect(last!.validationLoss).toBeUndefined();
    const { itemFactors, itemBias, metrics } = await trainer.learnt();
    expect(metrics).toEqual({});
    expect(Math.max(...itemFactors.data.slice(8).map(Math.abs))).toBeLessThan(0.01);
    expect(Math.abs(itemBias![4])).toBeLessThanOrEqual(0.05);
    expect(Math.max(...itemBias!.slice(0, 4))).toBeGreaterThan(0.3);
    trainer.dispose();
  });

  it('refuses hyperparameters that cannot be', async () => {
    const { ratings, split } = realRatings();
    const wrong = (given: Hyperparameters) => expect(dot.create(ratings, split, given, 1)).rejects;
    await wrong({ factors: 0 }).toThrow(
      'dot: factors is 0 (expected a whole number of at least 1)',
    );
    await wrong({ learningRate: 0 }).toThrow('dot: learningRate is 0 (expected a number above 0)');
    await wrong({ schedule: 'slow' }).toThrow(
      'dot: schedule is slow (expected as-written or constant)',
    );
    await wrong({ batchNorm: true }).toThrow(
      'dot has no hyperparameter "batchNorm" (it has: factors, batch, epochs, learningRate, l2, schedule)',
    );
    await expect(nn.create(ratings, split, { hiddenDropout: 1 }, 1)).rejects.toThrow(
      'nn: hiddenDropout is 1 (expected a number of at least 0 and below 1)',
    );
    const none = { ...split, train: new Int32Array() };
    await expect(dot.create(ratings, none, {}, 1)).rejects.toThrow(
      'dot: there are no ratings to train on (expected at least one)',
    );
  });
});

describe('learningRateAt', () => {
  it('goes through the stretches, and on at the last rate', () => {
    const schedule = [
      { epochs: 1, multiple: 1 },
      { epochs: 2, multiple: 10 },
      { epochs: 1, multiple: 2 },
    ];
    const rates = [0, 1, 2, 3, 4, 9].map((epoch) => learningRateAt(schedule, epoch, 0.5));
    expect(rates).toEqual([0.5, 5, 5, 1, 1, 1]);
  });

  it("is the lesson's, as written or constant", async () => {
    const { curve } = await trainReal(dot, { factors: 2, schedule: 'as-written' });
    const rates = curve.map(({ learningRate }) => learningRate);
    expect(rates).toEqual([0.001, 0.01, 0.01, 0.01, ...Array<number>(6).fill(0.001)]);
    const short = await trainReal(dot, { factors: 2, schedule: 'constant', epochs: 2 });
    expect(short.curve.map(({ learningRate }) => learningRate)).toEqual([0.001, 0.001]);
  });
});
