import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { folderSource } from '../../src/lib/run/folder.node.ts';
import { readRun } from '../../src/lib/run/read.ts';
import { disguised, train, whenTraining } from './commandLine.ts';

const gpu = inject('gpu');
const RATINGS = fileURLToPath(new URL('../fixtures/movielens/csv', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-failures-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const TRAIN = ['movielens', '--data', RATINGS, '--model', 'dot-bias', '--factors', '4'];
const LONG = [...TRAIN, '--batch', '256', '--epochs', '500'];

/** What befalls a device. */
const LOSS = 'device.destroy();';
/** Far more than there is, none of which is ever touched. */
const GREED = `
  globalThis.hoard = Array.from({ length: 256 }, () =>
    device.createBuffer({ size: device.limits.maxBufferSize, usage: GPUBufferUsage.STORAGE }),
  );`;

/** The adapter as it is but for what `changes` says of it; something befalls the device when the process is told so. */
const disguise = (changes: string, blow: string) => `
  export const { globals } = real;
  const changed = (target, changes) =>
    new Proxy(target, {
      get(_, key) {
        if (key in changes) return changes[key];
        const value = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  export function create(flags) {
    const gpu = real.create(flags);
    return {
      async requestAdapter(options) {
        const adapter = await gpu.requestAdapter(options);
        const changes = {
          async requestDevice(wanted) {
            const device = await adapter.requestDevice(wanted);
            process.once('SIGUSR2', () => { ${blow} });
            return device;
          },
          ${changes}
        };
        return changed(adapter, changes);
      },
    };
  }
`;

/** A card that says of itself that it is none that computes on the processor. */
const CARD = `info: { vendor: 'none', architecture: '', device: '', description: 'a card in disguise' },`;
/** Promises more than the driver holds. */
const BOASTER = 'limits: changed(adapter.limits, { maxBufferSize: 2 ** 52 }),';

/** Runs a training on packages in disguise, and says what it left in its folder. */
async function trainOn(name: string, changes: string, args: string[], blow = '') {
  const source = disguise(changes, blow);
  const packages = disguised(scratch, gpu!.EMBEDSCOPE_GPU_PACKAGES, source);
  const env = { ...gpu, EMBEDSCOPE_GPU_PACKAGES: packages };
  const watch = blow ? whenTraining('SIGUSR2') : undefined;
  const ended = await train(scratch, [...args, '--out', name], env, watch);
  return { ...ended, left: readdirSync(scratch).filter((entry) => entry.includes(name)) };
}

describe.skipIf(!gpu).concurrent('a graphics card that fails', () => {
  it('for lack of memory ends the training with code 2, where it was asked for by hand', async () => {
    const args = [...LONG, '--backend', 'webgpu-software'];
    const { code, stdout, stderr, left } = await trainOn('memory', '', args, GREED);
    expect(stderr).toMatch(
      /\nembedscope: the backend webgpu-software failed in training: no memory is left on the device \(vkAllocateMemory failed with VK_ERROR_OUT_OF_\w+_MEMORY\); nothing was written \(take a smaller batch or a smaller model, or leave it to auto, which goes on with the next one\)\n$/,
    );
    expect([code, stdout, left]).toEqual([2, '', []]);
  });

  it('with auto has the training start anew on the next rung, and the run says why', async () => {
    const { code, stderr, left } = await trainOn('auto', CARD, LONG, LOSS);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /^training dot-bias on \d+ ratings \(webgpu\)\nnote: the backend webgpu failed in training: the device was lost \(.+\); the training starts anew on the next one\ntraining dot-bias on \d+ ratings \(wasm\)\n/m,
    );
    expect(left).toEqual(['auto']);
    const { training } = (await readRun(folderSource(join(scratch, 'auto')))).manifest;
    expect(training.backend).toBe('wasm');
    expect(training.passedOver!.webgpu).toMatch(/^in training, the device was lost \(/);
    expect(training.curves).toHaveLength(500);
  });

  it('at its start, for it lacks a limit that it promised, is told with code 2', async () => {
    const args = [...TRAIN, '--epochs', '1', '--backend', 'webgpu-software'];
    const { code, stdout, stderr, left } = await trainOn('limit', BOASTER, args);
    expect(stderr).toMatch(
      /^embedscope: the backend webgpu-software: its trial step failed \(Error: it refuses a device: .*limit.*\) \(/m,
    );
    expect([code, stdout, left]).toEqual([2, '', []]);
  });
});
