import { readFileSync } from 'node:fs';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { decodeMaps, encodeMaps } from '../../../src/lib/run/maps.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import type { MapInfo, RunMap } from '../../../src/lib/run/types.ts';
import { writeRun } from '../../../src/lib/run/write.node.ts';
import { films, fixtures, manifestOf } from './films.ts';

const info = (name: string, of: number): MapInfo => ({
  name,
  method: name,
  parameters: { perplexity: 2 },
  seed: 1,
  of,
  quality: { klDivergence: 0.5 },
});
const pca: RunMap = {
  info: info('pca', 5),
  points: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
};
const tsne: RunMap = { info: info('tsne', 3), points: Float32Array.of(-1, 0.5, 2, -2, 3, 3.25) };
const { ids } = films();

describe('encodeMaps and decodeMaps', () => {
  it('give back any maps, of fewer items than there are, too', () => {
    const anyMaps = fc
      .uniqueArray(
        fc.tuple(
          fc.string({ minLength: 1, maxLength: 5 }),
          fc.array(
            fc.tuple(...[0, 1].map(() => fc.float({ noNaN: true, noDefaultInfinity: true }))),
            {
              maxLength: ids.length,
            },
          ),
        ),
        { selector: ([name]) => name, minLength: 1, maxLength: 3 },
      )
      .map((maps) =>
        maps.map(([name, points]): RunMap => ({
          info: info(name, points.length),
          points: Float32Array.from(points.flat()),
        })),
      );
    fc.assert(
      fc.property(anyMaps, (maps) => {
        const infos = maps.map((map) => map.info);
        expect(decodeMaps(encodeMaps(ids, maps), infos, ids, 'maps.arrow')).toEqual(maps);
      }),
    );
  });

  it('find each item by its id in a file of pyarrow with other rows and columns', () => {
    const bytes = new Uint8Array(readFileSync(`${fixtures}maps-pyarrow.arrow`));
    expect(decodeMaps(bytes, [pca.info, tsne.info], ids, 'maps.arrow')).toEqual([pca, tsne]);
  });

  it.each<[string, RunMap[], string]>([
    [
      'a point that is nowhere',
      [{ ...pca, points: pca.points.with(3, NaN) }],
      'map "pca" has NaN in row 2',
    ],
    [
      'too few points',
      [{ ...pca, points: pca.points.slice(1) }],
      'map "pca" has 9 numbers for 5 items',
    ],
    [
      'more items than there are',
      [{ ...pca, info: info('pca', 6) }],
      'map "pca" places 6 items of 5',
    ],
    ['a name twice', [pca, tsne, pca], 'two maps are named "pca"'],
    ['no name', [{ ...pca, info: info('', 5) }], 'a map has no name (expected a text)'],
  ])('refuse %s', (_, maps, message) => {
    expect(() => encodeMaps(ids, maps)).toThrow(new RangeError(message));
  });

  it.each<[string, () => unknown, string]>([
    [
      'a map that the file lacks',
      () => decodeMaps(encodeMaps(ids, [pca]), [tsne.info], ids, 'maps.arrow'),
      'maps.arrow has no column "tsne.x" (it has id, pca.x, pca.y); add or rename it',
    ],
    [
      'an item that the run lacks',
      () => decodeMaps(encodeMaps(ids, [tsne]), [tsne.info], ids.slice(1), 'maps.arrow'),
      `maps.arrow: id "${ids[0]}" in row 1 is not in items.arrow; the two are not of the same run: copy the folder again`,
    ],
    [
      'an item without a place',
      () => decodeMaps(encodeMaps(ids, [tsne]), [info('tsne', 4)], ids, 'maps.arrow'),
      `maps.arrow: map "tsne" has no place for id "${ids[3]}" (expected one for each of the first 4 items); make the map again`,
    ],
    [
      'a map of more items than the run has',
      () => decodeMaps(encodeMaps(ids, [pca]), [info('pca', 9)], ids, 'maps.arrow'),
      'run.json: map "pca" is of 9 items, but the run has 5; correct "of"',
    ],
    [
      'bytes that are no Arrow',
      () => decodeMaps(new Uint8Array(0), [pca.info], ids, 'maps.arrow'),
      'maps.arrow is empty (expected an Arrow file); copy or write it again',
    ],
  ])('say what is wrong: %s', (_, act, message) => {
    expect(act).toThrow(new InputError(message));
  });
});

describe('a run with maps', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'maps-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = { manifest: manifestOf(films()), items: films() };

  it('is written and read with them, and loses them when it is written without', async () => {
    const target = join(folder, 'films');
    const manifest = await writeRun(target, { ...run, maps: [pca, tsne] });
    expect(manifest.maps).toEqual([pca.info, tsne.info]);
    const read = await readRun(folderSource(target));
    expect(read).toEqual({ manifest, items: films(), maps: [pca, tsne] });
    await writeRun(target, { ...read, maps: [] }, { overwrite: true });
    expect(readdirSync(target).sort()).toEqual(['items.arrow', 'run.json']);
    expect((await readRun(folderSource(target))).maps).toEqual([]);
  });

  it('is refused when its maps have been changed or are gone', async () => {
    const target = join(folder, 'films');
    await writeRun(target, { ...run, maps: [pca] });
    const path = join(target, 'maps.arrow');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(1, 300, 301));
    await expect(readRun(folderSource(target))).rejects.toThrow(
      `${path} has been changed: its SHA-256 is`,
    );
    rmSync(path);
    await expect(readRun(folderSource(target))).rejects.toThrow(
      `${target} lacks maps.arrow: the copy of films is incomplete; copy the folder again`,
    );
  });
});
