import { parse } from 'csv-parse/sync';
import { grouped, InputError } from '../../errors.ts';

/** Two words and how alike people found them. */
export interface RatedPair {
  words: [string, string];
  rating: number;
}

/** Questions of the form *a is to b as c is to d*, by section. */
export interface AnalogySection {
  name: string;
  questions: [a: string, b: string, c: string, d: string][];
}

/** The headers under which the published tests keep their ratings. */
const RATING_HEADERS = [
  'human (mean)',
  'simlex999',
  'score',
  'similarity',
  'rating',
  'relatedness',
];

/**
 * A test of word similarity: two words and a rating in each line, separated by commas, semicolons, tabs or spaces. The
 * layouts of WordSim-353 and SimLex-999 have a header, and SimLex-999 columns of other figures; without a header the
 * rating is the third field.
 *
 * @param name the file's name, for messages
 * @throws InputError naming the line that is wrong
 */
export function readSimilarities(text: string, name: string): RatedPair[] {
  const lines = linesOf(text);
  if (lines.length === 0) {
    throw new InputError(`${name} holds no pairs (expected two words and a rating in each line)`);
  }
  const delimiter = [',', '\t', ';'].find((mark) => lines[0].text.includes(mark));
  const fields = lines.map(({ text, line }) => ({
    line,
    fields: split(text, delimiter, name, line),
  }));
  const { column, start } = ratingColumn(fields[0].fields);
  return fields.slice(start).map(({ line, fields }) => {
    const rating = Number(fields[column]);
    if (fields.length <= column || fields[column] === '' || !Number.isFinite(rating)) {
      throw new InputError(
        `${name} line ${grouped(line)} is "${fields.join(' ').slice(0, 60)}" (expected two words and a rating as field ${column + 1})`,
      );
    }
    if (fields[0] === '' || fields[1] === '') {
      throw new InputError(`${name} line ${grouped(line)} lacks a word (expected two)`);
    }
    return { words: [fields[0], fields[1]], rating };
  });
}

/** Where the rating stands, and whether the first line is a header. */
function ratingColumn(first: string[]): { column: number; start: 0 | 1 } {
  const named = first.findIndex((field) => RATING_HEADERS.includes(field.toLowerCase()));
  if (named >= 0) return { column: named, start: 1 };
  const isNumber = first.length > 2 && first[2] !== '' && Number.isFinite(Number(first[2]));
  return { column: 2, start: isNumber ? 0 : 1 };
}

/**
 * A test of analogies in the layout of word2vec's questions-words: four words in each line, and lines that start with
 * a colon as the names of sections.
 *
 * @param name the file's name, for messages
 * @throws InputError naming the line that is wrong
 */
export function readAnalogies(text: string, name: string): AnalogySection[] {
  const sections: AnalogySection[] = [];
  for (const { text: content, line } of linesOf(text)) {
    if (content.startsWith(':')) {
      sections.push({ name: content.slice(1).trim(), questions: [] });
      continue;
    }
    const words = content.split(/\s+/);
    if (words.length !== 4) {
      throw new InputError(
        `${name} line ${grouped(line)} has ${words.length} ${words.length === 1 ? 'word' : 'words'} (expected four: "Athens Greece Oslo Norway", or ": section")`,
      );
    }
    if (sections.length === 0) sections.push({ name: 'questions', questions: [] });
    sections[sections.length - 1].questions.push(words as [string, string, string, string]);
  }
  if (sections.every(({ questions }) => questions.length === 0)) {
    throw new InputError(`${name} holds no questions (expected four words in each line)`);
  }
  return sections;
}

function linesOf(text: string): { text: string; line: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((text, i) => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

function split(text: string, delimiter: string | undefined, name: string, line: number): string[] {
  if (!delimiter) return text.split(/\s+/);
  try {
    const rows = parse(text, { delimiter, trim: true, relax_column_count: true }) as string[][];
    return rows[0];
  } catch {
    throw new InputError(`${name} line ${grouped(line)} has quotes that do not close; correct it`);
  }
}
