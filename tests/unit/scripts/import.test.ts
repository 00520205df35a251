import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const fixtures = fileURLToPath(new URL('../../fixtures/vectors/', import.meta.url));
const glove = new Uint8Array(readFileSync(`${fixtures}glove.txt`));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-import-'));
const path = (name: string) => join(scratch, name);

beforeAll(() => {
  const three = new TextEncoder().encode('the 1 2 3\nof 4 5 6\n');
  writeFileSync(path('glove.6B.50d.txt.gz'), gzipSync(glove));
  writeFileSync(path('one.zip'), zipSync({ 'glove.6B.50d.txt': glove }));
  const all = { 'glove.6B.3d.txt': three, 'glove.6B.50d.txt': glove };
  writeFileSync(path('glove.6B.zip'), zipSync(all));
  writeFileSync(path('cut.gz'), gzipSync(glove).subarray(0, 2000));
  writeFileSync(path('cut.zip'), zipSync(all).subarray(0, 2000));
  writeFileSync(path('faulty.txt'), 'a 1 2\nb 3\nc 5 6\na 7 8\n');
  writeFileSync(path('faulty.counts'), 'c 9\na 5\nz 3\n');
  writeFileSync(path('bad.counts'), 'a 5\nb -3\n');
  const line = ` ${Array(50).fill(0.125).join(' ')}\n`;
  writeFileSync(
    path('long.txt'),
    Array.from({ length: 150_000 }, (_, i) => `w${i}${line}`).join(''),
  );
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function importFile(
  args: string[],
  watch: (stderr: string, child: ChildProcess) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, 'import', ...args], {
    cwd: scratch,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => watch((stderr += text), child));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('embedscope import', () => {
  it('makes a run of published vectors, gzipped, and says what is known of them', async () => {
    const { code, stdout } = await importFile(['glove.6B.50d.txt.gz', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      run: join('runs', 'glove.6b.50d'),
      words: 30,
      dimensions: 50,
      skipped: {},
    });
    const { manifest, items } = await readRun(folderSource(path('runs/glove.6b.50d')));
    expect(manifest).toMatchObject({
      id: 'glove.6b.50d',
      kind: 'words',
      countOf: 'unknown',
      dataset: { name: 'GloVe 6B', licence: 'Public Domain Dedication and License (PDDL) 1.0' },
      training: { backend: 'imported' },
    });
    expect(items.labels.slice(0, 3)).toEqual(['the', ',', '.']);
    expect(items.columns.rank.values).toEqual(Float64Array.from({ length: 30 }, (_, i) => i + 1));
    expect(items.vectors.data[0]).toBe(Math.fround(0.418));
  });

  it('picks the file of a zip by its dimensions or its name', async () => {
    expect((await importFile(['one.zip', '--out', 'one'])).code).toBe(0);
    expect((await importFile(['glove.6B.zip', '--dimensions', '3', '--out', 'by-size'])).code).toBe(
      0,
    );
    const named = ['glove.6B.zip', '--member', 'glove.6B.50d.txt', '--out', 'by-name'];
    expect((await importFile(named)).code).toBe(0);
    const sizes = ['one', 'by-size', 'by-name'].map(async (name) => {
      const { manifest } = await readRun(folderSource(path(name)));
      return [manifest.count, manifest.dimensions];
    });
    expect(await Promise.all(sizes)).toEqual([
      [30, 50],
      [2, 3],
      [30, 50],
    ]);
  });

  it('leaves faulty lines out when asked, says which, and sorts by the counts it is given', async () => {
    const args = [
      'faulty.txt',
      '--faults',
      'skip',
      '--counts',
      'faulty.counts',
      '--out',
      'counted',
    ];
    const { code, stderr } = await importFile(args);
    expect(code).toBe(0);
    expect(stderr).toBe(
      [
        'reading faulty.txt',
        'note: left out 1 (lines with a wrong number of values):',
        '  line 2 has 1 value (expected 2)',
        'note: left out 1 (words that came before):',
        '  line 4 has "a" again, which is in line 1 already',
        '',
      ].join('\n'),
    );
    const { manifest, items } = await readRun(folderSource(path('counted')));
    expect(manifest.countOf).toBe('occurrences');
    expect(items).toMatchObject({ labels: ['c', 'a'], counts: Uint32Array.of(9, 5) });
    expect([...items.vectors.data]).toEqual([5, 6, 1, 2]);
  });

  it.each<[string, string[], string]>([
    [
      'a faulty line',
      ['faulty.txt'],
      'faulty.txt line 2 has 1 value (expected 2); correct the file, or leave such out with --faults skip',
    ],
    [
      'several files in a zip',
      ['glove.6B.zip'],
      'glove.6B.zip holds 2 files: glove.6B.3d.txt, glove.6B.50d.txt; pick one with --dimensions N or --member NAME',
    ],
    [
      'a file that the zip lacks',
      ['glove.6B.zip', '--member', 'x.txt'],
      'glove.6B.zip has no file "x.txt" (it has glove.6B.3d.txt, glove.6B.50d.txt)',
    ],
    [
      'a cut gzip file',
      ['cut.gz'],
      'cut.gz is a damaged gzip file: unexpected end of file (get it again)',
    ],
    ['a cut zip', ['cut.zip'], 'cut.zip is not a sound zip archive: '],
    ['nothing there', ['nowhere.txt'], 'nowhere.txt: there is no such file'],
    ['a folder', ['.'], '. is a folder (expected a file with'],
    ['a member of no zip', ['faulty.txt', '--member', 'x'], 'faulty.txt is no zip archive'],
    [
      'bad counts',
      ['one.zip', '--counts', 'bad.counts'],
      'bad.counts line 2 is "b -3" (expected a word, a space and a whole number up to 4,294,967,295)',
    ],
    ['missing counts', ['one.zip', '--counts', 'no.counts'], 'no.counts cannot be read: '],
    ['a word count of none', ['one.zip', '--words', '0'], 'Expected a whole number from 1.'],
    ['an id that cannot be', ['one.zip', '--id', 'A B'], 'the run\'s id "A B" is not possible'],
  ])('refuses %s and writes nothing', async (_, args, message) => {
    const before = readdirSync(scratch);
    const { code, stderr } = await importFile([
      ...args,
      ...(args.includes('--id') ? [] : ['--out', 'refused']),
    ]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(readdirSync(scratch)).toEqual(before);
  });

  it('replaces a run only when told to', async () => {
    expect((await importFile(['one.zip', '--out', 'again'])).code).toBe(0);
    const second = await importFile(['one.zip', '--out', 'again', '--words', '3']);
    expect(second).toMatchObject({ code: 2 });
    expect(second.stderr).toContain('again holds a run already');
    expect((await readRun(folderSource(path('again')))).manifest.count).toBe(30);
    const third = await importFile(['one.zip', '--out', 'again', '--words', '3', '--overwrite']);
    expect(third.code).toBe(0);
    expect((await readRun(folderSource(path('again')))).manifest.count).toBe(3);
  });

  it.skipIf(process.platform === 'win32')('stops at Ctrl-C and leaves nothing', async () => {
    let asked = false;
    const { code, stderr } = await importFile(['long.txt', '--out', 'stopped'], (text, child) => {
      if (asked || !text.includes('reading long.txt')) return;
      asked = true;
      child.kill('SIGINT');
    });
    expect(stderr).toContain('embedscope: stopped; nothing was written');
    expect(code).toBe(130);
    expect(existsSync(path('stopped'))).toBe(false);
  });
});
