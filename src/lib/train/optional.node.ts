import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';
import { backend, enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import { watchErrors, type Watch } from './deviceFailure.ts';
import { registerWebGpuKernels } from './webgpu/register.ts';
import { watchDevice, type WatchedDevice } from './webgpu/watch.ts';

/**
 * The rungs that need packages of their own. `webgpu-software` is WebGPU on an adapter that computes on the processor,
 * `tensorflow` TensorFlow's own library there.
 */
export type OptionalRung = 'cuda' | 'webgpu' | 'webgpu-software' | 'tensorflow';

/** The optional packages that a rung needs. */
export const PACKAGES: Record<OptionalRung, string[]> = {
  cuda: ['@tensorflow/tfjs-node-gpu'],
  webgpu: ['webgpu', '@tensorflow/tfjs-backend-webgpu'],
  'webgpu-software': ['webgpu', '@tensorflow/tfjs-backend-webgpu'],
  tensorflow: ['@tensorflow/tfjs-node'],
};

/** What a trial in a child process found. */
export interface Probe {
  device: string;
  /** Whether the "graphics card" is a program on the processor. */
  isSoftware: boolean;
  software: Record<string, string>;
  /** What WebGPU says of the adapter. */
  adapter?: { vendor: string; architecture: string; limits: Record<string, number> };
}

/** Those that a training meets first; in bytes, or invocations. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
];

/** The version of the package that a module belongs to, as its package.json says. */
export function installedVersion(url: string): string {
  for (let folder = dirname(fileURLToPath(url)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: string };
      // A folder inside a package may say of its modules only what kind they are.
      if (version !== undefined) return version;
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}

/**
 * Makes tfjs compute on a rung from now on.
 *
 * @param urls of the rung's packages, in the order of `PACKAGES`
 * @throws Error when the package loads but finds nothing to compute on
 */
export function startOptional(rung: OptionalRung, urls: readonly string[]): Promise<Probe> {
  // Without it tfjs greets on the console.
  enableProdMode();
  return isTensorFlow(rung)
    ? startTensorFlow(urls[0], rung === 'cuda')
    : startWebGpu(urls[0], urls[1], rung === 'webgpu-software');
}

const isTensorFlow = (rung: OptionalRung) => rung === 'cuda' || rung === 'tensorflow';

/** Looks after the device on which tfjs computes since `startOptional`. */
export function watchOptional(rung: OptionalRung): Watch {
  if (isTensorFlow(rung)) return watchErrors(rung);
  const { device } = backend() as unknown as { device: WatchedDevice };
  let watch = watches.get(device);
  if (!watch) watches.set(device, (watch = watchDevice('webgpu', device)));
  return watch;
}

/** One a device, for two would take each other's errors. */
const watches = new WeakMap<WatchedDevice, Watch>();

async function startTensorFlow(url: string, isCuda: boolean): Promise<Probe> {
  // Gone from Node 23, and called by the package.
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // It logs what the processor could do that it does not use.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  await import(url);
  await setBackend('tensorflow');
  const { isUsingGpuDevice, binding } = backend() as unknown as {
    isUsingGpuDevice?: boolean;
    binding?: { TF_Version?: string };
  };
  if (isCuda && !isUsingGpuDevice) {
    throw new Error('it finds no graphics card that CUDA can use');
  }
  const name = PACKAGES[isCuda ? 'cuda' : 'tensorflow'][0];
  const library = binding?.TF_Version;
  return {
    device: isCuda ? 'a graphics card with CUDA' : (cpus()[0]?.model.trim() ?? process.arch),
    isSoftware: false,
    software: {
      [name]: installedVersion(url),
      ...(library && { libtensorflow: library }),
    },
  };
}

interface Adapter {
  info: {
    vendor: string;
    architecture: string;
    device: string;
    description: string;
    isFallbackAdapter?: boolean;
  };
  limits?: Record<string, number>;
}

/** The adapter, which tells besides when it refuses to give a device. */
function withRefusals(adapter: Adapter, tell: (error: Error) => void): Adapter {
  return new Proxy(adapter, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      if (key !== 'requestDevice') return call;
      return async (...args: unknown[]) => {
        try {
          return await call(...args);
        } catch (error) {
          tell(error as Error);
          throw error;
        }
      };
    },
  });
}

interface Gpu {
  requestAdapter(options?: object): Promise<Adapter | null>;
}

async function startWebGpu(
  dawnUrl: string,
  backendUrl: string,
  isSoftware: boolean,
): Promise<Probe> {
  const dawn = (await import(dawnUrl)) as { create(flags: string[]): Gpu; globals: object };
  const scope = globalThis as { navigator?: object; embedscopeGpu?: Gpu };
  Object.assign(scope, dawn.globals);
  // Kept on a global, for the process crashes when it is collected; and there before the backend looks.
  const gpu = (scope.embedscopeGpu ??= dawn.create([]));
  if (!scope.navigator) Object.defineProperty(scope, 'navigator', { value: {} });
  let refusal: string | undefined;
  Object.defineProperty(scope.navigator, 'gpu', {
    // tfjs asks for an adapter by itself, has to get the same one, and keeps to itself why it gets no device.
    value: {
      async requestAdapter(options: object) {
        const found = await gpu.requestAdapter({ ...options, forceFallbackAdapter: isSoftware });
        return (
          found &&
          withRefusals(found, (error) => (refusal = `it refuses a device: ${error.message}`))
        );
      },
    },
    configurable: true,
  });
  const adapter = await gpu.requestAdapter({ forceFallbackAdapter: isSoftware });
  if (!adapter) throw new Error('it finds no graphics card with Vulkan, Metal or Direct3D 12');
  await import(backendUrl);
  registerWebGpuKernels();
  if (!(await setBackend('webgpu'))) {
    const [why = 'the backend does not start'] = refusal?.split('\n') ?? [];
    throw new Error(why);
  }
  const { vendor, architecture, device, description } = adapter.info;
  const name = description || device || [vendor, architecture].filter(Boolean).join(' ');
  return {
    device: name || 'an adapter without a name',
    isSoftware:
      adapter.info.isFallbackAdapter === true ||
      /swiftshader|llvmpipe|lavapipe|software/i.test(`${name} ${architecture} ${vendor}`),
    software: {
      '@tensorflow/tfjs-backend-webgpu': installedVersion(backendUrl),
      webgpu: installedVersion(dawnUrl),
    },
    adapter: {
      vendor,
      architecture,
      limits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits?.[limit] ?? 0])),
    },
  };
}
