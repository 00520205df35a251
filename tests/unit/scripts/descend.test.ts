import { describe, expect, it } from 'vitest';
import { descend } from '../../../scripts/descend.ts';
import { train } from '../../../scripts/training.ts';
import { InputError } from '../../../src/lib/errors.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { deviceFailure, type Watch } from '../../../src/lib/train/deviceFailure.ts';
import { Stopped, type EpochProgress, type Trainer } from '../../../src/lib/train/types.ts';

const lost = () => deviceFailure('webgpu', 'gone', 'lost');

function notes() {
  const said: string[] = [];
  return {
    said,
    progress: { update() {}, note: (text: string) => void said.push(text), stop() {} },
  };
}

describe('descend', () => {
  it('with auto starts anew on the next rung, with the reason', async () => {
    const { said, progress } = notes();
    const tried: Record<string, string>[] = [];
    const result = await descend('auto', progress, async (failed) => {
      tried.push({ ...failed });
      if (tried.length === 1) throw lost();
      return 'trained';
    });
    expect(result).toBe('trained');
    expect(tried).toEqual([{}, { webgpu: 'in training, the device was lost (gone)' }]);
    expect(said).toEqual([
      'note: the backend webgpu failed in training: the device was lost (gone); the training starts anew on the next one',
    ]);
  });

  it('refuses to go on where the rung was asked for by hand', async () => {
    const { said, progress } = notes();
    const failing = descend('webgpu-software', progress, () => Promise.reject(lost()));
    await expect(failing).rejects.toThrow(
      new InputError(
        'the backend webgpu-software failed in training: the device was lost (gone); nothing was written (try it again or update the driver, or leave it to auto, which goes on with the next one)',
      ),
    );
    expect(said).toEqual([]);
  });

  it('leaves other errors as they are', async () => {
    const failing = descend('auto', notes().progress, () => Promise.reject(new Stopped()));
    await expect(failing).rejects.toThrow(Stopped);
  });
});

describe('train on a device', () => {
  /** A device that fails when it is told to, and a trainer that computes `epoch` on it. */
  function trainingOf(epoch: (progress: EpochProgress) => Promise<number>) {
    let fail!: (error: Error) => void;
    let failure: Error | undefined;
    const failed = new Promise<never>((_, reject) => {
      fail = (error) => reject((failure = error));
    });
    failed.catch(() => {});
    const watch: Watch = {
      failed,
      async settle() {
        if (failure) throw failure;
      },
      explain: (error) => deviceFailure('webgpu', error),
    };
    let disposed = 0;
    const trainer: Trainer = {
      epochs: 1,
      samplesPerEpoch: 10,
      epoch: async (progress) => ({ epoch: 1, trainLoss: await epoch(progress) }),
      learnt: async () => ({ itemFactors: matrix(1, 1), metrics: {} }),
      dispose: () => void disposed++,
    };
    const signal = new AbortController().signal;
    const options = { progress: notes().progress, signal, advice: 'Try less', watch };
    return { fail, disposed: () => disposed, train: () => train(trainer, options) };
  }

  it('ends when the device fails, though the epoch never does, and tells the trainer to stop', async () => {
    let heard: EpochProgress['signal'];
    const training = trainingOf(({ signal }) => {
      heard = signal;
      return new Promise((_, reject) =>
        (signal as AbortSignal).addEventListener('abort', () => reject(new Stopped())),
      );
    });
    const trained = training.train();
    training.fail(lost());
    await expect(trained).rejects.toThrow('the device was lost (gone)');
    expect(heard!.aborted).toBe(true);
  });

  it('takes no result of a device that has failed meanwhile', async () => {
    const training = trainingOf(async () => {
      training.fail(lost());
      return 0.5;
    });
    await expect(training.train()).rejects.toThrow('the device was lost (gone)');
  });

  it('takes a divergence for what it is, but not on a failed device', async () => {
    const sound = trainingOf(async () => NaN);
    await expect(sound.train()).rejects.toThrow(
      'the loss is NaN in epoch 1: the training diverged',
    );
    expect(sound.disposed()).toBe(1);
    const failed = trainingOf(async () => {
      failed.fail(lost());
      throw new Error('the loss is NaN in epoch 1: the training diverged');
    });
    await expect(failed.train()).rejects.toThrow('the device was lost (gone)');
  });

  it('blames the device for what its library throws', async () => {
    const training = trainingOf(async () => {
      throw new RangeError('createBuffer failed, size (3000) is too large for the implementation');
    });
    await expect(training.train()).rejects.toMatchObject({
      name: 'DeviceFailure',
      message:
        'the model asks for more than the device allows (createBuffer failed, size (3000) is too large for the implementation)',
    });
  });
});
