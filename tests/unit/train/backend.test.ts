import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { chooseBackend as chooseInBrowser } from '../../../src/lib/train/backend.ts';
import { chooseBackend, nodePlatform } from '../../../src/lib/train/backend.node.ts';
import { PRETENDER } from './pretender.ts';

const folder = mkdtempSync(join(tmpdir(), 'embedscope-backend-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** A machine on which packages hold the given source. */
function machineWith(packages: Record<string, string>, probeMs?: number) {
  const resolve = (name: string) => {
    if (!(name in packages)) throw new Error(`Cannot find package '${name}'`);
    const path = join(folder, `${name.replace(/\W/g, '-')}.mjs`);
    writeFileSync(path, packages[name]);
    return pathToFileURL(path).href;
  };
  return nodePlatform({ resolve, ...(probeMs && { probeMs }) });
}

/** The pretender, which never ends loading after its trial. */
const NEVER_LOADED = `
  if (!process.argv[1].includes('probe')) await new Promise(() => {});
  ${PRETENDER}
`;

describe('chooseBackend', () => {
  it('takes WASM where neither CUDA nor WebGPU is installed, and says so', async () => {
    const chosen = await chooseBackend('auto', machineWith({}));
    expect(chosen.name).toBe('wasm');
    expect(chosen.passedOver).toEqual({
      cuda: '@tensorflow/tfjs-node-gpu is not installed',
      webgpu: 'webgpu is not installed',
    });
    expect(chosen.device).not.toBe('');
    expect(chosen.software).toEqual({
      '@tensorflow/tfjs-core': '4.22.0',
      '@tensorflow/tfjs-backend-wasm': '4.22.0',
    });
    expect(getBackend()).toBe('wasm');
  });

  it('says nothing on the console, on any rung', async () => {
    const spies = (['log', 'warn', 'error', 'info'] as const).map((name) =>
      vi.spyOn(console, name),
    );
    for (const rung of ['wasm', 'cpu']) {
      expect((await chooseBackend(rung)).name).toBe(rung);
      await setBackend(rung);
      expect(getBackend()).toBe(rung);
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it('leaves no listener for errors behind', async () => {
    const before = process.listenerCount('uncaughtException');
    await chooseBackend('wasm');
    expect(process.listenerCount('uncaughtException')).toBe(before);
  });

  it('survives a package that ends the process, and names the signal', async () => {
    const machine = machineWith({ '@tensorflow/tfjs-node-gpu': 'process.abort();' });
    const { name, passedOver } = await chooseBackend('auto', machine);
    expect(name).toBe('wasm');
    expect(passedOver.cuda).toBe('its trial step failed (SIGABRT)');
  });

  it('passes a package over that fails to load, with its reason', async () => {
    const machine = machineWith({
      '@tensorflow/tfjs-node-gpu':
        "throw new Error('libtensorflow.so.2: cannot open shared object file');",
    });
    const { passedOver } = await chooseBackend('auto', machine);
    expect(passedOver.cuda).toBe(
      'its trial step failed (Error: libtensorflow.so.2: cannot open shared object file)',
    );
  });

  it('passes WebGPU over where there is no adapter', async () => {
    const machine = machineWith({
      webgpu:
        'export const globals = {}; export const create = () => ({ requestAdapter: async () => null });',
      '@tensorflow/tfjs-backend-webgpu': '',
    });
    const { passedOver } = await chooseBackend('auto', machine);
    expect(passedOver.webgpu).toBe(
      'its trial step failed (Error: it finds no graphics card with Vulkan, Metal or Direct3D 12)',
    );
  });

  it('ends a driver that hangs, and goes on to the next rung', async () => {
    const machine = machineWith({ '@tensorflow/tfjs-node-gpu': 'for (;;);' }, 3_000);
    const { name, passedOver } = await chooseBackend('auto', machine);
    expect(name).toBe('wasm');
    expect(passedOver.cuda).toBe('its trial step did not end within 3 s');
  });

  it('passes a rung over that failed before, without trying it again', async () => {
    const machine = machineWith({ '@tensorflow/tfjs-node-gpu': 'process.abort();' });
    const { name, passedOver } = await chooseBackend('auto', machine, { cuda: 'it was lost' });
    expect(name).toBe('wasm');
    expect(passedOver.cuda).toBe('it was lost');
  });

  it('gives up on a package that loads in its trial and then never ends loading', async () => {
    const machine = machineWith({ '@tensorflow/tfjs-node-gpu': NEVER_LOADED }, 4_000);
    const { name, passedOver } = await chooseBackend('auto', machine);
    expect(name).toBe('wasm');
    expect(passedOver.cuda).toBe('it does not start (Error: not within 4 s)');
  });

  it('refuses a rung asked for by hand that is not there', async () => {
    await expect(chooseBackend('cuda', machineWith({}))).rejects.toThrow(
      'the backend cuda: @tensorflow/tfjs-node-gpu is not installed (install it as docs/backends.md says, or leave it to auto, which takes the best that is there)',
    );
    await expect(chooseBackend('webgpu', machineWith({ webgpu: '' }))).rejects.toThrow(
      'the backend webgpu: @tensorflow/tfjs-backend-webgpu is not installed',
    );
    await expect(chooseBackend('tpu')).rejects.toMatchObject({
      name: 'InputError',
      message:
        'there is no backend "tpu" (expected auto, cuda, webgpu, webgpu-software, tensorflow, wasm or cpu)',
    });
  });

  it('in a browser, has reasons of its own', async () => {
    const { name, passedOver } = await chooseInBrowser('auto');
    expect(name).toBe('wasm');
    expect(passedOver).toEqual({
      cuda: 'CUDA is for Node alone',
      webgpu: 'WebGPU is not built into this site',
    });
  });
});
