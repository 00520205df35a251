import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors.ts';
import { CSV, DAT, LAYOUTS } from '../../src/lib/train/movielens/layouts.ts';
import { moviesOf, ratingsOf } from '../unit/train/movielens/files.ts';

/** Pieces from which files that are nearly right can be made. */
const fragment = fc.oneof(
  fc.constantFrom(
    ...['userId,movieId,rating,timestamp', 'movieId,title,genres', '\n', '\r\n', '\r', ',', '::'],
    ...['\t', '|', '"', '""', '1', '2', '0.5', '4.0', '4,5', 'NaN', 'Infinity', '1e9', '-1', '0x1'],
    ...['978300760', '1,1,4.0,978300760\n', '2,1,3,978300761\n', '1::2::4::978300760\n'],
    ...[
      '1\t2\t4\t978300760\n',
      'Heat (1995)',
      '(1995) ',
      '(no genres listed)',
      '\ufeff',
      '\u0000',
      'é',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const content = fc.oneof(
  fc.array(fragment, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

describe('MovieLens readers', () => {
  it('give data or an InputError for any bytes, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        content,
        fc.constantFrom(...LAYOUTS),
        fc.integer({ min: 3, max: 80 }),
        async (bytes, layout, size) => {
          const [ratings, movies] = await Promise.allSettled([
            ratingsOf(bytes, layout, size),
            moviesOf(bytes, layout, size),
          ]);
          for (const result of [ratings, movies]) {
            if (result.status === 'fulfilled') continue;
            expect(result.reason).toBeInstanceOf(InputError);
            expect(result.reason.message).toMatch(/^(ratings|movies|u)\.(csv|dat|data|item)[ :]/);
          }
          if (ratings.status === 'fulfilled') {
            const { users, movies: rated, values, userIds, movieIds } = ratings.value;
            expect(values.every((value) => value > 0 && value <= 5)).toBe(true);
            expect(Math.max(...users)).toBe(userIds.length - 1);
            expect(Math.max(...rated)).toBe(movieIds.length - 1);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  const id = fc.stringMatching(/^[a-zA-Z0-9]{1,6}$/);
  const lineEnd = fc.constantFrom('\n', '\r\n');

  it('read ratings as they were written', async () => {
    const rating = fc.record({
      user: id,
      movie: id,
      value: fc.integer({ min: 1, max: 10 }).map((half) => half / 2),
      time: fc.integer({ min: 800_000_000, max: 2_000_000_000 }),
    });
    const all = fc
      .uniqueArray(rating, { selector: ({ user, movie }) => `${user} ${movie}`, minLength: 2 })
      .filter(
        (list) =>
          new Set(list.map(({ user }) => user)).size > 1 &&
          new Set(list.map(({ movie }) => movie)).size > 1,
      );
    await fc.assert(
      fc.asyncProperty(
        all,
        fc.constantFrom(...LAYOUTS),
        lineEnd,
        fc.boolean(),
        async (list, layout, end, closed) => {
          const lines = list.map(({ user, movie, value, time }) =>
            [user, movie, value, time].join(layout.ratingsDelimiter),
          );
          if (layout.csv) lines.unshift('userId,movieId,rating,timestamp');
          const read = await ratingsOf(lines.join(end) + (closed ? end : ''), layout, 50);
          const back = list.map((_, i) => ({
            user: read.userIds[read.users[i]],
            movie: read.movieIds[read.movies[i]],
            value: read.values[i],
            time: read.timestamps[i],
          }));
          expect(back).toEqual(list);
          expect(read.values.length).toBe(list.length);
          expect(read.userIds).toEqual([...new Set(list.map(({ user }) => user))]);
          expect(read.movieIds).toEqual([...new Set(list.map(({ movie }) => movie))]);
        },
      ),
    );
  });

  it('read movies as they were written, whatever stands in a title', async () => {
    // A title is trimmed, and a year in brackets at its end is taken off; what a CSV field may hold is not limited.
    const title = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom('"', ',', '\n', '(', ')', ' ', 'é', '1'),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
        minLength: 1,
        maxLength: 12,
      })
      .map((text) => text.trim())
      .filter((text) => text !== '' && !text.includes('\u0000') && !/\)$/.test(text));
    const movie = fc.record(
      {
        id,
        title,
        year: fc.integer({ min: 1880, max: 2100 }),
        genres: fc.uniqueArray(fc.constantFrom('Comedy', 'Drama', 'Sci-Fi', 'Film-Noir'), {
          maxLength: 3,
        }),
      },
      { requiredKeys: ['id', 'title', 'genres'] },
    );
    const quote = (text: string) =>
      /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const labelled = ({ title, year }: { title: string; year?: number }) =>
      year === undefined ? title : `${title} (${year})`;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(movie, { selector: ({ id }) => id, minLength: 1 }),
        lineEnd,
        fc.integer({ min: 3, max: 100 }),
        async (list, end, size) => {
          const lines = list.map((m) =>
            [m.id, quote(labelled(m)), m.genres.join('|') || '(no genres listed)'].join(','),
          );
          const text = ['movieId,title,genres', ...lines, ''].join(end);
          expect(await moviesOf(text, CSV, size)).toEqual(
            list.map((m) => ({ ...m, label: labelled(m) })),
          );
          const plain = list.filter((m) => !/[\n:]/.test(m.title));
          if (plain.length === 0) return;
          const dat = plain.map((m) =>
            [m.id, labelled(m), m.genres.join('|') || '(no genres listed)'].join('::'),
          );
          expect(await moviesOf(dat.join(end) + end, DAT, 1 << 16)).toEqual(
            plain.map((m) => ({ ...m, label: labelled(m) })),
          );
        },
      ),
    );
  });
});
