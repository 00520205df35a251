import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chooseBackend as choose, type Backend, type Climbed, type Platform } from './backend.ts';
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
  const urls: string[] = [];
  for (const name of PACKAGES[rung]) {
    try {
      urls.push(resolve(name));
    } catch {
      return { reason: `${name} is not installed` };
    }
  }
  const probed = await probe(rung, urls, probeMs);
  if ('reason' in probed) return probed;
  if (probed.isSoftware && rung === 'webgpu') {
    return {
      reason: `${probed.device} computes on the processor, where WASM is faster (webgpu-software takes it all the same)`,
    };
  }
  try {
    await startGpu(rung, urls);
  } catch (error) {
    return { reason: `it does not start (${String(error).slice(0, 200)})` };
  }
  return { device: probed.device, software: probed.software };
}

function probe(
  rung: GpuRung,
  urls: string[],
  timeout: number,
): Promise<Probe | { reason: string }> {
  const script = fileURLToPath(new URL('./probe.node.ts', import.meta.url));
  const loader = import.meta.resolve('tsx');
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', loader, script, rung, ...urls],
      // A driver that hangs does not hear a polite signal.
      { timeout, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const answer = stdout.trim().split('\n').pop() ?? '';
        if (!error && answer.startsWith('{')) return done(JSON.parse(answer) as Probe);
        if (error?.killed) {
          return done({ reason: `its trial step did not end within ${timeout / 1000} s` });
        }
        const [line] = /^\w*Error: .*$/m.exec(stderr) ?? [];
        const ending = error?.signal ?? `exit code ${error?.code ?? 0}`;
        done({ reason: `its trial step failed (${line?.slice(0, 200) ?? ending})` });
      },
    );
  });
}
