import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadFactorisation } from '../../../src/lib/kernels/factorisation.ts';
import { Layout, loadKernel, MEMORY_LIMIT } from '../../../src/lib/kernels/load.ts';

describe('loadKernel', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('gives the compiled kernel on zeroed memory of at least the size asked for', async () => {
    const kernel = await loadFactorisation(100_000);
    expect(kernel.backend).toBe('kernel');
    expect(kernel.buffer.byteLength).toBeGreaterThanOrEqual(100_000);
    expect(new Uint8Array(kernel.buffer).every((byte) => byte === 0)).toBe(true);
    expect(Object.keys(kernel.functions)).toEqual(
      expect.arrayContaining(['sgd', 'sweep', 'implicitSums']),
    );
  });

  it('gives every caller a memory of its own', async () => {
    const [a, b] = await Promise.all([loadFactorisation(64), loadFactorisation(64)]);
    new Uint8Array(a.buffer)[0] = 7;
    expect(new Uint8Array(b.buffer)[0]).toBe(0);
  });

  it('takes the plain twin where WebAssembly is missing', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect((await loadFactorisation(64)).backend).toBe('javascript');
  });

  it('takes the plain twin where the engine refuses SIMD', async () => {
    vi.stubGlobal('WebAssembly', { validate: () => false });
    expect((await loadFactorisation(64)).backend).toBe('javascript');
  });

  it('refuses more memory than can be addressed', async () => {
    const load = loadKernel('', () => ({}), MEMORY_LIMIT + 1);
    await expect(load).rejects.toThrow(
      new RangeError("a kernel's memory holds at most 4294967296 bytes, not 4294967297"),
    );
  });
});

describe('Layout', () => {
  it('starts every array at a multiple of 16 bytes, without overlap', () => {
    const layout = new Layout();
    const sizes = [1, 4, 5, 0, 3];
    const offsets = sizes.map((size) => layout.reserve(size));
    expect(offsets).toEqual([0, 16, 32, 64, 64]);
    expect(layout.bytes).toBe(80);
  });
});
