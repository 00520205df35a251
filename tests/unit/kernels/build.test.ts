import { execFile } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

/** A copy of the build script in a project of its own, with one small kernel. */
describe('build-kernels', () => {
  let project: string;
  const source = () => join(project, 'src/lib/kernels/assembly/twice.ts');
  const target = () => join(project, 'src/lib/kernels/generated/twice.ts');
  const build = () => run(process.execPath, [join(project, 'scripts/tooling/build-kernels.mjs')]);

  async function answer(): Promise<number> {
    const base64 = /'([A-Za-z0-9+/=]+)'/.exec(await readFile(target(), 'utf8'))![1];
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(Buffer.from(base64, 'base64'), {
      env: { memory },
    });
    return (instance.exports.twice as (x: number) => number)(21);
  }

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'build-kernels-'));
    await mkdir(join(project, 'scripts/tooling'), { recursive: true });
    await mkdir(join(project, 'src/lib/kernels/assembly'), { recursive: true });
    await cp(
      join(root, 'scripts/tooling/build-kernels.mjs'),
      join(project, 'scripts/tooling/build-kernels.mjs'),
    );
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'));
    await writeFile(source(), 'export function twice(x: i32): i32 { return 2 * x; }\n');
  });
  afterAll(() => rm(project, { recursive: true, force: true }));

  it('compiles what is new, leaves what is compiled, and compiles again what has changed', async () => {
    expect((await build()).stdout).toMatch(/^kernel twice: \d+ bytes\n$/);
    expect(await answer()).toBe(42);

    const past = new Date(2000, 0, 1);
    await utimes(target(), past, past);
    expect((await build()).stdout).toBe('');
    expect((await stat(target())).mtime).toEqual(past);

    await writeFile(source(), 'export function twice(x: i32): i32 { return 2 * x + 1; }\n');
    expect((await build()).stdout).toMatch(/^kernel twice/);
    expect(await answer()).toBe(43);
  });

  it('compiles what threads may run for one thread and for several, with fused products too', async () => {
    const nearest = join(project, 'src/lib/kernels/assembly/nearest.ts');
    await writeFile(nearest, 'export function twice(x: i32): i32 { return 2 * x; }\n');
    expect((await build()).stdout).toMatch(
      /^kernel nearest: \d+ bytes\nkernel nearest\.shared: \d+ bytes\nkernel nearest\.relaxed: \d+ bytes\nkernel nearest\.relaxed\.shared: \d+ bytes\n$/,
    );
    const kernel = async (name: string) => {
      const file = join(project, 'src/lib/kernels/generated', name);
      return Buffer.from(/'([A-Za-z0-9+/=]+)'/.exec(await readFile(file, 'utf8'))![1], 'base64');
    };
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { instance } = await WebAssembly.instantiate(await kernel('nearest.shared.ts'), {
      env: { memory },
    });
    expect((instance.exports.twice as (x: number) => number)(4)).toBe(8);
    await expect(
      WebAssembly.instantiate(await kernel('nearest.ts'), { env: { memory } }),
    ).rejects.toThrow(WebAssembly.LinkError);
    await rm(nearest);
    await build();
    await expect(kernel('nearest.shared.ts')).rejects.toThrow('ENOENT');
  });

  it('removes a kernel whose source is gone', async () => {
    const orphan = join(project, 'src/lib/kernels/generated/thrice.ts');
    await writeFile(orphan, 'export const wasm = "";');
    await build();
    await expect(stat(orphan)).rejects.toThrow('ENOENT');
  });

  it('fails loudly, naming the file and the line, when a kernel does not compile', async () => {
    await writeFile(source(), 'export function twice(x: i32): i32 { return nothing; }\n');
    const error = (await build().catch((caught) => caught)) as { code: number; stderr: string };
    expect(error.code).toBe(1);
    expect(error.stderr).toContain('src/lib/kernels/assembly/twice.ts does not compile');
    expect(error.stderr).toContain("Cannot find name 'nothing'");
    expect(error.stderr).toContain('in twice.ts(1,');
  });
});
