import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError } from '../errors.ts';
import {
  chooseBackend as choose,
  type Absent,
  type Backend,
  type Climbed,
  type Platform,
} from './backend.ts';
import {
  PACKAGES,
  startOptional,
  watchOptional,
  type OptionalRung,
  type Probe,
} from './optional.node.ts';

/** A first start compiles shaders and loads hundreds of megabytes. */
const START_SECONDS = 120;

/** Where a package lies, as a URL; throws when it is not installed. */
export type Resolve = (name: string) => string;

export interface NodePlatformOptions {
  resolve?: Resolve;
  /** After so long a trial step counts as hanging. */
  probeMs?: number;
  /** Ends a trial step, which then counts as one that failed. */
  signal?: AbortSignal;
}

/** Names a folder that holds the optional packages, below the project's own `node_modules`. */
export const PACKAGES_FOLDER = 'EMBEDSCOPE_GPU_PACKAGES';
/** After so many seconds a rung that is being tried counts as hanging. */
export const START_LIMIT = 'EMBEDSCOPE_GPU_START_SECONDS';

/**
 * Sets tfjs up on the highest rung that is there, or on the one that is asked for: CUDA and WebGPU
 * where the user has installed their packages, WebAssembly everywhere.
 *
 * @param failed rungs that `auto` passes over, with the reason
 * @throws InputError for an unknown name, and for a rung asked for that is not there
 */
export async function chooseBackend(
  requested: string,
  platform: Platform = nodePlatform(),
  failed: Readonly<Record<string, string>> = {},
): Promise<Backend> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  try {
    return await choose(requested, platform, failed);
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
export function nodePlatform(options: NodePlatformOptions = {}): Platform {
  return {
    processor: cpus()[0]?.model.trim() ?? process.arch,
    climb: (rung) => climb(rung, options),
  };
}

function startLimit(): number {
  const text = process.env[START_LIMIT];
  if (!text) return 1000 * START_SECONDS;
  const seconds = Number(text);
  if (seconds > 0 && seconds < 1e6) return 1000 * seconds;
  throw new InputError(`${START_LIMIT} is "${text}" (expected a number of seconds above 0)`);
}

function resolvePackage(name: string): string {
  const folder = process.env[PACKAGES_FOLDER];
  if (!folder) return import.meta.resolve(name);
  return pathToFileURL(createRequire(join(resolvePath(folder), 'package.json')).resolve(name)).href;
}

/** Where the packages of a rung lie, in the order of `PACKAGES`; throws when one is not installed. */
export function packageUrls(rung: OptionalRung | 'wasm'): string[] {
  return rung === 'wasm' ? [] : PACKAGES[rung].map(resolvePackage);
}

/** Tries a rung in a child process first: a wrong library ends the process that loads it. */
async function climb(rung: OptionalRung, options: NodePlatformOptions): Promise<Climbed> {
  const tried = await tryRung(rung, options);
  if ('reason' in tried) return tried;
  const { device, software, urls } = tried;
  const limit = options.probeMs ?? startLimit();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit / 1000} s`)), limit);
  });
  try {
    await Promise.race([startOptional(rung, urls), late]);
  } catch (error) {
    return { reason: `it does not start (${String(error).slice(0, 200)})`, remedy: REPAIR };
  } finally {
    clearTimeout(timer);
  }
  return { device, software, watch: watchOptional(rung) };
}

const WEBGPU_PACKAGES =
  'install its packages with npm i --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0';
const REPAIR = 'update the driver, or install the packages again as docs/backends.md says';

/** What to do where a rung's packages are not installed. */
const INSTALL: Record<OptionalRung, string> = {
  cuda: 'install it as docs/backends.md says',
  webgpu: WEBGPU_PACKAGES,
  'webgpu-software': WEBGPU_PACKAGES,
  tensorflow: 'install it as docs/backends.md says',
};

/** What to do where no adapter answers. */
const DRIVER: Record<Exclude<OptionalRung, 'tensorflow'>, string> = {
  cuda: "check that nvidia-smi lists the card, and that CUDA's libraries are found",
  webgpu: "install the card's driver, or name its manifest in VK_DRIVER_FILES",
  'webgpu-software':
    'install a driver that computes on the processor, such as SwiftShader (docs/backends.md), and name its manifest in VK_DRIVER_FILES',
};

/** Takes one training step's worth of work on a rung in a child process, and leaves this one as it is. */
export async function tryRung(
  rung: OptionalRung | 'wasm',
  { resolve = resolvePackage, probeMs = startLimit(), signal }: NodePlatformOptions = {},
): Promise<(Probe & { urls: string[] }) | Absent> {
  const urls: string[] = [];
  for (const name of rung === 'wasm' ? [] : PACKAGES[rung]) {
    try {
      urls.push(resolve(name));
    } catch {
      return { reason: `${name} is not installed`, remedy: INSTALL[rung as OptionalRung] };
    }
  }
  const script = new URL('./probe.node.ts', import.meta.url);
  const answer = await askChild<Probe>(script, [rung, ...urls], { timeout: probeMs, signal });
  if ('failure' in answer) {
    const isBlind = /finds no graphics card/.test(answer.failure) && rung !== 'wasm';
    return {
      reason: `its trial step ${answer.failure}`,
      remedy: isBlind && rung !== 'tensorflow' ? DRIVER[rung] : REPAIR,
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

/** Arguments under which Node runs a script of ours, which a bundle holds as JavaScript. */
export function scriptArguments(script: URL): string[] {
  const path = fileURLToPath(script);
  return path.endsWith('.ts') ? ['--import', import.meta.resolve('tsx'), path] : [path];
}

/**
 * Runs a script in a process of its own.
 *
 * @returns the JSON of its last line, or how it failed: `failed (REASON)` or `did not end within N s`
 */
export function askChild<Answer extends object>(
  script: URL,
  args: readonly string[],
  { timeout, signal }: { timeout: number; signal?: AbortSignal },
): Promise<Answer | { failure: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...scriptArguments(script), ...args],
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
