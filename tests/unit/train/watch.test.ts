import { describe, expect, it } from 'vitest';
import { DeviceFailure, deviceFailure } from '../../../src/lib/train/deviceFailure.ts';
import { watchDevice } from '../../../src/lib/train/webgpu/watch.ts';

/** A device as WebGPU has it, whose scopes catch the errors that are put into it by hand. */
function device() {
  const open: { filter: string; error: { message: string } | null }[] = [];
  let lose!: (info: { message: string }) => void;
  return {
    lost: new Promise<{ message: string }>((resolve) => (lose = resolve)),
    lose: (message: string) => lose({ message }),
    queue: { onSubmittedWorkDone: () => Promise.resolve() },
    scopes: () => open.length,
    pushErrorScope: (filter: string) => void open.push({ filter, error: null }),
    popErrorScope: () => Promise.resolve(open.pop()!.error),
    err(filter: string, message: string) {
      open.findLast((scope) => scope.filter === filter)!.error ??= { message };
    },
  };
}

const never = () => {};

describe('watchDevice', () => {
  it('lets work pass that the device has done, and leaves as many scopes open as before', async () => {
    const healthy = device();
    const watch = watchDevice('webgpu', healthy, never);
    await watch.settle();
    await watch.settle();
    expect(healthy.scopes()).toBe(3);
  });

  it.each([
    [
      'out-of-memory',
      'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While creating a buffer',
      'no memory is left on the device (vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY)',
      'take a smaller batch or a smaller model',
    ],
    [
      'validation',
      'Buffer size (300) exceeds the max buffer size limit (200).',
      'the model asks for more than the device allows (Buffer size (300) exceeds the max buffer size limit (200))',
      'take a smaller batch or a smaller model',
    ],
    [
      'internal',
      'the shader does not compile',
      'the device refuses what it is asked (the shader does not compile)',
      'update the driver',
    ],
  ])('tells of an error: %s', async (filter, said, message, remedy) => {
    const failing = device();
    const watch = watchDevice('webgpu', failing, never);
    failing.err(filter, said);
    await expect(watch.settle()).rejects.toMatchObject({ rung: 'webgpu', message, remedy });
    // From then on, to whoever asks.
    await expect(watch.failed).rejects.toThrow(message);
    await expect(watch.settle()).rejects.toThrow(message);
    expect(watch.explain(new Error('a tensor is disposed'))).toMatchObject({ message });
  });

  it('names the lack of memory before what is refused because of it', async () => {
    const failing = device();
    const watch = watchDevice('webgpu', failing, never);
    failing.err('validation', 'the buffer is invalid');
    failing.err('out-of-memory', 'no memory');
    await expect(watch.settle()).rejects.toThrow('no memory is left on the device (no memory)');
  });

  it('looks for errors by itself between the readings', async () => {
    const failing = device();
    let look = () => {};
    const watch = watchDevice('webgpu', failing, (_, given) => (look = given));
    failing.err('out-of-memory', 'no memory');
    look();
    await expect(watch.failed).rejects.toThrow('no memory is left on the device');
  });

  it('tells that the device is lost, even while it is waited for in vain', async () => {
    const failing = { ...device(), queue: { onSubmittedWorkDone: () => new Promise(() => {}) } };
    const watch = watchDevice('webgpu', failing, never);
    const settled = watch.settle();
    failing.lose('Device was destroyed.');
    await expect(settled).rejects.toThrow(
      new DeviceFailure(
        'webgpu',
        'the device was lost (Device was destroyed)',
        'try it again or update the driver',
      ),
    );
  });
});

describe('deviceFailure', () => {
  it('knows how TensorFlow says that no memory is left', () => {
    const cause = new Error(
      'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[5000,32]',
    );
    expect(deviceFailure('cuda', cause)).toMatchObject({
      rung: 'cuda',
      message: 'no memory is left on the device (Invalid TF_Status: 8)',
      cause,
    });
  });
});
