import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { folderSource } from '../../src/lib/run/folder.node.ts';
import { readRun } from '../../src/lib/run/read.ts';
import type { Run } from '../../src/lib/run/types.ts';
import { smallSet, tarGz } from '../unit/train/imdb/archives.ts';
import { train, whenTraining } from './commandLine.ts';

const gpu = inject('gpu');
const RATINGS = fileURLToPath(new URL('../fixtures/movielens/csv', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-gpu-'));
const REVIEWS = join(scratch, 'reviews.tar.gz');
beforeAll(async () => writeFileSync(REVIEWS, await tarGz(smallSet())));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const MOVIES = ['movielens', '--data', RATINGS, '--model', 'dot-bias', '--factors', '4'];
const BATCHES = ['--batch', '256', '--learning-rate', '0.05'];

/** Trains on both rungs and compares the two runs. */
async function expectSame(name: string, args: string[]): Promise<void> {
  const runs: Run[] = [];
  for (const rung of ['webgpu-software', 'wasm']) {
    const out = join(scratch, `${name}-${rung}`);
    const { code, stderr } = await train(scratch, [...args, '--backend', rung, '--out', out], gpu);
    expect(code, stderr).toBe(0);
    runs.push(await readRun(folderSource(out)));
  }
  const [ours, theirs] = runs;
  expect(ours.manifest.training).toMatchObject({ backend: 'webgpu' });
  expect(ours.manifest.training.device).toMatch(/swiftshader|llvmpipe/i);
  expect(ours.manifest.training.software).toMatchObject({ webgpu: '0.6.2' });
  expect(theirs.manifest.training.backend).not.toBe('webgpu');
  const losses = ({ manifest }: Run) =>
    manifest.training.curves.flatMap(({ trainLoss, validationLoss }) => [
      trainLoss,
      validationLoss!,
    ]);
  expect(losses(ours)).toHaveLength(losses(theirs).length);
  losses(ours).forEach((loss, k) => {
    expect(Math.abs(loss / losses(theirs)[k] - 1)).toBeLessThan(1e-4);
  });
  // It did learn: a run that stands still would agree as well.
  expect(losses(ours).at(-2)!).toBeLessThan(losses(ours)[0]);
  const [a, b] = runs.map(({ items }) => items.vectors.data);
  expect(a).toHaveLength(b.length);
  a.forEach((value, k) => expect(value).toBeCloseTo(b[k], 3));
}

describe.skipIf(!gpu)('training on WebGPU from the command line', () => {
  it.concurrent('gives the run that WASM gives: train movielens --model dot-bias', async () => {
    await expectSame('movies', [...MOVIES, ...BATCHES, '--epochs', '2']);
  });

  it.concurrent('gives the run that our own kernels give: train imdb --model dense', async () => {
    const sizes = [
      'vocabulary=20',
      'sequence=6',
      'dimensions=4',
      'hidden=4',
      'batch=8',
      'learningRate=0.05',
    ];
    const set = sizes.flatMap((size) => ['--set', size]);
    const args = ['imdb', '--data', REVIEWS, '--model', 'dense', '--epochs', '3', ...set];
    await expectSame('words', args);
  });

  it.concurrent.each([
    ['webgpu-software', 'SIGINT', [130, null]],
    ['webgpu-software', 'SIGKILL', [null, 'SIGKILL']],
    ['wasm', 'SIGINT', [130, null]],
    ['wasm', 'SIGKILL', [null, 'SIGKILL']],
  ] as const)('killed on %s by %s, it leaves nothing behind', async (rung, kill, ending) => {
    const out = `${rung}-${kill.toLowerCase()}`;
    const args = [...MOVIES, '--epochs', '100000', '--backend', rung, '--out', out];
    const { code, signal, stdout } = await train(scratch, args, gpu, whenTraining(kill));
    expect([code, signal]).toEqual(ending);
    expect(stdout).toBe('');
    expect(readdirSync(scratch).filter((name) => name.includes(out))).toEqual([]);
  });
});
