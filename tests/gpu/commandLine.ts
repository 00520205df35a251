import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../scripts/embedscope.mjs', import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs `embedscope train` in a folder.
 *
 * @param watch is called whenever there is more on stderr, with all of it
 */
export function train(
  folder: string,
  args: string[],
  env: Record<string, string> = {},
  watch: (stderr: string, child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, 'train', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => watch((stderr += text), child));
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}

/** Sends a signal once the training has begun. */
export function whenTraining(
  signal: NodeJS.Signals,
): (stderr: string, child: ChildProcess) => void {
  let isSent = false;
  return (stderr, child) => {
    if (isSent || !/^training /m.test(stderr)) return;
    isSent = true;
    // The first epoch has begun by then, if only to compile its shaders.
    setTimeout(() => child.kill(signal), 500);
  };
}

/** A folder of optional packages in which `webgpu` is the given source, before which `real` is the real one. */
export function disguised(folder: string, packages: string, source: string): string {
  const made = mkdtempSync(join(folder, 'packages-'));
  const { resolve } = createRequire(join(packages, 'package.json'));
  const own = join(made, 'node_modules/webgpu');
  const scope = join(made, 'node_modules/@tensorflow');
  mkdirSync(own, { recursive: true });
  mkdirSync(scope);
  writeFileSync(
    join(own, 'package.json'),
    JSON.stringify({ name: 'webgpu', version: '0.0.0', type: 'module', main: 'index.js' }),
  );
  const real = JSON.stringify(`file://${resolve('webgpu')}`);
  writeFileSync(join(own, 'index.js'), `const real = await import(${real});\n${source}`);
  const backend = dirname(resolve('@tensorflow/tfjs-backend-webgpu/package.json'));
  symlinkSync(backend, join(scope, 'tfjs-backend-webgpu'));
  return made;
}
