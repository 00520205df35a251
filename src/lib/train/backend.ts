import { enableProdMode, setBackend, version_core } from '@tensorflow/tfjs-core';
// Brings the gradients of tfjs's operations along, which core leaves out.
import '@tensorflow/tfjs-layers';
import { InputError } from '../errors.ts';
import type { Watch } from './deviceFailure.ts';
import { registerWasmKernels } from './wasm/register.ts';

/** The rungs of the compute ladder, highest first. */
export const RUNGS = ['cuda', 'webgpu', 'tensorflow', 'wasm', 'cpu'] as const;
export type RungName = (typeof RUNGS)[number];

/** Those that `auto` tries; the others are slower than WASM. */
const AUTO = ['cuda', 'webgpu', 'wasm'] as const;
/** What can be asked for by hand: a rung, or WebGPU on an adapter that computes on the processor. */
const BY_HAND = ['cuda', 'webgpu', 'webgpu-software', 'tensorflow', 'wasm', 'cpu'] as const;
type Requested = (typeof BY_HAND)[number];

/** What computes. */
export interface Backend {
  name: RungName;
  /** The processor or adapter, as it names itself. */
  device: string;
  /** Why a higher rung was not taken, by its name. */
  passedOver: Record<string, string>;
  /** Versions by package. */
  software: Record<string, string>;
  /** Of a device that may fail while it computes. */
  watch?: Watch;
}

/** Why a rung cannot compute, and what to do about it. */
export interface Absent {
  reason: string;
  remedy?: string;
}

/** A rung that computes from now on, or why it cannot. */
export type Climbed = Pick<Backend, 'device' | 'software' | 'watch'> | Absent;

/** What a rung needs of the place where it runs. */
export interface Platform {
  /** The processor's name. */
  processor: string;
  /** Sets up a graphics card, for `webgpu-software` a program that stands in for one, or TensorFlow's library. */
  climb(rung: Exclude<Requested, 'wasm' | 'cpu'>): Promise<Climbed>;
  /** Folder or file map of the WebAssembly binaries, where the bundler moved them. */
  wasmPaths?: string | Record<string, string>;
}

const NOT_IN_BROWSER = {
  cuda: 'CUDA is for Node alone',
  webgpu: 'WebGPU is not built into this site',
  'webgpu-software': 'WebGPU is not built into this site',
  tensorflow: "TensorFlow's library is for Node alone",
};

/** A page or worker, in which the site brings no graphics card's backend. */
export function browserPlatform(wasmPaths?: Platform['wasmPaths']): Platform {
  const cores = (globalThis.navigator as { hardwareConcurrency?: number } | undefined)
    ?.hardwareConcurrency;
  return {
    processor: cores ? `a browser on ${cores} cores` : 'a browser',
    climb: async (rung) => ({
      reason: NOT_IN_BROWSER[rung],
    }),
    wasmPaths,
  };
}

/**
 * Sets tfjs up on the highest rung that is there, or on the one that is asked for.
 *
 * @param requested `auto`, or the name of a rung
 * @param failed rungs that `auto` passes over, with the reason
 * @throws InputError for an unknown name, and for a rung asked for that is not there
 */
export async function chooseBackend(
  requested: string,
  platform: Platform = browserPlatform(),
  failed: Readonly<Record<string, string>> = {},
): Promise<Backend> {
  if (requested !== 'auto' && !(BY_HAND as readonly string[]).includes(requested)) {
    throw new InputError(
      `there is no backend "${requested}" (expected auto, ${BY_HAND.slice(0, -1).join(', ')} or ${BY_HAND.at(-1)})`,
    );
  }
  // Without it tfjs greets on the console.
  enableProdMode();
  const byHand = requested !== 'auto';
  const rungs: readonly Requested[] = byHand ? [requested as Requested] : AUTO;
  const passedOver: Record<string, string> = {};
  let remedy = '';
  for (const name of rungs) {
    const climbed = name in failed ? { reason: failed[name] } : await climb(name, platform);
    if (!('reason' in climbed)) {
      const { device, watch } = climbed;
      const software = { '@tensorflow/tfjs-core': version_core, ...climbed.software };
      const rung = name === 'webgpu-software' ? 'webgpu' : name;
      return { name: rung, device, passedOver, software, ...(watch && { watch }) };
    }
    passedOver[name] = climbed.reason;
    if ('remedy' in climbed && climbed.remedy) remedy = `${climbed.remedy}, or `;
  }
  const reasons = Object.entries(passedOver).map(([name, reason]) => `${name}: ${reason}`);
  throw new InputError(
    byHand
      ? `the backend ${reasons[0]} (${remedy}leave it to auto, which takes the best that is there)`
      : `nothing to compute with: ${reasons.join('; ')}`,
  );
}

async function climb(name: Requested, platform: Platform): Promise<Climbed> {
  if (name === 'wasm') return climbWasm(platform);
  return name === 'cpu' ? climbCpu(platform) : platform.climb(name);
}

async function climbWasm({ processor, wasmPaths }: Platform): Promise<Climbed> {
  if (typeof WebAssembly === 'undefined') return { reason: 'this engine has no WebAssembly' };
  const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
  registerWasmKernels();
  if (!(await setBackend('wasm'))) return { reason: 'its WebAssembly binary does not load' };
  return { device: processor, software: { '@tensorflow/tfjs-backend-wasm': version_wasm } };
}

async function climbCpu({ processor }: Platform): Promise<Climbed> {
  const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  return { device: processor, software: { '@tensorflow/tfjs-backend-cpu': version_cpu } };
}
