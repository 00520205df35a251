import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { categoryOf } from '../../../src/lib/analysis/category.ts';
import { mapQuality } from '../../../src/lib/math/mapQuality.ts';
import { pca } from '../../../src/lib/math/pca.ts';
import { createTsne } from '../../../src/lib/kernels/tsne/tsne.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import type { Run } from '../../../src/lib/run/types.ts';
import { writeRun } from '../../../src/lib/run/write.node.ts';

const CLI = fileURLToPath(new URL('../../../scripts/embedscope.mjs', import.meta.url));
const MOVIES = fileURLToPath(new URL('../../fixtures/analysis/movies-300', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'embedscope-map-'));
const folder = join(scratch, 'films');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  cpSync(MOVIES, folder, { recursive: true });
});

function map(
  args: string[],
  watch: (stderr: string, child: ChildProcess) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, 'map', ...args], {
    cwd: scratch,
    env: { ...process.env, EMBEDSCOPE_RUNS: scratch, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => watch((stderr += text), child));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const open = (path = folder): Promise<Run> => readRun(folderSource(path));
const firstRows = ({ items }: Run, rows: number) => ({
  rows,
  columns: items.vectors.columns,
  data: items.vectors.data.subarray(0, rows * items.vectors.columns),
});

describe('embedscope map', () => {
  it('writes the map of the engine into the run, with what it was made by and how good it is', async () => {
    const args = ['films', '--items', '100', '--perplexity', '12', '--iterations', '60'];
    const { code, stdout, stderr } = await map([...args, '--seed', '3', '--json']);
    expect(stderr).toBe('mapping 100 of 300 items of movies-300 by tsne\n');
    expect(code).toBe(0);
    const printed = JSON.parse(stdout);
    expect(Object.keys(printed)).toEqual(['run', 'map', 'seconds']);
    const before = await open(MOVIES);
    const run = await open();
    expect(printed.run).toBe(folder);
    const rows = firstRows(before, 100);
    const tsne = await createTsne(rows, { perplexity: 12, seed: 3 });
    tsne.step(60);
    const { labels } = categoryOf(before.items, 100)!;
    const quality = mapQuality(rows, tsne.points, { seed: 3, labels });
    const hit = quality.neighbourhoodHit!;
    expect(run.maps).toEqual([
      {
        info: {
          name: 'tsne',
          method: 'tsne',
          parameters: {
            perplexity: 12,
            effectivePerplexity: 12,
            iterations: 60,
            metric: 'euclidean',
            engine: 'embedscope',
            initialisation: 'pca',
          },
          seed: 3,
          of: 100,
          quality: {
            klDivergence: tsne.klDivergence(),
            trustworthiness12: quality.trustworthiness.mean,
            continuity12: quality.continuity.mean,
            preservation12: quality.preservation.mean,
            'genres.hit12': hit.onMap.mean,
            'genres.hit12Embedding': hit.inData.mean,
            'genres.hitChance': hit.chance,
            itemsMeasured: 100,
          },
        },
        points: tsne.points,
      },
    ]);
    expect(printed.map).toEqual(run.maps[0].info);
    expect(run.items).toEqual(before.items);
    expect({ ...run.manifest, files: 0, maps: 0 }).toEqual({
      ...before.manifest,
      files: 0,
      maps: 0,
    });
  });

  it('keeps other maps, and replaces one of the same name in its place', async () => {
    const first = ['films', '--iterations', '20', '--name'];
    expect((await map([...first, 'a', '--quiet'])).stderr).toBe('');
    expect((await map(['films', '--method', 'pca', '--quiet'])).code).toBe(0);
    const { maps } = await open();
    expect(maps.map(({ info }) => [info.name, info.method, info.of])).toEqual([
      ['a', 'tsne', 300],
      ['pca', 'pca', 300],
    ]);
    const { code, stdout } = await map([...first, 'a', '--metric', 'cosine', '--items', '30']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Mapped 30 items by t-SNE \(embedscope\) in \d.*\nKL divergence \d\.\d{4}, trustworthiness at 12 0\.\d{4}, continuity at 12 0\.\d{4}, preservation at 12 0\.\d{4}, neighbourhood hit by genres at 12 0\.\d{4} \(in the embedding 0\.\d{4}, by chance 0\.\d{4}\)\.\nWritten to .*films as map "a"\./,
    );
    const replaced = (await open()).maps;
    expect(replaced.map(({ info }) => [info.name, info.of, info.parameters.metric])).toEqual([
      ['a', 30, 'cosine'],
      ['pca', 300, 'euclidean'],
    ]);
    expect(replaced[1]).toEqual(maps[1]);
    expect([...maps[1].points]).toEqual([
      ...pca((await open()).items.vectors, { components: 2 }).scores.data,
    ]);
  });

  it('writes a copy with --out, and leaves the run and an earlier copy as they are', async () => {
    const before = readFileSync(join(folder, 'run.json'));
    const args = ['films', '--method', 'pca', '--out', 'copies/with-map', '--quiet'];
    expect((await map(args)).code).toBe(0);
    const copy = await open(join(scratch, 'copies/with-map'));
    expect([copy.manifest.id, copy.maps.length]).toEqual(['with-map', 1]);
    expect(readFileSync(join(folder, 'run.json')).equals(before)).toBe(true);
    const again = await map(args);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('with-map holds a run already; name another folder with --out');
  });

  it('says which perplexity it takes when the items allow no more, and maps by tsne-js', async () => {
    const args = ['films', '--items', '40', '--iterations', '60', '--engine', 'tsne-js'];
    const { code, stdout, stderr } = await map(args);
    expect(stderr).toContain(
      'note: 40 items allow a perplexity of 13 at most, which takes the place of 30',
    );
    expect(stdout).toMatch(/^Mapped 40 items by t-SNE \(tsne-js\)/);
    expect(code).toBe(0);
    const { parameters } = (await open()).maps[0].info;
    expect(parameters).toEqual({
      perplexity: 30,
      effectivePerplexity: 13,
      iterations: 60,
      metric: 'euclidean',
      engine: 'tsne-js',
      initialisation: 'random',
      learningRate: 100,
      earlyExaggeration: 4,
    });
  });

  it('extends a map: its points stay, and further items are placed around them', async () => {
    const args = ['films', '--items', '200', '--iterations', '200', '--quiet'];
    expect((await map(args)).code).toBe(0);
    const before = (await open()).maps[0];
    const { code, stdout } = await map(['films', '--extend', '--items', '300', '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Mapped 300 items by t-SNE/);
    const after = (await open()).maps[0];
    expect(after.points.subarray(0, 400)).toEqual(before.points);
    const added = after.points.subarray(400);
    expect(added.every(Number.isFinite)).toBe(true);
    expect(new Set(added).size).toBe(200);
    const most = Math.max(...before.points.map(Math.abs));
    expect(Math.max(...added.map(Math.abs))).toBeLessThan(1.5 * most);
    const { placed, ...parameters } = after.info.parameters;
    expect([placed, parameters]).toEqual([100, before.info.parameters]);
    const again = await map(['films', '--extend', '--quiet']);
    expect([again.code, again.stderr]).toEqual([
      2,
      'embedscope: --extend: map "tsne" places 300 items already; ask for more with --items\n',
    ]);
  });

  it('writes what it was exaggerated by late, with another map', async () => {
    const args = ['films', '--items', '60', '--iterations', '300', '--quiet'];
    await map(args);
    const plain = (await open()).maps[0];
    expect((await map([...args, '--late-exaggeration', '4'])).code).toBe(0);
    const late = (await open()).maps[0];
    expect(late.info.parameters).toEqual({ ...plain.info.parameters, lateExaggeration: 4 });
    expect(late.points).not.toEqual(plain.points);
  });

  it('maps by UMAP, and says how', async () => {
    const args = ['films', '--method', 'umap', '--neighbours', '40', '--items', '30'];
    const { code, stdout, stderr } = await map([
      ...args,
      '--min-distance',
      '0.3',
      '--epochs',
      '20',
    ]);
    expect(stderr).toContain(
      'note: 30 items allow 29 neighbours at most, which take the place of 40',
    );
    expect(stdout).toMatch(/^Mapped 30 items by UMAP \(umap-js\) in .*\ntrustworthiness at 12 0\./);
    expect(code).toBe(0);
    const { name, method, parameters } = (await open()).maps[0].info;
    expect([name, method]).toEqual(['umap', 'umap']);
    expect(parameters).toMatchObject({ neighbours: 40, effectiveNeighbours: 29, epochs: 20 });
    expect(parameters.minimumDistance).toBe(0.3);
  });

  it.each([
    [['films', '--neighbours', '20'], '--neighbours goes with --method umap, not with tsne'],
    [['films', '--method', 'umap', '--neighbours', '1'], 'Expected a whole number from 2.'],
    [['films', '--method', 'umap', '--min-distance', '2'], 'Expected a number from 0 to 1.'],
    [['films', '--method', 'umap', '--epochs', '0'], 'Expected a whole number from 1.'],
    [['nothing'], 'there is no run "nothing"'],
    [['films', '--items', '301'], '--items 301 is more than the 300 items of films'],
    [['films', '--perplexity', '0.9'], 'Expected a number from 1.'],
    [
      ['films', '--items', '40', '--perplexity', '30'],
      '--perplexity 30 is too large for 40 items: the largest that works is 13',
    ],
    [['films', '--late-exaggeration', '0.5'], 'Expected a number from 1.'],
    [['films', '--method', 'pca', '--extend'], '--extend goes with --method tsne'],
    [
      ['films', '--engine', 'tsne-js', '--items', '40', '--late-exaggeration', '2'],
      '--late-exaggeration goes with --method tsne and --engine embedscope, not with tsne-js',
    ],
    [['films', '--extend'], '--extend: the run has no map "tsne" (it has none)'],
    [['films', '--name', 'My map'], `the map's name "My map" is not possible`],
    [['films', '--overwrite'], '--overwrite goes with --out'],
    [['films', '--out', 'films/run.json/x'], 'cannot be'],
  ])('refuses %j', async (args, message) => {
    const before = readFileSync(join(folder, 'run.json'));
    const { code, stdout, stderr } = await map(args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(readFileSync(join(folder, 'run.json')).equals(before)).toBe(true);
  });

  it('refuses more items than tsne-js can take, a folder with other files, and a damaged run', async () => {
    const { manifest, items } = await open();
    const times4 = Array.from({ length: 4 });
    const { columns } = items.vectors;
    await writeRun(join(scratch, 'more'), {
      manifest: { ...manifest, id: 'more', count: 1200 },
      items: {
        ids: times4.flatMap((_, copy) => items.ids.map((id) => `${id}-${copy}`)),
        labels: times4.flatMap(() => items.labels),
        counts: new Uint32Array(1200).fill(1),
        columns: {},
        vectors: {
          rows: 1200,
          columns,
          data: Float32Array.from(times4.flatMap(() => [...items.vectors.data])),
        },
      },
    });
    const { code, stderr } = await map(['more', '--engine', 'tsne-js', '--items', '1001']);
    expect([code, stderr]).toEqual([
      2,
      'embedscope: --engine tsne-js maps at most 1,000 items, not 1,001; ask for fewer with --items, or leave --engine out\n',
    ]);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const stranger = await map(['films']);
    expect(stranger.code).toBe(2);
    // Before anything is computed.
    expect(stranger.stderr).toBe(
      `embedscope: ${folder} holds notes.txt, which is no part of a run, so it is not replaced; move notes.txt elsewhere, or name another folder with --out\n`,
    );
    rmSync(join(folder, 'notes.txt'));
    writeFileSync(join(folder, 'items.arrow'), 'x');
    const damaged = await map(['films']);
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain('items.arrow has 1 bytes');
  });

  it
    .skipIf(process.platform === 'win32')
    .each([
      [['--method', 'umap', '--epochs', '10000000']],
      [['--iterations', '10000000']],
      [['--iterations', '10000000', '--engine', 'tsne-js']],
    ])('stops at Ctrl-C and leaves the run as it was (%j)', async (args) => {
    const before = readFileSync(join(folder, 'run.json'));
    let asked = false;
    const { code, stderr } = await map(['films', ...args], (text, child) => {
      if (asked || !text.includes('mapping')) return;
      asked = true;
      child.kill('SIGINT');
    });
    expect(stderr).toContain('embedscope: stopped; nothing was written');
    expect(code).toBe(130);
    expect(readFileSync(join(folder, 'run.json')).equals(before)).toBe(true);
  });
});
