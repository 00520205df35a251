import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMovies } from '../../../../src/lib/train/movielens/movies.ts';
import { readRatings } from '../../../../src/lib/train/movielens/ratings.ts';
import { records } from '../../../../src/lib/train/movielens/records.node.ts';
import { CSV, type Layout } from '../../../../src/lib/train/movielens/layouts.ts';

/** The folder of MovieLens fixtures. */
export const FIXTURES = fileURLToPath(new URL('../../../fixtures/movielens/', import.meta.url));
export const fixture = (name: string) => join(FIXTURES, name);

const encoding = (layout: Layout) => (layout.csv ? 'utf-8' : 'utf-8 or latin-1');

/** Bytes in pieces of the given size. */
export function* pieces(content: string | Uint8Array, size = 1 << 16): Generator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

export const ratingsOf = (content: string | Uint8Array, layout = CSV, size?: number) =>
  readRatings(
    records(pieces(content, size), {
      name: layout.ratingsFile,
      delimiter: layout.ratingsDelimiter,
      quotes: layout.csv,
      encoding: encoding(layout),
    }),
    layout,
  );

export const moviesOf = (content: string | Uint8Array, layout = CSV, size?: number) =>
  readMovies(
    records(pieces(content, size), {
      name: layout.moviesFile,
      delimiter: layout.moviesDelimiter,
      quotes: layout.csv,
      encoding: encoding(layout),
    }),
    layout,
  );
