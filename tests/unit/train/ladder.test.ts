import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { describeLadder } from '../../../scripts/commands/doctor.ts';
import { automatic, surveyLadder, type RungReport } from '../../../src/lib/train/ladder.node.ts';
import { PRETENDER } from './pretender.ts';

const folder = mkdtempSync(join(tmpdir(), 'embedscope-ladder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CUDA = '@tensorflow/tfjs-node-gpu';
const NO_ADAPTER = {
  webgpu:
    'export const globals = {}; export const create = () => ({ requestAdapter: async () => null });',
  '@tensorflow/tfjs-backend-webgpu': '',
};

/** The pretender, in the benchmark's process too. */
const CARD = `
  ${PRETENDER}
  const isBenchmark = process.argv[1].includes('rungBenchmark');
`;

let machines = 0;

/** Surveys a machine on which packages hold the given source. */
function survey(
  packages: Record<string, string>,
  options: Partial<Parameters<typeof surveyLadder>[0]> = {},
): Promise<RungReport[]> {
  const machine = machines++;
  const resolve = (name: string) => {
    if (!(name in packages)) throw new Error(`Cannot find package '${name}'`);
    const path = join(folder, `${machine}${name.replace(/\W/g, '-')}.mjs`);
    writeFileSync(path, packages[name]);
    return pathToFileURL(path).href;
  };
  return surveyLadder({ isMeasured: false, resolve, ...options });
}

const named = (reports: RungReport[], name: string) => reports.find((rung) => rung.name === name)!;

describe('surveyLadder', () => {
  it('says of each rung that is not installed how to get it, and finds WASM', async () => {
    const seen: string[] = [];
    const reports = await survey(
      {},
      { onProgress: (done, of, label) => seen.push(`${done}/${of} ${label}`) },
    );
    const install =
      'install its packages with npm i --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0';
    expect(reports.slice(0, 4)).toEqual([
      {
        name: 'cuda',
        isThere: false,
        reason: '@tensorflow/tfjs-node-gpu is not installed',
        remedy: 'install it as docs/backends.md says',
      },
      { name: 'webgpu', isThere: false, reason: 'webgpu is not installed', remedy: install },
      {
        name: 'webgpu-software',
        isThere: false,
        reason: 'webgpu is not installed',
        remedy: install,
      },
      {
        name: 'tensorflow',
        isThere: false,
        reason: '@tensorflow/tfjs-node is not installed',
        remedy: 'install it as docs/backends.md says',
      },
    ]);
    expect(reports[4]).toMatchObject({ name: 'wasm', isThere: true });
    expect(reports[4].software).toMatchObject({ '@tensorflow/tfjs-backend-wasm': '4.22.0' });
    expect(automatic(reports)?.name).toBe('wasm');
    expect(seen).toEqual([
      '0/10 trying cuda',
      '2/10 trying webgpu',
      '4/10 trying webgpu-software',
      '6/10 trying tensorflow',
      '8/10 trying wasm',
    ]);
  });

  it('reports a driver that kills its process and one that finds no adapter, and goes on', async () => {
    const reports = await survey({ [CUDA]: 'process.abort();', ...NO_ADAPTER });
    expect(named(reports, 'cuda')).toEqual({
      name: 'cuda',
      isThere: false,
      reason: 'its trial step failed (SIGABRT)',
      remedy: 'update the driver, or install the packages again as docs/backends.md says',
    });
    expect(named(reports, 'webgpu')).toEqual({
      name: 'webgpu',
      isThere: false,
      reason:
        'its trial step failed (Error: it finds no graphics card with Vulkan, Metal or Direct3D 12)',
      remedy: "install the card's driver, or name its manifest in VK_DRIVER_FILES",
    });
    expect(named(reports, 'webgpu-software').remedy).toBe(
      'install a driver that computes on the processor, such as SwiftShader (docs/backends.md), and name its manifest in VK_DRIVER_FILES',
    );
    expect(named(reports, 'wasm').isThere).toBe(true);
  });

  it('ends a driver that hangs', async () => {
    const reports = await survey(
      { [CUDA]: 'for (;;);' },
      { rungs: ['cuda', 'wasm'], probeMs: 6_000 },
    );
    expect(named(reports, 'cuda').reason).toBe('its trial step did not end within 6 s');
    expect(named(reports, 'wasm').isThere).toBe(true);
  });

  it('measures a rung that is there', async () => {
    const [{ benchmark }] = await survey({}, { rungs: ['wasm'], isMeasured: true });
    expect(Object.keys(benchmark!)).toEqual(['gigaflops', 'embeddingSteps']);
    for (const figure of Object.values(benchmark!)) expect(figure).toBeGreaterThan(0);
  });

  it.each([
    ['dies', "process.kill(process.pid, 'SIGKILL')", 'failed (SIGKILL)', 60_000],
    ['hangs', 'for (;;)', 'did not end within 6 s', 6_000],
  ])('keeps a rung whose benchmark %s, without a figure', async (_, end, failure, benchmarkMs) => {
    const reports = await survey(
      { [CUDA]: `${CARD} if (isBenchmark) ${end};` },
      { rungs: ['cuda'], isMeasured: true, benchmarkMs },
    );
    expect(reports).toEqual([
      {
        name: 'cuda',
        isThere: true,
        device: 'a graphics card with CUDA',
        software: { '@tensorflow/tfjs-node-gpu': 'unknown' },
        benchmark: { failure },
      },
    ]);
    expect(automatic(reports)?.name).toBe('cuda');
  });

  it("finds TensorFlow's library on the processor, which auto leaves alone", async () => {
    const packages = { '@tensorflow/tfjs-node': CARD };
    const reports = await survey(packages, { rungs: ['tensorflow', 'wasm'] });
    expect(reports[0]).toMatchObject({ name: 'tensorflow', isThere: true });
    expect(reports[0].device).toBe(reports[1].device);
    expect(automatic(reports)?.name).toBe('wasm');
  });

  it('stops in the middle of a trial', async () => {
    const controller = new AbortController();
    const stopped = survey(
      { [CUDA]: 'for (;;);' },
      { signal: controller.signal, onProgress: () => setTimeout(() => controller.abort(), 500) },
    );
    await expect(stopped).rejects.toThrow('This operation was aborted');
  });
});

describe('describeLadder', () => {
  it('has a line for each rung, what is wrong with it and what may be done', () => {
    const reports: RungReport[] = [
      { name: 'cuda', isThere: false, reason: 'it is not installed', remedy: 'install it' },
      {
        name: 'webgpu-software',
        isThere: true,
        device: 'SwiftShader',
        adapter: {
          vendor: 'google',
          architecture: '',
          limits: {
            maxBufferSize: 2 ** 30,
            maxStorageBufferBindingSize: 2 ** 27,
            maxComputeWorkgroupStorageSize: 32_768,
            maxComputeInvocationsPerWorkgroup: 256,
          },
        },
        benchmark: { failure: 'did not end within 60 s' },
      },
      {
        name: 'tensorflow',
        isThere: true,
        device: 'a slow processor',
        benchmark: { gigaflops: 0.08, embeddingSteps: 0.2218 },
      },
      {
        name: 'wasm',
        isThere: true,
        device: 'a processor',
        benchmark: { gigaflops: 15.83, embeddingSteps: 1270.6 },
      },
    ];
    expect(describeLadder(reports)).toBe(
      [
        '--backend        there  GFLOP/s  steps/s  device',
        '───────────────  ─────  ───────  ───────  ────────────────',
        'cuda             no           –        –  –',
        'webgpu-software  yes          –        –  SwiftShader',
        'tensorflow       yes     0.0800    0.222  a slow processor',
        'wasm             yes       15.8    1,271  a processor',
        '',
        'cuda: it is not installed.',
        '  To have it: install it.',
        'webgpu-software: its benchmark did not end within 60 s.',
        'webgpu-software: one buffer holds at most 1 GiB, of which a shader sees 0.125 GiB; a workgroup has 256 invocations and 32,768 bytes.',
        '',
        'auto takes wasm.',
      ].join('\n'),
    );
    expect(describeLadder(reports.slice(0, 2))).toMatch(/auto finds nothing to compute with\.$/);
  });
});
