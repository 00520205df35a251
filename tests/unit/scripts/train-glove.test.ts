import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/lib/math/random.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import { smallSet, tarGz } from '../train/imdb/archives.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-train-glove-'));
const temporary = join(scratch, 'temporary');
const reviews = join(scratch, 'reviews.tar.gz');
const text = join(scratch, 'text.txt');
beforeAll(async () => {
  mkdirSync(temporary);
  writeFileSync(reviews, await tarGz(smallSet()));
  writeFileSync(text, drawnText());
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Two topics that never meet in a document, so that their words must lie apart. */
function drawnText(): string {
  const draw = random(1);
  const documents = Array.from({ length: 600 }, (_, k) => {
    const topic = k % 2 === 0 ? 'sea' : 'sky';
    return Array.from({ length: 60 }, () => `${topic}${draw.integer(40)}`).join(' ');
  });
  return documents.join('\n');
}

function train(
  args: string[],
  watch: (stderr: string, child: ChildProcess) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, 'train', 'glove', ...args], {
    cwd: scratch,
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (out) => (stdout += out));
  child.stderr.on('data', (out) => watch((stderr += out), child));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** What lies in the folder for temporary files, but for what the loader of TypeScript keeps there. */
const leftBehind = () => readdirSync(temporary).filter((name) => !name.startsWith('tsx-'));

describe('embedscope train glove', () => {
  it('learns from a text and writes a run', async () => {
    const args = ['--corpus', text, '--dimensions', '8', '--iterations', '6', '--threads', '1'];
    const settings = [...args, '--window', '10', '--learning-rate', '0.1', '--x-max', '50'];
    const first = await train([...settings, '--out', 'first', '--words', '100', '--json']);
    expect(first.stderr).toContain(
      'counting 36,000 words in 600 documents, 80 of 80 different ones',
    );
    expect(first.stderr).toContain('training on 3,200 pairs of 80 words (kernel, one thread)');
    expect(first.stderr).toContain('note: only 80 words stand 5 times or more in the corpus');
    expect(first.code).toBe(0);
    const printed = JSON.parse(first.stdout);
    expect(printed.metrics).toMatchObject({ pairs: 3200, vocabulary: 80, words: 36_000 });
    const { manifest, items } = await readRun(folderSource(join(scratch, 'first')));
    expect(manifest).toMatchObject({ id: 'first', kind: 'words', dimensions: 8, count: 80 });
    expect(manifest.dataset).toMatchObject({
      name: 'text.txt',
      counts: { documents: 600, words: 36_000 },
    });
    expect(manifest.model.hyperparameters).toMatchObject({ window: 10, xMax: 50, threads: 1 });
    expect(manifest.training.curves.length).toBe(6);
    expect(manifest.training.curves[5].trainLoss).toBe(printed.metrics.cost);
    expect(printed.metrics.cost).toBeLessThan(manifest.training.curves[0].trainLoss);
    expect(items.columns).toEqual({});
    expect(items.counts.reduce((sum, count) => sum + count, 0)).toBe(36_000);

    const again = await train([...settings, '--out', 'first', '--quiet']);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('first holds a run already; name another folder with --out');
    const replaced = await train([...settings, '--out', 'first', '--quiet', '--overwrite']);
    expect([replaced.code, replaced.stderr]).toEqual([0, '']);
    expect(replaced.stdout).toContain('Written to first: 80 words.');
    expect(leftBehind()).toEqual([]);
  });

  it('learns from the reviews, with the polarity of their words', async () => {
    const args = ['--corpus', 'imdb', '--data', reviews, '--minimum-count', '2', '--words', '5'];
    const { code, stderr } = await train([
      ...args,
      '--iterations',
      '2',
      '--out',
      'imdb',
      '--without-test',
    ]);
    expect(stderr).toContain('note: without the 8 test reviews and 0 unlabelled ones');
    expect(code).toBe(0);
    const { manifest, items } = await readRun(folderSource(join(scratch, 'imdb')));
    expect(manifest.dataset.name).toBe('Large Movie Review Dataset (IMDB)');
    expect(manifest.model.hyperparameters).toEqual({
      dimensions: 50,
      window: 15,
      minimumCount: 2,
      iterations: 2,
      xMax: 100,
      alpha: 0.75,
      learningRate: 0.05,
      threads: 1,
      withoutTest: true,
      verbatim: false,
    });
    // Ties in the order of the alphabet.
    expect(items.labels).toEqual(['film', 'a', 'acting', 'and', 'awful']);
    const { polarity } = items.columns;
    expect(polarity.kind === 'number' && [...polarity.values]).toEqual(
      [0, Math.log(3 / 2), 0, 0, -Math.log(3)].map(Math.fround),
    );
  });

  it.each([
    [['--corpus', 'nowhere.txt'], 'nowhere.txt: there is no such file or folder'],
    [['--corpus', 'text.txt', '--data', 'x'], '--data x is for --corpus imdb alone'],
    [['--corpus', 'text.txt', '--without-test'], '--without-test is for --corpus imdb alone'],
    [
      ['--corpus', 'text.txt', '--minimum-count', '40000'],
      'text.txt: no word stands 40,000 times or more (the most frequent, "s',
    ],
    [['--corpus', 'imdb', '--data', CLI], 'is not a gzipped archive'],
    [['--corpus', 'text.txt', '--window', '0'], 'Expected a whole number from 1 to 1000.'],
    [['--corpus', 'text.txt', '--memory', '1'], 'Expected a whole number of MiB from 16.'],
    [[], "required option '--corpus <imdb|path>' not specified"],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await train(['--out', 'refused', ...args]);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(join(scratch, 'refused'))).toBe(false);
  });

  it('says when it diverged', async () => {
    const args = ['--corpus', text, '--learning-rate', '1e20', '--threads', '1'];
    const { code, stderr } = await train([...args, '--out', 'diverged', '--quiet']);
    expect(stderr).toMatch(/the loss is NaN in epoch 1: the training diverged.*--learning-rate/);
    expect(code).toBe(1);
    expect(existsSync(join(scratch, 'diverged'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32').each(['1', '2'])(
    'stops at Ctrl-C with %s threads and leaves nothing',
    async (threads) => {
      let asked = false;
      const args = ['--corpus', text, '--out', 'stopped', '--iterations', '100000'];
      const { code, stderr } = await train([...args, '--threads', threads], (stderr, child) => {
        if (asked || !stderr.includes('training on')) return;
        asked = true;
        child.kill('SIGINT');
      });
      expect(stderr).toContain('embedscope: stopped; nothing was written');
      expect(code).toBe(130);
      expect(readdirSync(scratch).filter((name) => name.includes('stopped'))).toEqual([]);
      expect(leftBehind()).toEqual([]);
    },
  );
});
