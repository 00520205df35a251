import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import { smallSet, tarGz } from '../train/imdb/archives.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-train-imdb-'));
const data = join(scratch, 'reviews.tar.gz');
beforeAll(async () => writeFileSync(data, await tarGz(smallSet())));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function train(
  args: string[],
  watch: (stderr: string, child: ChildProcess) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, 'train', 'imdb', ...args], {
    cwd: scratch,
    env: { ...process.env, XDG_CACHE_HOME: join(scratch, 'cache'), NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => watch((stderr += text), child));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('embedscope train imdb', () => {
  it('writes a run of words and prints its figures as one JSON object', async () => {
    const args = [
      '--data',
      data,
      '--model',
      'bag',
      '--out',
      'first',
      '--words',
      '5',
      '--seed',
      '7',
    ];
    const { code, stdout, stderr } = await train([...args, '--set', 'dimensions=6', '--json']);
    expect(stderr).toContain('note: 8 training and 8 test reviews were read');
    expect(code).toBe(0);
    const printed = JSON.parse(stdout);
    expect(Object.keys(printed)).toEqual([
      'run',
      'metrics',
      'seconds',
      'samplesPerSecond',
      'backend',
    ]);
    const { manifest, items } = await readRun(folderSource(join(scratch, 'first')));
    expect(manifest).toMatchObject({ id: 'first', kind: 'words', dimensions: 6, count: 5 });
    expect(manifest.model).toMatchObject({ name: 'bag', seed: 7 });
    expect(manifest.model.hyperparameters).toMatchObject({ dimensions: 6, ngrams: 3 });
    const vectors = manifest.model.layers?.find(({ name }) => name === 'word vectors');
    expect(vectors).toMatchObject({ kind: 'embedding', shape: [null, 6] });
    expect(manifest.training.curves.length).toBe(10);
    expect(manifest.metrics.values).toEqual(printed.metrics);
    expect(printed.metrics.baselineMajorityAccuracy).toBe(0.5);
    // The test reviews are the training reviews here.
    expect(printed.metrics.accuracy).toBe(1);
    expect(items.labels).toEqual(['film', 'a', 'wonderful', 'great', 'and']);
    expect([...items.counts]).toEqual([4, 3, 2, 2, 2]);
    const { polarity } = items.columns;
    expect(polarity.kind === 'number' && [...polarity.values]).toEqual(
      [0, Math.log(3 / 2), Math.log(3), Math.log(3), 0].map(Math.fround),
    );

    const again = await train([...args, '--quiet']);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('first holds a run already; name another folder with --out');
    const before = readFileSync(join(scratch, 'first', 'items.arrow'));
    const replaced = await train([...args, '--set', 'dimensions=6', '--quiet', '--overwrite']);
    expect([replaced.code, replaced.stderr]).toEqual([0, '']);
    expect(replaced.stdout).toContain('of naive Bayes on single words');
    expect(readFileSync(join(scratch, 'first', 'items.arrow')).equals(before)).toBe(true);
  });

  it('says that there are fewer words than asked for', async () => {
    const { code, stderr } = await train(['--data', data, '--out', 'few']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/note: the training reviews have only 12 different words, and the run/);
  });

  it.each([
    [['--data', 'nowhere.tar.gz'], 'nowhere.tar.gz: there is no such file or folder'],
    [['--data', CLI], 'is not a gzipped archive'],
    [['--set', 'ngrams=9'], 'bag: ngrams is 9 (expected a whole number from 1 to 5)'],
    [
      ['--set', 'depth=9'],
      '--set depth is not for the model bag, whose hyperparameters are: ngrams',
    ],
    [['--words', '0'], 'Expected a whole number from 1.'],
    [['--model', 'tree'], 'Allowed choices are bag'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await train(['--out', 'refused', ...args]);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(join(scratch, 'refused'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('stops at Ctrl-C and leaves nothing', async () => {
    let asked = false;
    const args = ['--data', data, '--out', 'stopped', '--set', 'epochs=10000000'];
    const { code, stderr } = await train(args, (stderr, child) => {
      if (asked || !stderr.includes('training bag on')) return;
      asked = true;
      child.kill('SIGINT');
    });
    expect(stderr).toContain('embedscope: stopped; nothing was written');
    expect(code).toBe(130);
    expect(existsSync(join(scratch, 'stopped'))).toBe(false);
  });
});
