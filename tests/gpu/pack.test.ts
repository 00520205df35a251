import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, inject, it } from 'vitest';

const gpu = inject('gpu');
const RUN = fileURLToPath(new URL('../../bench/gpu/run.sh', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-pack-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const run = promisify(execFile);
const isPackable = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!gpu || !isPackable)('what bench/gpu/run.sh packs', () => {
  it('runs where there is neither Node nor npm, and says what it could not measure', async () => {
    const packed = join(scratch, 'packed');
    await run(RUN, [packed], { env: { ...process.env, ...gpu } });
    // Nothing of this project is to be found from here on.
    const bare = (args: string[], driver: string) =>
      run(join(packed, 'run.sh'), args, {
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', VK_DRIVER_FILES: driver },
      });
    const [{ stdout: ladder }, { stdout: table }] = await Promise.all([
      bare(['--check'], gpu!.VK_DRIVER_FILES),
      bare(['--quick'], join(scratch, 'no-driver.json')),
    ]);
    expect(ladder).toMatch(/^webgpu-software {2}yes .*(swiftshader|llvmpipe)/im);
    expect(table).toMatch(/^lstm +wasm +[\d.]+ +[\d,]+ /m);
    expect(table).toMatch(
      /^webgpu: not measured \(its trial step failed \(Error: it finds no graphics/m,
    );
    const { results } = JSON.parse(readFileSync(join(packed, 'results.json'), 'utf8'));
    expect(results.map(({ rung }: { rung: string }) => rung)).toEqual(Array(8).fill('wasm'));
    for (const { name, seconds } of results) expect(seconds, name).toBeGreaterThan(0);
  });
});
