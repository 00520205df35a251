import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { folderSource } from '../../src/lib/run/folder.node.ts';
import { readRun } from '../../src/lib/run/read.ts';
import type { Run } from '../../src/lib/run/types.ts';
import { smallSet, tarGz } from '../unit/train/imdb/archives.ts';

const gpu = inject('gpu');
const CLI = fileURLToPath(new URL('../../scripts/embedscope.mjs', import.meta.url));
const RATINGS = fileURLToPath(new URL('../fixtures/movielens/csv', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-gpu-'));
const REVIEWS = join(scratch, 'reviews.tar.gz');
beforeAll(async () => writeFileSync(REVIEWS, await tarGz(smallSet())));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function train(
  args: string[],
  watch: (stderr: string, child: ChildProcess) => void = () => {},
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, 'train', ...args], {
    cwd: scratch,
    env: { ...process.env, ...gpu, NO_COLOR: '1', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => watch((stderr += text), child));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const MOVIES = ['movielens', '--data', RATINGS, '--model', 'dot-bias', '--factors', '4'];
const BATCHES = ['--batch', '256', '--learning-rate', '0.05'];

/** Trains on both rungs and compares the two runs. */
async function expectSame(name: string, args: string[]): Promise<void> {
  const runs: Run[] = [];
  for (const rung of ['webgpu-software', 'wasm']) {
    const out = join(scratch, `${name}-${rung}`);
    const { code, stderr } = await train([...args, '--backend', rung, '--out', out]);
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

  it.concurrent('stopped by Ctrl-C, it ends with code 130 and leaves nothing behind', async () => {
    let isAsked = false;
    const args = [
      ...MOVIES,
      '--epochs',
      '5000',
      '--backend',
      'webgpu-software',
      '--out',
      'stopped',
    ];
    const { code } = await train(args, (stderr, child) => {
      if (isAsked || !stderr.includes('training dot-bias')) return;
      isAsked = true;
      child.kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(existsSync(join(scratch, 'stopped'))).toBe(false);
    expect(readdirSync(scratch).filter((name) => name.includes('stopped'))).toEqual([]);
  });
});
