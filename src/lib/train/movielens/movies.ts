import { InputError } from '../../errors.ts';
import type { Movie } from '../types.ts';
import { U_DATA, type Layout } from './layouts.ts';
import { header } from './ratings.ts';
import { CUT_SHORT, excerpt, grouped, type Records, type TextRecord } from './records.ts';

const COLUMNS = ['movieId', 'title', 'genres'];
const NO_GENRES = '(no genres listed)';
/** A year or a span of years in brackets at the end: `(1995)`, `(2006–2007)`, `(2007-)`. */
const YEAR = /^(.*\S)\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)$/s;

/** The flags of u.item in their order (u.genre); the first says that the genre is unknown. */
const FLAGS = [
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
];
const U_ITEM_FIELDS = 5 + FLAGS.length;

/**
 * The movies in a MovieLens movies file, in the file's order.
 *
 * @throws InputError naming the line, for a line with too few fields, an id that stands there twice, a missing header
 */
export async function readMovies(records: Records, layout: Layout): Promise<Movie[]> {
  const name = layout.moviesFile;
  const movies: Movie[] = [];
  const lines = new Map<string, number>();
  let columns = layout.csv ? undefined : [0, 1, 2];
  for await (const batch of records) {
    for (const record of batch) {
      if (columns === undefined) {
        columns = header(record.fields, COLUMNS, name, record.line);
        continue;
      }
      const movie =
        layout === U_DATA ? fromFlags(record, name) : fromColumns(record, columns, layout);
      if (movie.id === '')
        refuse(
          name,
          record.line,
          'the movieId is empty (expected what tells movies apart, usually a number)',
        );
      const first = lines.get(movie.id);
      if (first !== undefined) {
        const id = excerpt(movie.id);
        refuse(
          name,
          record.line,
          `movie ${id} stands here a second time (first on line ${grouped(first)}); keep one of the two lines`,
        );
      }
      lines.set(movie.id, record.line);
      movies.push(movie);
    }
  }
  if (movies.length === 0) {
    throw new InputError(
      columns === undefined
        ? `${name} is empty (expected the header ${COLUMNS.join(',')} and one movie a line)`
        : `${name} holds no movies (expected one a line)`,
    );
  }
  return movies;
}

function fromColumns(record: TextRecord, columns: number[], layout: Layout): Movie {
  const { line, fields } = record;
  if (fields.length !== COLUMNS.length) {
    refuseFieldCount(
      record,
      layout.moviesFile,
      `3, separated by ${layout.separator}: ${COLUMNS.join(', ')}`,
      layout.csv && fields.length > 3 ? '; a title with a comma stands in double quotes' : '',
    );
  }
  const [id, title, genres] = columns.map((column) => fields[column].trim());
  if (genres === '') {
    refuse(
      layout.moviesFile,
      line,
      record.closed
        ? `the genres are empty (expected names separated by "|", or ${NO_GENRES})`
        : CUT_SHORT,
    );
  }
  return {
    id,
    ...titleAndYear(title, id),
    genres: genres === NO_GENRES ? [] : genres.split('|').map((genre) => genre.trim()),
  };
}

function fromFlags(record: TextRecord, name: string): Movie {
  const fields = record.fields.map((field) => field.trim());
  if (fields.length !== U_ITEM_FIELDS) {
    refuseFieldCount(
      record,
      name,
      `${U_ITEM_FIELDS}, separated by "|": id, title, two dates, an address and 19 flags`,
    );
  }
  const [id, title, released] = fields;
  const flags = fields.slice(5);
  const wrong = flags.findIndex((flag) => flag !== '0' && flag !== '1');
  if (wrong >= 0) {
    refuse(
      name,
      record.line,
      `the flag for ${FLAGS[wrong]} is "${excerpt(flags[wrong])}" (expected 0 or 1)`,
    );
  }
  const movie = titleAndYear(title, id);
  const year = /-(\d{4})$/.exec(released);
  return {
    id,
    ...(movie.year === undefined && year ? { ...movie, year: Number(year[1]) } : movie),
    genres: FLAGS.filter((_, i) => i > 0 && flags[i] === '1'),
  };
}

/** Splits `Toy Story (1995)`; the label keeps the title as it was published. */
function titleAndYear(text: string, id: string): Pick<Movie, 'title' | 'label' | 'year'> {
  if (text === '') return { title: '', label: `movie ${id}` };
  const found = YEAR.exec(text);
  return found
    ? { title: found[1], label: text, year: Number(found[2]) }
    : { title: text, label: text };
}

function refuseFieldCount(
  { line, fields, closed }: TextRecord,
  name: string,
  expected: string,
  hint = '',
): never {
  if (!closed && fields.length < Number.parseInt(expected)) refuse(name, line, CUT_SHORT);
  refuse(
    name,
    line,
    `${grouped(fields.length)} field${fields.length === 1 ? '' : 's'} (expected ${expected})${hint}`,
  );
}

function refuse(name: string, line: number, what: string): never {
  throw new InputError(`${name} line ${grouped(line)}: ${what}`);
}
