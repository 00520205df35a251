import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/lib/math/random.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-compare-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function embedscope(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd: scratch }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** Vectors of n words in three dimensions, the same for all, each with noise of its own. */
async function words(run: string, noise: number, names: string[]): Promise<void> {
  const [truth, own] = [random(1), random(names.length + 100 * noise)];
  const lines = names.map((name) => {
    const values = [3, 2, 1].map((size) => size * truth.normal() + noise * own.normal());
    return [name, ...values.map((value) => value.toFixed(5))].join(' ');
  });
  writeFileSync(join(scratch, `${run}.txt`), lines.join('\n'));
  const { code, stderr } = await embedscope('import', `${run}.txt`, '--out', run);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
}

const named = (n: number, prefix = 'w') => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

beforeAll(async () => {
  await Promise.all([
    words('plain', 0, named(40)),
    words('noisy', 0.5, [...named(40), 'only<here>']),
    words('far', 4, named(40)),
  ]);
  await Promise.all([words('other', 0, named(40, 'x')), words('one', 0, ['w3', 'y1', 'y2', 'y3'])]);
});

interface Shape {
  shared: number;
  overlap: { k: number; mean: number; interval: [number, number]; chance: number };
  cka: number;
  rsa: number;
  procrustes: number;
  items: { id: string; label: string; overlap: number }[];
  components: { a: number; b: number; correlation: number }[];
}

describe('embedscope compare', () => {
  it('has the JSON that is promised, and nothing else', async () => {
    const { code, stdout } = await embedscope('compare', 'plain', 'noisy', '-k', '5', '--json');
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as Shape;
    const part = expect.any(Number) as number;
    expect(found).toEqual({
      shared: 40,
      // chance: scipy 1.17.1, hypergeom(39, 5, 5)
      overlap: {
        k: 5,
        mean: part,
        interval: [part, part],
        chance: expect.closeTo(0.075106, 5) as number,
      },
      cka: part,
      rsa: part,
      procrustes: part,
      items: named(40).map((id) => ({ id, label: id, overlap: part })),
      components: [1, 2, 3].map((a) => ({ a, b: a, correlation: part })),
    });
    const mean = found.items.reduce((sum, { overlap }) => sum + overlap, 0) / 40;
    expect(found.overlap.mean).toBeCloseTo(mean, 12);
    expect(found.overlap.interval[0]).toBeLessThan(mean);
    expect(found.overlap.interval[1]).toBeGreaterThan(mean);
    expect(found.cka).toBeGreaterThan(0.85);
    expect(found.procrustes).toBeLessThan(0.2);
    for (const { correlation } of found.components) expect(correlation).toBeGreaterThan(0.7);
  });

  it('prints what is shared, the figures, the items and the components', async () => {
    const { code, stdout } = await embedscope('compare', 'plain', 'noisy', '--count', '3');
    expect(code).toBe(0);
    expect(stdout).toContain('40 items are compared, matched by id.');
    expect(stdout).toContain('1 item of B is not shared: only<here>');
    expect(stdout).toMatch(/Of an item's 10 nearest in one run, \d\.\d on average are among/);
    for (const line of [/^linear CKA +0\.\d{3} /m, /^RSA +0\.\d{3} +all 780 pairs/m]) {
      expect(stdout).toMatch(line);
    }
    const [, stable, least, components] = stdout.split(/Most stable|Least stable|Components of/);
    const rows = (text: string) => text.match(/ w\d+$/gm)!;
    expect(rows(stable)).toHaveLength(3);
    expect(rows(least)).toHaveLength(3);
    expect(components).toMatch(/^ +1 +[\d.]+ % +1 +[\d.]+ % +0\.9\d\d$/m);
  });

  it('compares several, each with each, and puts the alike together', async () => {
    const { stdout } = await embedscope('compare', 'far', 'plain', 'noisy', '--json');
    const found = JSON.parse(stdout) as {
      runs: string[];
      order: string[];
      pairs: (Shape & { a: string; b: string })[];
    };
    expect(found.runs).toEqual(['far', 'plain', 'noisy']);
    expect(found.order).toEqual(['far', 'plain', 'noisy']);
    expect(found.pairs.map(({ a, b }) => [a, b])).toEqual([
      ['far', 'plain'],
      ['far', 'noisy'],
      ['plain', 'noisy'],
    ]);
    const { stdout: text } = await embedscope('compare', 'far', 'plain', 'noisy');
    expect(text).toMatch(/^B +0\.\d{3} +1\.000 +0\.\d{3}$/m);
    expect(text).toMatch(/^ *0\.\d{3} +B +\+ +C$/m);
  });

  it('knows runs that differ in their seed alone', async () => {
    cpSync(join(scratch, 'noisy'), join(scratch, 'noisy-2'), { recursive: true });
    const file = join(scratch, 'noisy-2', 'run.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const plain = JSON.parse(readFileSync(join(scratch, 'noisy', 'run.json'), 'utf8'));
    manifest.model.seed = plain.model.seed + 1;
    manifest.id = 'noisy-2';
    writeFileSync(file, JSON.stringify(manifest));
    const { stdout } = await embedscope('compare', 'noisy', 'noisy-2', 'far');
    expect(stdout).toContain('A, B differ in their seed alone.');
    expect(stdout).toMatch(/^A C .* further than the two seeds are$/m);
    expect(stdout).toMatch(/^A B +1\.000 .* two seeds$/m);
    const { stdout: pair } = await embedscope('compare', 'noisy', 'noisy-2');
    expect(pair).toContain('A and B differ in their seed alone');
  });

  it('writes a page that needs nothing else, and nothing beside it', async () => {
    const before = readdirSync(scratch);
    for (const runs of [
      ['plain', 'noisy'],
      ['plain', 'noisy', 'far'],
    ]) {
      const { code } = await embedscope('compare', ...runs, '--report', 'r.html');
      expect(code).toBe(0);
      const page = readFileSync(join(scratch, 'r.html'), 'utf8');
      expect(page).toContain('only&#60;here&#62;');
      expect(page).not.toMatch(/https?:|<script|<link|src=|url\(/);
      expect(page).toContain('linear CKA');
      expect(page).toContain('light-dark(');
      expect(page.includes('Runs joined by mean neighbour overlap')).toBe(runs.length > 2);
    }
    expect(readdirSync(scratch).sort()).toEqual([...before, 'r.html'].sort());
  });

  it.concurrent.each([
    [['plain'], 'one run cannot be compared; name another one beside plain'],
    [
      ['plain', 'plain'],
      'plain is named twice; a run is the same as itself, so name different ones',
    ],
    [['plain', './plain'], 'plain and ./plain are one run; a run is the same as itself'],
    [
      ['plain', 'other'],
      'the runs share no item: neither an id nor a label of one is in the other',
    ],
    [['plain', 'one'], 'the runs share only 1 item, and a comparison needs 4 at least'],
    [['plain', 'noisy', '-k', '40'], 'k is 40, but with 40 shared items each has only 39 others'],
    [['plain', 'noisy', '-k', '0'], "argument '0' is invalid. Expected a whole number from 1."],
    [
      ['plain', 'noisy', '--items', '3'],
      "argument '3' is invalid. Expected a whole number from 4.",
    ],
    [['plain', 'noisy', '--report', 'plain'], 'plain is a folder; name a file for the report'],
    [
      ['plain', 'noisy', '--report', 'no/r.html'],
      'no/r.html cannot be written: there is no folder',
    ],
    [['plain', 'nothing'], 'nothing'],
  ])('%j is answered in words', async (args, message) => {
    const { code, stdout, stderr } = await embedscope('compare', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
