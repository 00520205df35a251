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
    expect(manifest.model.layers!.map(({ name, parameters }) => [name, parameters])).toContainEqual(
      ['word vectors', 12 * 6],
    );
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

  it('trains a net, and another one from its vectors', async () => {
    const small = ['--data', data, '--sequence', '6', '--epochs', '2', '--json'];
    const net = ['--model', 'conv', '--set', 'filters=4', '--set', 'hidden=4'];
    const first = await train([...small, ...net, '--out', 'conv', '--batch-norm']);
    expect(first.stderr).toContain('training conv on 8 reviews (kernel)');
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ backend: 'kernel' });
    const { manifest, items } = await readRun(folderSource(join(scratch, 'conv')));
    expect(manifest).toMatchObject({ kind: 'words', dimensions: 32, count: 12 });
    expect(manifest.training).toMatchObject({ backend: 'kernel' });
    expect(manifest.training.curves.length).toBe(2);
    expect(manifest.model.hyperparameters).toMatchObject({
      sequence: 6,
      batchNorm: true,
      vectors: 'none',
    });
    expect(manifest.model.layers!.map(({ kind }) => kind)).toContain('batch-norm');
    expect(manifest.model.layers![1].shape).toEqual([null, 6, 32]);
    expect(manifest.metrics.values.vectorsAccuracy).toBeUndefined();
    expect(items.labels[0]).toBe('film');

    const second = await train([
      ...small,
      ...['--model', 'conv-pretrained', '--vectors', 'conv', '--out', 'tuned'],
      ...['--set', 'filters=4', '--set', 'hidden=4', '--set', 'schedule=as-written'],
    ]);
    expect(second.stderr).toContain('note: 12 of 12 words start from the vectors of conv');
    expect(second.code).toBe(0);
    const tuned = await readRun(folderSource(join(scratch, 'tuned')));
    expect(tuned.manifest.model.hyperparameters).toMatchObject({ vectors: 'conv', dimensions: 32 });
    // Frozen for both epochs.
    const third = (vectors: Float32Array) => vectors.map((value) => Math.fround(value / 3));
    expect(tuned.items.vectors.data).toEqual(third(items.vectors.data));
    const text = await train([
      ...['--data', data, '--model', 'dense', '--out', 'dense', '--words', '5', '--quiet'],
    ]);
    expect(text.stdout).toMatch(/On 8 test reviews: accuracy \d\.\d{4}\.\n/);
    expect(text.stdout).toContain('Written to dense: 5 words.');
  });

  it('says how many words a net tells apart', async () => {
    const { code, stderr } = await train([
      ...['--data', data, '--model', 'dense', '--set', 'vocabulary=9', '--out', 'apart'],
    ]);
    expect(stderr).toContain('note: dense tells 7 words apart, and the run holds them all');
    expect(code).toBe(0);
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
    [
      ['--model', 'tree'],
      'Allowed choices are bag, dense, conv, conv-pretrained, conv-multi, lstm',
    ],
    [['--sequence', '9'], '--sequence is not for the model bag, whose hyperparameters are: ngrams'],
    [['--model', 'lstm', '--batch-norm'], '--batch-norm is not for the model lstm'],
    [['--model', 'conv', '--sequence', '1'], 'Expected a whole number from 2.'],
    [
      ['--model', 'conv-pretrained'],
      'conv-pretrained starts from the vectors of another run: name a run of words with --vectors',
    ],
    [['--model', 'conv', '--vectors', 'nowhere'], 'there is no run "nowhere"'],
    [
      ['--model', 'conv', '--vectors', 'movielens-nn-seed1', '--set', 'dimensions=20'],
      '--vectors movielens-nn-seed1: its vectors have 50 numbers, and --set dimensions asks for 20',
    ],
    [
      ['--model', 'conv', '--vectors', 'movielens-nn-seed1', '--data', data],
      '--vectors movielens-nn-seed1: the run holds movies (expected a run of words',
    ],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await train(['--out', 'refused', ...args]);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(join(scratch, 'refused'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32').each(['bag', 'conv', 'lstm'])(
    'stops at Ctrl-C and leaves nothing: %s',
    async (model) => {
      let asked = false;
      const args = ['--data', data, '--out', 'stopped', '--model', model];
      const long = [...args, '--set', 'epochs=10000000'];
      const { code, stderr } = await train(long, (stderr, child) => {
        if (asked || !stderr.includes(`training ${model} on`)) return;
        asked = true;
        child.kill('SIGINT');
      });
      expect(stderr).toContain('embedscope: stopped; nothing was written');
      expect(code).toBe(130);
      expect(existsSync(join(scratch, 'stopped'))).toBe(false);
    },
  );
});
