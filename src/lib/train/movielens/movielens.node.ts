import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { InputError } from '../../errors.ts';
import type { DatasetInfo } from '../../run/types.ts';
import { Stopped, type Movie, type Ratings } from '../types.ts';
import { downloadMovieLens, type DownloadOptions } from './download.node.ts';
import type { DataFiles } from '../../run/formats/zip.node.ts';
import { openFiles } from './files.node.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { readMovies } from './movies.ts';
import { readRatings } from './ratings.ts';
import { grouped } from './records.ts';
import { records } from './records.node.ts';
import { datasetInfo, promisedRatings } from './releases.ts';

export interface MovieLens {
  ratings: Ratings;
  movies: Movie[];
  dataset: DatasetInfo;
  /** What a person should know of what was read, a sentence each. */
  notices: string[];
}

/**
 * MovieLens ratings and movies from a folder or zip; without a path, ml-latest-small from the cache or its publisher.
 *
 * @throws InputError for data that cannot be used, and when there is neither a path nor a network
 * @throws Stopped when the signal is aborted
 */
export async function openMovieLens(
  path: string | undefined,
  options: DownloadOptions = {},
): Promise<MovieLens> {
  const files = await openFiles(path ?? (await downloadMovieLens(options)));
  try {
    return await read(files, options.signal);
  } finally {
    files.close();
  }
}

async function read(files: DataFiles, signal: AbortSignal | undefined): Promise<MovieLens> {
  const { layout, folder } = find(files);
  const hash = createHash('sha256');
  const chunks = async function* (name: string, hashed: boolean) {
    for await (const chunk of files.read(folder + name)) {
      if (signal?.aborted) throw new Stopped();
      if (hashed) hash.update(chunk);
      yield chunk;
    }
  };
  const encoding = layout.csv ? 'utf-8' : 'utf-8 or latin-1';
  const ratings = await readRatings(
    records(chunks(layout.ratingsFile, true), {
      name: layout.ratingsFile,
      delimiter: layout.ratingsDelimiter,
      quotes: layout.csv,
      encoding,
    }),
    layout,
  );
  const movies = await readMovies(
    records(whole(chunks(layout.moviesFile, false)), {
      name: layout.moviesFile,
      delimiter: layout.moviesDelimiter,
      quotes: layout.csv,
      encoding,
    }),
    layout,
  );
  const readme = await readReadme(files, folder);
  const counts = {
    ratings: ratings.values.length,
    users: ratings.userIds.length,
    movies: ratings.movieIds.length,
  };
  return {
    ratings,
    movies,
    dataset: datasetInfo(
      counts,
      hash.digest('hex'),
      basename(folder || resolve(files.path)).replace(/\.zip$/i, ''),
      readme,
    ),
    notices: notices(ratings, movies, layout, readme),
  };
}

/** The layout and the folder (`''` or ending in `/`) of the ratings among the files. */
function find(files: DataFiles): { layout: Layout; folder: string } {
  const depth = (name: string) => name.split('/').length;
  const names = [...files.names].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  let lonely: { layout: Layout; folder: string } | undefined;
  for (const layout of LAYOUTS) {
    for (const name of names) {
      if (basename(name) !== layout.ratingsFile) continue;
      const folder = name.slice(0, name.length - layout.ratingsFile.length);
      if (files.names.includes(folder + layout.moviesFile)) return { layout, folder };
      lonely ??= { layout, folder };
    }
  }
  if (lonely) {
    throw new InputError(
      `${files.path} holds ${lonely.layout.ratingsFile} but no ${lonely.layout.moviesFile} beside it (expected both, as MovieLens publishes them)`,
    );
  }
  throw new InputError(
    `${files.path} holds no MovieLens ratings (expected ratings.csv and movies.csv, ratings.dat and movies.dat, or u.data and u.item)`,
  );
}

async function readReadme(files: DataFiles, folder: string): Promise<string | undefined> {
  for (const name of ['README.txt', 'README', 'README.html', 'README.md']) {
    if (!files.names.includes(folder + name)) continue;
    return new TextDecoder().decode(await joined(files.read(folder + name)));
  }
  return undefined;
}

/** One chunk of all, for files small enough: so that the encoding is judged over the whole text. */
async function* whole(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await joined(chunks);
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function notices(
  ratings: Ratings,
  movies: Movie[],
  layout: Layout,
  readme: string | undefined,
): string[] {
  const found: string[] = [];
  const known = new Set(movies.map(({ id }) => id));
  const missing = ratings.movieIds.filter((id) => !known.has(id));
  if (missing.length > 0) {
    const one = missing.length === 1;
    found.push(
      `${grouped(missing.length)} rated movie${one ? ' is' : 's are'} not in ${layout.moviesFile} and ${one ? 'is' : 'are'} kept as “movie ${missing[0]}”${one ? '' : ' and so on'}`,
    );
  }
  const unrated = movies.length - (ratings.movieIds.length - missing.length);
  if (unrated > 0) {
    found.push(
      `${grouped(unrated)} of ${grouped(movies.length)} movies in ${layout.moviesFile} have no rating and are left out`,
    );
  }
  const promised = readme === undefined ? undefined : promisedRatings(readme);
  if (promised !== undefined && promised !== ratings.values.length) {
    found.push(
      `the README speaks of ${grouped(promised)} ratings, but ${layout.ratingsFile} holds ${grouped(ratings.values.length)}: the file may be cut short`,
    );
  }
  return found;
}
