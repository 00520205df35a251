import { describe, expect, it } from 'vitest';
import { interruptible } from '../../../scripts/interrupt.ts';
import type { Progress } from '../../../scripts/progress.ts';
import { train } from '../../../scripts/training.ts';
import { InputError } from '../../../src/lib/errors.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import type { Epoch } from '../../../src/lib/run/types.ts';
import { Stopped, type EpochProgress, type Trainer } from '../../../src/lib/train/types.ts';

/** A trainer that answers with the given epochs, each made of the passes [done, total] that it reports. */
function trainerOf(
  epochs: (Partial<Epoch> & { passes?: [number, number][] })[],
  planned = epochs.length,
) {
  let at = 0;
  return {
    epochs: planned,
    samplesPerEpoch: 10,
    disposed: 0,
    async epoch({ onProgress }: EpochProgress) {
      if (at === epochs.length) return undefined;
      const { passes = [[10, 10]], ...rest } = epochs[at++];
      for (const [done, total] of passes) onProgress?.(done, total, 0.5);
      return { epoch: at, trainLoss: 1, ...rest };
    },
    async learnt() {
      return { itemFactors: matrix(1, 1), metrics: { mse: 0.5 } };
    },
    dispose() {
      this.disposed++;
    },
  } satisfies Trainer & { disposed: number };
}

function recorder() {
  const updates: [number, number | undefined, string][] = [];
  const progress: Progress = { update: (...all) => updates.push(all), note() {}, stop() {} };
  return { updates, progress };
}

const options = (progress: Progress = recorder().progress) => ({
  progress,
  signal: new AbortController().signal,
  advice: 'Try less',
});

describe('train', () => {
  it('trains until the trainer has no more, with seconds in the curves', async () => {
    const trainer = trainerOf([{ validationLoss: 0.9 }, { validationLoss: 0.8 }], 5);
    const { updates, progress } = recorder();
    const { curves, learnt, samples, seconds } = await train(trainer, options(progress));
    expect(curves.map(({ epoch, validationLoss }) => [epoch, validationLoss])).toEqual([
      [1, 0.9],
      [2, 0.8],
    ]);
    expect(curves.every((epoch) => epoch.seconds! >= 0 && epoch.seconds! <= seconds)).toBe(true);
    expect(learnt.metrics.mse).toBe(0.5);
    expect(samples).toBe(20);
    expect(trainer.disposed).toBe(1);
    expect(updates).toEqual([
      [10, 50, 'epoch 1 of 5, loss 0.5000'],
      [20, 50, 'epoch 2 of 5, loss 0.5000, validation 0.9000'],
    ]);
  });

  it('counts the samples of a search before the first epoch', async () => {
    const trainer = trainerOf([
      {
        passes: [
          [9, 27],
          [18, 27],
          [5, 10],
          [10, 10],
        ],
      },
      { passes: [[10, 10]] },
    ]);
    const { updates, progress } = recorder();
    expect((await train(trainer, options(progress))).samples).toBe(38);
    expect(updates.map(([done, total]) => [done, total])).toEqual([
      [9, 47],
      [18, 47],
      [23, 38],
      [28, 38],
      [38, 38],
    ]);
  });

  it.each([
    ['training', { trainLoss: NaN }, 'the loss is NaN in epoch 2'],
    ['validation', { validationLoss: Infinity }, 'the loss is Infinity in epoch 2'],
  ])('stops with advice when the %s loss is not finite', async (_, broken, what) => {
    const trainer = trainerOf([{}, broken, {}]);
    const error = await train(trainer, options()).catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(
      `${what}: the training diverged. Try less; nothing was written`,
    );
    expect(trainer.disposed).toBe(1);
  });

  it('takes what a trainer says inside an epoch for failed work', async () => {
    const trainer = trainerOf([{}]);
    trainer.epoch = () =>
      Promise.reject(new InputError('mf: the training diverged: take a lower rate'));
    const error = await train(trainer, options()).catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(
      'mf: the training diverged: take a lower rate. Try less; nothing was written',
    );
  });

  it('stops between epochs, even when the trainer does not listen', async () => {
    const controller = new AbortController();
    const trainer = trainerOf([{}, {}, {}]);
    const { progress } = recorder();
    let updates = 0;
    const stopping = {
      ...progress,
      update: () => ++updates === 2 && controller.abort(),
    } as Progress;
    const trained = train(trainer, { ...options(stopping), signal: controller.signal });
    await expect(trained).rejects.toBeInstanceOf(Stopped);
    expect(updates).toBe(2);
    expect(trainer.disposed).toBe(1);
  });
});

describe('interruptible', () => {
  const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

  it('gives back what the work gives, and leaves no listener', async () => {
    const before = listeners();
    expect(
      await interruptible(async () => {
        expect(listeners()).toBe(before + 2);
        return 42;
      }),
    ).toBe(42);
    expect(listeners()).toBe(before);
  });

  it('turns whatever a stopped work throws into Stopped, and lets a second signal end the process', async () => {
    const before = listeners();
    const work = interruptible(async (signal) => {
      process.emit('SIGINT');
      expect(signal.aborted).toBe(true);
      expect(listeners()).toBe(before);
      throw new Error('aborted in the middle');
    });
    await expect(work).rejects.toBeInstanceOf(Stopped);
  });

  it('passes other errors on', async () => {
    const work = interruptible(() => Promise.reject(new InputError('wrong')));
    await expect(work).rejects.toThrow(new InputError('wrong'));
  });
});
