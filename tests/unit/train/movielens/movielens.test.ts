import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { openMovieLens } from '../../../../src/lib/train/movielens/movielens.node.ts';
import { Stopped } from '../../../../src/lib/train/types.ts';
import { fixture } from './files.ts';

const scratch = mkdtempSync(join(tmpdir(), 'embedscope-movielens-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const CSV = {
  'ratings.csv': readFileSync(fixture('csv/ratings.csv')),
  'movies.csv': readFileSync(fixture('csv/movies.csv')),
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function zipFile(
  name: string,
  files: Record<string, Uint8Array>,
  damage?: (bytes: Uint8Array) => void,
) {
  const bytes = zipSync(files);
  damage?.(bytes);
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
}

async function messageOf(path: string): Promise<string> {
  const error = await openMovieLens(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

describe('openMovieLens', () => {
  it('reads a folder, with the checksum of its ratings and what was left out', async () => {
    const { ratings, movies, dataset, notices } = await openMovieLens(fixture('csv'));
    expect(ratings.values.length).toBe(950);
    expect(ratings.userIds.slice(0, 3)).toEqual(['1', '2', '3']);
    expect(movies.length).toBe(126);
    expect(dataset).toEqual({
      name: 'csv',
      release: 'not recognised',
      url: '',
      sha256: sha256(CSV['ratings.csv']),
      licence: 'not stated beside the ratings',
      citation: '',
      counts: { ratings: 950, users: 30, movies: ratings.movieIds.length },
    });
    const unrated = 126 - ratings.movieIds.length;
    expect(notices).toEqual([
      `${unrated} of 126 movies in movies.csv have no rating and are left out`,
    ]);
  });

  it('reads the same ratings from the older layouts', async () => {
    const { ratings } = await openMovieLens(fixture('csv'));
    expect((await openMovieLens(fixture('dat'))).ratings).toEqual(ratings);
    const whole = ratings.values.map((value) => Math.max(1, Math.floor(value)));
    expect((await openMovieLens(fixture('u'))).ratings).toEqual({ ...ratings, values: whole });
  });

  it('finds the files in a folder below, in a zip, and in a folder of a zip', async () => {
    const expected = await openMovieLens(fixture('csv'));
    const below = join(scratch, 'outer');
    cpSync(fixture('csv'), join(below, 'ml'), { recursive: true });
    const packed = Object.fromEntries(
      Object.entries(CSV).map(([name, bytes]) => [`ml-latest-small/${name}`, bytes]),
    );
    for (const path of [
      below,
      zipFile('flat.zip', CSV),
      zipFile('deep.zip', { ...packed, 'ml-latest-small/links.csv': strToU8('x') }),
    ]) {
      const { ratings, movies, dataset } = await openMovieLens(path);
      expect(ratings).toEqual(expected.ratings);
      expect(movies).toEqual(expected.movies);
      expect(dataset.sha256).toBe(expected.dataset.sha256);
    }
  });

  it('takes name, licence and citation from a README of GroupLens, and says when ratings are missing', async () => {
    const path = zipFile('with-readme.zip', {
      ...CSV,
      'README.txt': readFileSync(fixture('README.txt')),
    });
    const { dataset, notices } = await openMovieLens(path);
    expect(dataset.name).toBe('MovieLens (with-readme)');
    expect(dataset.licence).toBe('GroupLens: see the README of the data');
    expect(dataset.citation).toContain('Harper and Joseph A. Konstan. 2015');
    expect(notices.at(-1)).toBe(
      'the README speaks of 100,836 ratings, but ratings.csv holds 950: the file may be cut short',
    );
  });

  it('keeps rated movies that the movies file lacks, and says so', async () => {
    const folder = join(scratch, 'unknown-movies');
    mkdirSync(folder);
    const ratings = 'userId,movieId,rating,timestamp\n1,1,4,1\n1,998,3,1\n2,999,5,1\n';
    writeFileSync(join(folder, 'ratings.csv'), ratings);
    writeFileSync(join(folder, 'movies.csv'), 'movieId,title,genres\n1,Toy Story (1995),Comedy\n');
    const { notices, ratings: read } = await openMovieLens(folder);
    expect(read.movieIds).toEqual(['1', '998', '999']);
    expect(notices).toEqual([
      '2 rated movies are not in movies.csv and are kept as “movie 998” and so on',
    ]);
  });

  it('refuses what is no folder and no sound zip', async () => {
    const nowhere = join(scratch, 'nowhere');
    expect(await messageOf(nowhere)).toBe(
      `${nowhere}: there is no such file or folder (expected a MovieLens folder or zip)`,
    );
    const text = join(scratch, 'ratings.csv');
    writeFileSync(text, CSV['ratings.csv']);
    expect(await messageOf(text)).toMatch(
      /ratings\.csv is not a sound zip archive: .*\(expected a MovieLens folder or zip; if it was downloaded, download it again\)$/,
    );
    const cut = join(scratch, 'cut.zip');
    writeFileSync(cut, zipSync(CSV).subarray(0, 5000));
    expect(await messageOf(cut)).toMatch(/cut\.zip is not a sound zip archive: /);
  });

  it('refuses a zip whose files are damaged, by the checksum or by the compression', async () => {
    const stored = zipSync(CSV, { level: 0 });
    const flipped = join(scratch, 'flipped.zip');
    stored[20_000] ^= 1;
    writeFileSync(flipped, stored);
    expect(await messageOf(flipped)).toBe(
      `${flipped} is not a sound zip archive: the checksum of ratings.csv does not match (expected a MovieLens folder or zip; if it was downloaded, download it again)`,
    );
    const broken = zipFile('broken.zip', CSV, (bytes) => bytes.fill(0xff, 500, 600));
    expect(await messageOf(broken)).toMatch(
      /broken\.zip is not a sound zip archive: ratings\.csv: /,
    );
  });

  it('refuses a zip that reaches out of its folder', async () => {
    const path = zipFile('slip.zip', { ...CSV, '../../evil.csv': strToU8('x') });
    expect(await messageOf(path)).toMatch(
      /slip\.zip is not a sound zip archive: invalid relative path: \.\.\/\.\.\/evil\.csv /,
    );
    expect(existsSync(join(scratch, '..', '..', 'evil.csv'))).toBe(false);
  });

  it('stops when asked to', async () => {
    const stopped = openMovieLens(fixture('csv'), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toBeInstanceOf(Stopped);
  });
});

/** The releases as published, where they are at hand: MOVIELENS_DATA names the folder that holds both. */
const published = process.env.MOVIELENS_DATA ?? join(process.cwd(), '..', 'shared', 'data');

describe.skipIf(!existsSync(join(published, 'ml-latest-small')))('the published releases', () => {
  // The counts stand in the releases' READMEs; the mean was computed with NumPy in float64.
  it.each([
    ['ml-latest-small', 'September 2018', 100_836, 610, 9_724, 9_742, 3.501556983616962],
    ['ml-latest-small-2016', 'October 2016', 100_004, 671, 9_066, 9_125, 3.543608255669773],
  ])('reads %s', async (folder, release, count, users, rated, all, mean) => {
    const { ratings, movies, dataset } = await openMovieLens(join(published, folder));
    expect(dataset.name).toBe('MovieLens ml-latest-small');
    expect(dataset.release).toBe(release);
    expect(dataset.counts).toEqual({ ratings: count, users, movies: rated });
    expect(ratings.userIds.length).toBe(users);
    expect(ratings.movieIds.length).toBe(rated);
    expect(movies.length).toBe(all);
    expect(ratings.values.reduce((sum, value) => sum + value, 0) / count).toBeCloseTo(mean, 12);
    expect(ratings.movieIds[ratings.movies[0]]).toBe(folder.endsWith('2016') ? '31' : '1');
  });
});
