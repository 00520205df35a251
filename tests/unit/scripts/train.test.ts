import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import type { Manifest } from '../../../src/lib/run/types.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const DATA = fileURLToPath(new URL('../../fixtures/movielens/csv', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-train-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `embedscope train movielens` in the scratch folder; `watch` sees stderr as it grows. */
function start(
  args: string[],
  watch: (stderr: string, child: ChildProcess) => void = () => {},
): Promise<Finished> {
  const child = spawn(process.execPath, [CLI, 'train', 'movielens', ...args], {
    cwd: scratch,
    env: { ...process.env, XDG_CACHE_HOME: join(scratch, 'cache'), NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => watch((stderr += text), child));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
const train = (...args: string[]) => start(['--data', DATA, '--epochs', '3', ...args]);
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)!;
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

function layerNamed({ model }: Manifest, name: string) {
  return model.layers?.find((layer) => layer.name === name);
}

describe('embedscope train movielens', () => {
  it('writes a run and prints its figures as one JSON object on the last line', async () => {
    const out = join(scratch, 'made', 'by-hand', 'first');
    const { code, stdout, stderr } = await train(
      '--out',
      out,
      '--factors',
      '4',
      '--seed',
      '7',
      '--json',
    );
    expect(stderr).toContain('training mf on ');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').length).toBe(1);
    const printed = JSON.parse(stdout);
    expect(Object.keys(printed)).toEqual([
      'run',
      'metrics',
      'seconds',
      'samplesPerSecond',
      'backend',
    ]);
    expect(printed.run).toBe(out);
    expect(printed.backend).toBe('kernel');
    expect(printed.samplesPerSecond).toBeGreaterThan(0);

    const { manifest, items } = await readRun(folderSource(out));
    expect(manifest.id).toBe('first');
    expect(manifest.title).toBe('mf on csv, seed 7');
    expect(manifest.kind).toBe('movies');
    expect(manifest.dimensions).toBe(4);
    expect(manifest.count).toBe(items.ids.length);
    expect(manifest.model.seed).toBe(7);
    expect(manifest.model.hyperparameters).toMatchObject({ factors: 4, epochs: 3 });
    expect(manifest.model.layers?.at(-1)).toMatchObject({ name: 'rating', kind: 'clip' });
    expect(layerNamed(manifest, 'movie factors')).toMatchObject({
      shape: [null, 4],
      parameters: 4 * items.ids.length,
    });
    expect(manifest.dataset.sha256).toBe(sha256(join(DATA, 'ratings.csv')));
    expect(manifest.training.software.node).toBe(process.versions.node);
    expect(manifest.training.device).not.toBe('');
    expect(manifest.training.curves.length).toBeGreaterThan(0);
    for (const { seconds, validationLoss } of manifest.training.curves) {
      expect(seconds).toBeGreaterThan(0);
      expect(validationLoss).toBeGreaterThan(0);
    }
    expect(manifest.metrics.values).toEqual(printed.metrics);
    const { mse, rmse, baselineMeanMse, baselineOffsetsMse } = printed.metrics;
    expect(rmse).toBeCloseTo(Math.sqrt(mse), 12);
    expect(baselineOffsetsMse).toBeLessThan(baselineMeanMse);
    expect(mse).toBeCloseTo(manifest.training.curves.at(-1)!.validationLoss!, 12);
    expect(manifest.metrics.split).toMatch(
      /^\d+ of 950 ratings, held back at random \(20 %, seed 7\)$/,
    );
    // The film that most of the 30 users rated, counted in the fixture with grep.
    expect([items.ids[0], items.labels[0], items.counts[0]]).toEqual([
      '356',
      'Forrest Gump (1994)',
      19,
    ]);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const run = async (name: string, seed: string) => {
      const { code } = await train('--out', join(scratch, name), '--seed', seed, '--quiet');
      expect(code).toBe(0);
      return sha256(join(scratch, name, 'items.arrow'));
    };
    const [a, b, c] = await Promise.all([
      run('same-1', '5'),
      run('same-2', '5'),
      run('other', '6'),
    ]);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });

  it('trains a model of the lesson on a tensor backend, the same for the same seed', async () => {
    const run = async (name: string) => {
      const args = [
        '--model',
        'nn',
        '--batch-norm',
        '--epochs',
        '1',
        '--backend',
        'wasm',
        '--json',
      ];
      const { code, stdout, stderr } = await train('--out', join(scratch, name), ...args);
      expect(stderr).toContain('training nn on ');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).backend).toBe('wasm');
      return sha256(join(scratch, name, 'items.arrow'));
    };
    expect(await run('nn-1')).toBe(await run('nn-2'));
    const { manifest } = await readRun(folderSource(join(scratch, 'nn-1')));
    expect(manifest.title).toBe('nn with batch norm on csv, seed 1');
    expect(manifest.model.hyperparameters).toMatchObject({ batchNorm: true, epochs: 1 });
    expect(layerNamed(manifest, 'batch normalisation')).toMatchObject({
      inputs: ['hidden'],
      parameters: 4 * 70,
    });
  });

  it('writes only the most rated movies with --keep, learnt from all of them', async () => {
    const of = async (name: string, ...more: string[]) => {
      const finished = await train('--out', join(scratch, name), '--seed', '5', ...more);
      expect(finished.code).toBe(0);
      return { ...finished, run: await readRun(folderSource(join(scratch, name))) };
    };
    const whole = await of('kept-all');
    const kept = await of('kept-ten', '--keep', '10');
    const movies = whole.run.items.ids.length;
    expect(movies).toBeGreaterThan(10);
    expect(kept.run.manifest.count).toBe(10);
    expect(kept.run.items.ids).toEqual(whole.run.items.ids.slice(0, 10));
    expect(kept.run.items.bias).toEqual(whole.run.items.bias!.slice(0, 10));
    expect(kept.run.items.vectors.data).toEqual(
      whole.run.items.vectors.data.slice(0, 10 * whole.run.manifest.dimensions),
    );
    expect(kept.run.manifest.metrics).toEqual(whole.run.manifest.metrics);
    expect(kept.stdout).toContain(` of ${movies} movies by 30 users`);
    expect(kept.stdout).toContain('\nThe 10 most rated movies are written to ');

    const beyond = await of('kept-beyond', '--keep', '5000');
    expect(beyond.stderr).toContain(
      `note: only ${movies} movies are rated, so all of them are written (--keep 5000)\n`,
    );
    expect(beyond.run.items).toEqual(whole.run.items);
    const wrong = await train('--keep', '0');
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('Expected a whole number from 1.');
  });

  it('takes runs/ID when no folder is named, and says in words what came out', async () => {
    const { code, stdout } = await train('--title', 'Mine', '--seed', '3');
    expect(code).toBe(0);
    const folder = join('runs', 'movielens-mf-seed3');
    expect(stdout).toMatch(
      /^Trained mf on \d+ ratings of \d+ movies by 30 users in [\d.]+ s \([\d,]+ ratings\/s, kernel\)\.\n/,
    );
    expect(stdout).toMatch(/\nOn \d+ ratings held back: MSE [\d.]+, RMSE [\d.]+, MAE [\d.]+\.\n/);
    expect(stdout).toMatch(
      /\nFor comparison, MSE [\d.]+ of the mean, [\d.]+ of mean, user and movie offsets\.\n/,
    );
    expect(stdout).toContain(`\nWritten to ${folder}.\n`);
    expect(stdout).toContain(`npx embedscope components ${folder}`);
    const { manifest } = await readRun(folderSource(join(scratch, folder)));
    expect(manifest.id).toBe('movielens-mf-seed3');
    expect(manifest.title).toBe('Mine');

    const again = await train('--seed', '3');
    expect(again.code).toBe(2);
    expect(again.stderr).toBe(
      `embedscope: ${folder} holds a run already; name another folder with --out, or pass --overwrite to replace it\n`,
    );
    expect((await train('--seed', '3', '--overwrite', '--quiet')).code).toBe(0);
    expect((await readRun(folderSource(join(scratch, folder)))).manifest.title).not.toBe('Mine');
  });

  it('says nothing on stderr with --quiet', async () => {
    const { code, stderr } = await train('--out', join(scratch, 'quiet'), '--quiet');
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each<[string, string[], string]>([
    [
      'an option that the model does not know',
      ['--batch', '32'],
      'embedscope: --batch is not for the model mf, whose hyperparameters are: factors, epochs, learningRate, ',
    ],
    [
      'a setting that the model does not know',
      ['--set', 'depth=3'],
      'embedscope: --set depth is not for the model mf, whose hyperparameters are: factors, ',
    ],
    [
      'a setting that is no number',
      ['--set', 'patience=many'],
      'embedscope: --set patience=many: "many" is not a number\n',
    ],
    [
      'a setting that is neither true nor false',
      ['--set', 'implicitFeedback=maybe'],
      'embedscope: --set implicitFeedback=maybe: "maybe" is not true or false\n',
    ],
    ['a setting without a value', ['--set', 'patience'], 'Expected NAME=VALUE.'],
    ['a number that is none', ['--factors', 'many'], 'Expected a whole number from 1.'],
    ['a number out of range', ['--factors', '0'], 'Expected a whole number from 1.'],
    ['a rate of 0', ['--learning-rate', '0'], 'Expected a number above 0.'],
    ['a seed that is none', ['--seed', '1.5'], 'Expected a whole number from 0 to 4294967295.'],
    ['an unknown model', ['--model', 'svd'], 'Allowed choices are mf, dot, dot-bias, nn.'],
    ['an unknown option', ['--speed', '3'], "unknown option '--speed'"],
    [
      'a backend for a model without tensors',
      ['--backend', 'wasm'],
      'embedscope: --backend wasm is not for the model mf, which computes in a kernel of its own; leave it out\n',
    ],
    [
      'a folder whose name can be no id',
      ['--out', 'My Run'],
      'embedscope: the run\'s id "My Run" is not possible (expected lower-case letters, digits, "-", "_" and "."); name another folder with --out, or an id with --id\n',
    ],
    [
      'data that are not there',
      ['--data', 'nowhere'],
      'embedscope: nowhere: there is no such file or folder',
    ],
    [
      'a value that the model refuses',
      ['--set', 'stoppingPart=1.5'],
      'embedscope: mf: stoppingPart is 1.5 (expected ',
    ],
  ])('ends with 2 for %s', async (_, args, message) => {
    const { code, stderr, stdout } = await train('--out', join(scratch, 'refused'), ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(join(scratch, 'refused'))).toBe(false);
  });

  it('ends with 2 for a folder that cannot be written, before it reads any data', async () => {
    writeFileSync(join(scratch, 'a-file'), '');
    mkdirSync(join(scratch, 'strange'));
    writeFileSync(join(scratch, 'strange', 'thesis.txt'), 'years of work');
    const data = ['--data', 'nowhere'];
    for (const [out, message] of [
      ['a-file', 'embedscope: a-file is a file; name a folder for the run with --out\n'],
      [
        'a-file/run',
        'embedscope: a-file/run cannot be used: a part of its path is a file; name another with --out\n',
      ],
      [
        'a-file/deep/run',
        'embedscope: a-file/deep/run cannot be used: a part of its path is a file; name another with --out\n',
      ],
      [
        'strange',
        'embedscope: strange holds files but no run.json, so it is not replaced; name another folder with --out\n',
      ],
    ]) {
      const { code, stderr } = await train('--out', out, '--overwrite', ...data);
      expect([code, stderr]).toEqual([2, message]);
    }
    expect(readFileSync(join(scratch, 'strange', 'thesis.txt'), 'utf8')).toBe('years of work');
    if (process.platform !== 'linux') return;
    const { code, stderr } = await train('--out', '/proc/embedscope/run', ...data);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^embedscope: \/proc\/embedscope\/run cannot be written: .* \(\/proc\); name another folder with --out\n$/,
    );
  });

  it('ends with 1 and advice when the training diverges, and writes nothing', async () => {
    const out = join(scratch, 'diverged');
    const { code, stderr, stdout } = await train('--out', out, '--learning-rate', '500');
    expect(lastLine(stderr)).toMatch(
      /^embedscope: .*diverged.*Try --learning-rate 50 instead of 500; nothing was written$/,
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(out)).toBe(false);
  });

  it('ends with 2 when a part of the split is empty', async () => {
    const folder = join(scratch, 'two-ratings');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'ratings.csv'),
      'userId,movieId,rating,timestamp\n1,1,4,1\n2,2,3,2\n',
    );
    writeFileSync(
      join(folder, 'movies.csv'),
      'movieId,title,genres\n1,Heat (1995),Drama\n2,Babe,Comedy\n',
    );
    // With this seed both ratings fall into the training part.
    const { code, stderr } = await train(
      '--data',
      folder,
      '--out',
      join(scratch, 'x'),
      '--seed',
      '1',
    );
    expect(stderr).toContain(
      'embedscope: 2 ratings are too few: of the split into 80 % for training and 20 % for validation one part is empty; pass more ratings\n',
    );
    expect(code).toBe(2);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly on %s with 130', async (signal) => {
    const parent = join(scratch, `stopped-${signal}`);
    mkdirSync(parent);
    const args = ['--data', DATA, '--out', join(parent, 'deep', 'run')];
    const endless = ['--epochs', '1000000', '--set', 'patience=1000000'];
    let sent = false;
    const { code, stderr, stdout } = await start([...args, ...endless], (text, child) => {
      if (!sent && text.includes('training mf')) sent = child.kill(signal);
    });
    expect(stderr).toContain('stopping (Ctrl-C again ends at once)\n');
    expect(lastLine(stderr)).toBe('embedscope: stopped; nothing was written');
    expect([code, stdout]).toEqual([130, '']);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('takes ml-latest-small from the cache when no data are named', async () => {
    const cache = join(scratch, 'cache', 'embedscope');
    mkdirSync(cache, { recursive: true });
    const names = { 'ratings.csv': 'csv/', 'movies.csv': 'csv/', 'README.txt': '' };
    const files = Object.entries(names).map(([name, folder]) => [
      `ml-latest-small/${name}`,
      readFileSync(join(DATA, '..', folder, name)),
    ]);
    writeFileSync(join(cache, 'ml-latest-small.zip'), zipSync(Object.fromEntries(files)));
    const { code, stderr } = await start(['--out', join(scratch, 'cached'), '--epochs', '1']);
    expect(stderr).toContain(
      'note: the README speaks of 100,836 ratings, but ratings.csv holds 950: the file may be cut short\n',
    );
    expect(code).toBe(0);
  });
});
