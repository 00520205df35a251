import { InputError } from '../../errors.ts';
import type { Ratings } from '../types.ts';
import type { Layout } from './layouts.ts';
import { CUT_SHORT, excerpt, grouped, type Records, type TextRecord } from './records.ts';

const COLUMNS = ['userId', 'movieId', 'rating', 'timestamp'];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
/** MovieLens began in 1995; a shorter time at the very end of a file is a time cut short. */
const BEFORE_MOVIELENS = 780_000_000;

/**
 * The ratings in a MovieLens ratings file; users and movies are numbered in order of first appearance.
 *
 * @throws InputError naming the line, for a rating that is no number above 0 and up to 5, a pair of user and movie
 *   that is rated twice, a line with too few fields, a missing header, and a file with fewer than two users or movies
 */
export async function readRatings(records: Records, layout: Layout): Promise<Ratings> {
  const reader = new RatingsReader(layout);
  for await (const batch of records) batch.forEach((record) => reader.add(record));
  return reader.finish();
}

class RatingsReader {
  private readonly name: string;
  private columns: number[] | undefined;
  private capacity = 1 << 16;
  private count = 0;
  private users = new Int32Array(this.capacity);
  private movies = new Int32Array(this.capacity);
  private values = new Float32Array(this.capacity);
  private timestamps = new Float64Array(this.capacity);
  private lines = new Int32Array(this.capacity);
  private readonly userIndex = new Map<string, number>();
  private readonly movieIndex = new Map<string, number>();

  constructor(private readonly layout: Layout) {
    this.name = layout.ratingsFile;
    if (!layout.csv) this.columns = [0, 1, 2, 3];
  }

  add(record: TextRecord): void {
    const { line, fields } = record;
    if (this.columns === undefined) {
      this.columns = header(fields, COLUMNS, this.name, line);
      return;
    }
    if (fields.length !== COLUMNS.length) this.refuseFieldCount(record);
    const [user, movie, rating, time] = this.columns.map((column) => fields[column].trim());
    if (user === '')
      this.refuse(line, 'the userId is empty (expected what tells users apart, usually a number)');
    if (movie === '')
      this.refuse(
        line,
        'the movieId is empty (expected what tells movies apart, usually a number)',
      );
    const value = this.rating(rating, line);
    const timestamp = NUMBER.test(time) ? Number(time) : NaN;
    if (Number.isNaN(timestamp)) {
      if (!record.closed) this.refuse(line, CUT_SHORT);
      this.refuse(
        line,
        `timestamp "${excerpt(time)}" is not a number (expected seconds since 1970)`,
      );
    }
    const previous = this.count > 0 ? this.timestamps[this.count - 1] : 0;
    if (!record.closed && timestamp < BEFORE_MOVIELENS && previous >= BEFORE_MOVIELENS) {
      this.refuse(line, CUT_SHORT);
    }
    if (this.count === this.capacity) this.grow();
    this.users[this.count] = indexOf(this.userIndex, user);
    this.movies[this.count] = indexOf(this.movieIndex, movie);
    this.values[this.count] = value;
    this.timestamps[this.count] = timestamp;
    this.lines[this.count++] = line;
  }

  finish(): Ratings {
    if (this.columns === undefined) {
      throw new InputError(
        `${this.name} is empty (expected the header ${COLUMNS.join(',')} and one rating a line)`,
      );
    }
    if (this.count === 0) {
      throw new InputError(
        this.layout.csv
          ? `${this.name} holds no ratings: there is nothing after its header line (expected one rating a line)`
          : `${this.name} is empty (expected one rating a line: ${COLUMNS.join(', ')}, separated by ${this.layout.separator})`,
      );
    }
    const ratings: Ratings = {
      users: this.users.slice(0, this.count),
      movies: this.movies.slice(0, this.count),
      values: this.values.slice(0, this.count),
      timestamps: this.timestamps.slice(0, this.count),
      userIds: [...this.userIndex.keys()],
      movieIds: [...this.movieIndex.keys()],
    };
    this.refuseDuplicates(ratings);
    if (ratings.userIds.length < 2) {
      throw new InputError(
        `${this.name} holds the ratings of one user alone (${excerpt(ratings.userIds[0])}): training needs at least two users, since factors are learnt from what users share`,
      );
    }
    if (ratings.movieIds.length < 2) {
      throw new InputError(
        `${this.name} holds the ratings of one movie alone (${excerpt(ratings.movieIds[0])}): training needs at least two movies`,
      );
    }
    return ratings;
  }

  private rating(text: string, line: number): number {
    if (!NUMBER.test(text)) {
      this.refuse(
        line,
        `rating "${excerpt(text)}" is not a number (expected ${this.layout.scale})`,
      );
    }
    const value = Number(text);
    if (!(value > 0 && value <= 5)) {
      this.refuse(line, `rating ${text} is out of range (expected ${this.layout.scale})`);
    }
    return value;
  }

  private refuseFieldCount({ line, fields, closed }: TextRecord): never {
    if (!closed && fields.length < COLUMNS.length) this.refuse(line, CUT_SHORT);
    const hint =
      this.layout.csv && fields.length === COLUMNS.length + 1
        ? '; a rating is written with a point, as in 4.5'
        : '';
    this.refuse(
      line,
      `${grouped(fields.length)} field${fields.length === 1 ? '' : 's'} (expected 4, separated by ${this.layout.separator}: ${COLUMNS.join(', ')})${hint}`,
    );
  }

  /** Orders the ratings by user (a stable counting sort), then looks for a movie met twice under one user. */
  private refuseDuplicates({ users, movies, userIds, movieIds }: Ratings): void {
    const next = new Int32Array(userIds.length + 1);
    for (const user of users) next[user + 1]++;
    for (let user = 0; user < userIds.length; user++) next[user + 1] += next[user];
    const order = new Int32Array(users.length);
    for (let i = 0; i < users.length; i++) order[next[users[i]]++] = i;
    const seenBy = new Int32Array(movieIds.length).fill(-1);
    const seenAt = new Int32Array(movieIds.length);
    let earliest: { first: number; second: number } | undefined;
    for (const i of order) {
      const movie = movies[i];
      if (seenBy[movie] === users[i] && i < (earliest?.second ?? Infinity)) {
        earliest = { first: seenAt[movie], second: i };
      }
      seenBy[movie] = users[i];
      seenAt[movie] = i;
    }
    if (earliest === undefined) return;
    const { first, second } = earliest;
    this.refuse(
      this.lines[second],
      `user ${excerpt(userIds[users[second]])} rates movie ${excerpt(movieIds[movies[second]])} a second time (first on line ${grouped(this.lines[first])}); keep one of the two lines`,
    );
  }

  private refuse(line: number, what: string): never {
    throw new InputError(`${this.name} line ${grouped(line)}: ${what}`);
  }

  private grow(): void {
    this.capacity *= 2;
    const grown = <T extends { set(old: T): void }>(array: T, larger: T): T => {
      larger.set(array);
      return larger;
    };
    this.users = grown(this.users, new Int32Array(this.capacity));
    this.movies = grown(this.movies, new Int32Array(this.capacity));
    this.values = grown(this.values, new Float32Array(this.capacity));
    this.timestamps = grown(this.timestamps, new Float64Array(this.capacity));
    this.lines = grown(this.lines, new Int32Array(this.capacity));
  }
}

/**
 * Where each of `expected` stands among a header's fields.
 *
 * @throws InputError when the header is not made of exactly these names, in any order
 */
export function header(
  fields: string[],
  expected: readonly string[],
  name: string,
  line: number,
): number[] {
  const given = fields.map((field) => field.trim());
  const columns = expected.map((column) => given.indexOf(column));
  if (columns.includes(-1) || given.length !== expected.length) {
    throw new InputError(
      `${name} line ${grouped(line)}: the header is "${excerpt(fields.join(','))}" (expected ${expected.join(',')})`,
    );
  }
  return columns;
}

function indexOf(index: Map<string, number>, id: string): number {
  let i = index.get(id);
  if (i === undefined) {
    i = index.size;
    index.set(id, i);
  }
  return i;
}
