import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  chooseBackend as choose,
  type Absent,
  type Backend,
  type Climbed,
  type Platform,
} from './backend.ts';
import { PACKAGES, startGpu, type GpuRung, type Probe } from './gpu.node.ts';

/** A first start compiles shaders and loads hundreds of megabytes. */
const PROBE_MS = 120_000;

/** Where a package lies, as a URL; throws when it is not installed. */
export type Resolve = (name: string) => string;

export interface NodePlatformOptions {
  resolve?: Resolve;
  /** After so long a trial step counts as hanging. */
  probeMs?: number;
}

/** Names a folder that holds the optional packages, below the project's own `node_modules`. */
export const PACKAGES_FOLDER = 'EMBEDSCOPE_GPU_PACKAGES';

/**
 * Sets tfjs up on the highest rung that is there, or on the one that is asked for: CUDA and WebGPU
 * where the user has installed their packages, WebAssembly everywhere.
 *
 * @throws InputError for an unknown name, and for a rung asked for that is not there
 */
export async function chooseBackend(
  requested: string,
  platform: Platform = nodePlatform(),
): Promise<Backend> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  try {
    return await choose(requested, platform);
  } finally {
    // The WASM module adds listeners that print its whole source on any later error.
    for (const [i, event] of events.entries()) {
      for (const listener of process.rawListeners(event)) {
        if (!before[i].includes(listener)) process.off(event, listener as () => void);
      }
    }
  }
}

/** This machine under Node. */
export function nodePlatform({
  resolve = resolvePackage,
  probeMs = PROBE_MS,
}: NodePlatformOptions = {}): Platform {
  return {
    processor: cpus()[0]?.model.trim() ?? process.arch,
    climb: (rung) => climb(rung, resolve, probeMs),
  };
}

function resolvePackage(name: string): string {
  const folder = process.env[PACKAGES_FOLDER];
  if (!folder) return import.meta.resolve(name);
  return pathToFileURL(createRequire(join(resolvePath(folder), 'package.json')).resolve(name)).href;
}

/** Tries a rung in a child process first: a wrong library ends the process that loads it. */
async function climb(rung: GpuRung, resolve: Resolve, probeMs: number): Promise<Climbed> {
  const tried = await tryRung(rung, { resolve, probeMs });
  if ('reason' in tried) return tried;
  try {
    await startGpu(rung, tried.urls);
  } catch (error) {
    return { reason: `it does not start (${String(error).slice(0, 200)})`, remedy: REPAIR };
  }
  return { device: tried.device, software: tried.software };
}

const WEBGPU_PACKAGES =
  'install its packages with npm i --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0';
const REPAIR = 'update the driver, or install the packages again as docs/backends.md says';

/** What to do where a rung's packages are not installed. */
const INSTALL: Record<GpuRung, string> = {
  cuda: 'install it as docs/backends.md says',
  webgpu: WEBGPU_PACKAGES,
  'webgpu-software': WEBGPU_PACKAGES,
};

/** What to do where no adapter answers. */
const DRIVER: Record<GpuRung, string> = {
  cuda: "check that nvidia-smi lists the card, and that CUDA's libraries are found",
  webgpu: "install the card's driver, or name its manifest in VK_DRIVER_FILES",
  'webgpu-software':
    'install a driver that computes on the processor, such as SwiftShader (docs/backends.md), and name its manifest in VK_DRIVER_FILES',
};

/** Takes one training step's worth of work on a rung in a child process, and leaves this one as it is. */
export async function tryRung(
  rung: GpuRung | 'wasm',
  {
    resolve = resolvePackage,
    probeMs = PROBE_MS,
    signal,
  }: NodePlatformOptions & { signal?: AbortSignal } = {},
): Promise<(Probe & { urls: string[] }) | Absent> {
  const urls: string[] = [];
  for (const name of rung === 'wasm' ? [] : PACKAGES[rung]) {
    try {
      urls.push(resolve(name));
    } catch {
      return { reason: `${name} is not installed`, remedy: INSTALL[rung as GpuRung] };
    }
  }
  const script = new URL('./probe.node.ts', import.meta.url);
  const answer = await askChild<Probe>(script, [rung, ...urls], { timeout: probeMs, signal });
  if ('failure' in answer) {
    const isBlind = /finds no graphics card/.test(answer.failure) && rung !== 'wasm';
    return {
      reason: `its trial step ${answer.failure}`,
      remedy: isBlind ? DRIVER[rung] : REPAIR,
    };
  }
  if (answer.isSoftware && rung === 'webgpu') {
    return {
      reason: `${answer.device} computes on the processor, where WASM is faster (webgpu-software takes it all the same)`,
      remedy: DRIVER.webgpu,
    };
  }
  return { ...answer, urls };
}

/**
 * Runs a TypeScript file in a process of its own.
 *
 * @returns the JSON of its last line, or how it failed: `failed (REASON)` or `did not end within N s`
 */
export function askChild<Answer extends object>(
  script: URL,
  args: readonly string[],
  { timeout, signal }: { timeout: number; signal?: AbortSignal },
): Promise<Answer | { failure: string }> {
  const loader = import.meta.resolve('tsx');
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', loader, fileURLToPath(script), ...args],
      // A driver that hangs does not hear a polite signal.
      { timeout, signal, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const answer = stdout.trim().split('\n').pop() ?? '';
        if (!error && answer.startsWith('{')) return done(JSON.parse(answer) as Answer);
        if (error?.killed) return done({ failure: `did not end within ${timeout / 1000} s` });
        const [line] = /^\w*Error: .*$/m.exec(stderr) ?? [];
        const ending = error?.signal ?? `exit code ${error?.code ?? 0}`;
        done({ failure: `failed (${line?.slice(0, 200) ?? ending})` });
      },
    );
  });
}
