import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-doctor-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a command on a machine whose optional packages hold the given source. */
function run(
  args: string[],
  packages: Record<string, string> = {},
  watch: (child: ChildProcess) => void = () => {},
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(scratch, 'packages-'));
  for (const [name, source] of Object.entries(packages)) {
    const own = join(folder, 'node_modules', name);
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, 'package.json'),
      JSON.stringify({ name, version: '9.8.7', type: 'module', main: 'index.js' }),
    );
    writeFileSync(join(own, 'index.js'), source);
  }
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: scratch,
    env: { ...process.env, EMBEDSCOPE_GPU_PACKAGES: folder, NO_COLOR: '1', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  watch(child);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('embedscope doctor', () => {
  it('prints one JSON object with the machine, the versions and the ladder', async () => {
    const { code, stdout } = await run(['doctor', '--json', '--no-benchmark'], {
      '@tensorflow/tfjs-node-gpu':
        "throw new Error('libtensorflow.so.2: cannot open shared object file');",
    });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      platform: `${process.platform} ${process.arch}`,
      threads: availableParallelism(),
      sharedArrayBuffer: true,
      // Every Node from 20 has both.
      wasm: { simd: true, threads: true },
      software: { node: process.versions.node, '@tensorflow/tfjs-core': '4.22.0' },
      auto: 'wasm',
    });
    expect(report.memory.total).toBeGreaterThanOrEqual(report.memory.free);
    expect(
      report.rungs.map((rung: { name: string; isThere: boolean }) => [rung.name, rung.isThere]),
    ).toEqual([
      ['cuda', false],
      ['webgpu', false],
      ['webgpu-software', false],
      ['tensorflow', false],
      ['wasm', true],
    ]);
    expect(report.rungs[0].reason).toBe(
      'its trial step failed (Error: libtensorflow.so.2: cannot open shared object file)',
    );
    expect(report.rungs.some((rung: object) => 'benchmark' in rung)).toBe(false);
  });

  it('prints the ladder as a table without --json', async () => {
    const { code, stdout } = await run(['doctor', '--no-benchmark', '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Machine {4}\S.*\nMemory {5}\S.* GiB free;/);
    expect(stdout).toContain('\nWASM       SIMD: yes; relaxed SIMD: ');
    expect(stdout).toContain(
      '\ncuda: @tensorflow/tfjs-node-gpu is not installed.\n  To have it: install it as docs/backends.md says.\n',
    );
    expect(stdout).toMatch(/\nauto takes wasm\.\n$/);
  });

  it('stops at Ctrl-C with code 130, while a driver hangs', async () => {
    const marker = join(scratch, 'driver-started');
    const packages = {
      '@tensorflow/tfjs-node-gpu': `import { writeFileSync } from 'node:fs';
        writeFileSync(${JSON.stringify(marker)}, '');
        for (;;);`,
    };
    const { code, stdout, stderr } = await run(['doctor'], packages, (child) => {
      const waiting = setInterval(() => {
        if (!existsSync(marker)) return;
        clearInterval(waiting);
        child.kill('SIGINT');
      }, 100);
    });
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain('stopping (Ctrl-C again ends at once)\n');
    expect(stderr).toContain('embedscope: stopped');
  });
});

describe('a rung asked for by hand that is not there', () => {
  const DATA = fileURLToPath(new URL('../../fixtures/movielens/csv', import.meta.url));
  const train = ['train', 'movielens', '--data', DATA, '--model', 'dot-bias', '--out', 'none'];

  it('ends with code 2, the reason and the remedy', async () => {
    const { code, stdout, stderr } = await run([...train, '--quiet', '--backend', 'webgpu']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'embedscope: the backend webgpu: webgpu is not installed (install its packages with npm i --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0, or leave it to auto, which takes the best that is there)\n',
    );
  });

  it('and the next one with auto, where the driver hangs at its start', async () => {
    const packages = { '@tensorflow/tfjs-node-gpu': 'for (;;);' };
    const limit = { EMBEDSCOPE_GPU_START_SECONDS: '2' };
    const hangs = (args: string[]) =>
      run([...train, '--quiet', '--epochs', '1', ...args], packages, undefined, limit);
    const [byHand, auto] = await Promise.all([
      hangs(['--backend', 'cuda']),
      hangs(['--json', '--out', 'hangs']),
    ]);
    expect(byHand).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'embedscope: the backend cuda: its trial step did not end within 2 s (update the driver, or install the packages again as docs/backends.md says, or leave it to auto, which takes the best that is there)\n',
    });
    expect(auto.code, auto.stderr).toBe(0);
    expect(JSON.parse(auto.stdout)).toMatchObject({ backend: 'wasm' });
    const { training } = JSON.parse(readFileSync(join(scratch, 'hangs/run.json'), 'utf8'));
    expect(training.passedOver.cuda).toBe('its trial step did not end within 2 s');
  });

  it('refuses a time limit that is none', async () => {
    const limit = { EMBEDSCOPE_GPU_START_SECONDS: 'soon' };
    const { code, stderr } = await run([...train, '--quiet'], {}, undefined, limit);
    expect([code, stderr]).toEqual([
      2,
      'embedscope: EMBEDSCOPE_GPU_START_SECONDS is "soon" (expected a number of seconds above 0)\n',
    ]);
  });
});
