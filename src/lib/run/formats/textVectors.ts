import { grouped, InputError } from '../../errors.ts';
import type { VectorOptions, VectorReader, WordVectors } from './types.ts';
import { VectorRows } from './vectorRows.ts';

const LONGEST_LINE = 1 << 20;
const SPACE = 32;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
const MINUS = 45;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * Reads vectors as text: a word and its values in each line, separated by spaces or tabs. This is what GloVe writes,
 * and with a line before them that holds the numbers of words and of dimensions what word2vec and fastText write.
 */
export class TextVectors implements VectorReader {
  readonly #options: VectorOptions;
  readonly #decoder = new TextDecoder();
  #rows: VectorRows | undefined;
  #line = 0;
  #header: { words: number; dimensions: number } | undefined;
  #mayBeHeader: boolean;
  #held = new Uint8Array(0);
  /** Where the fields of the current line start and end. */
  #fields = new Int32Array(1024);

  /** @param header whether the first line must (true), must not (false) or may hold the two numbers */
  constructor(
    options: VectorOptions,
    private readonly header?: boolean,
  ) {
    this.#options = options;
    this.#mayBeHeader = header !== false;
  }

  push(bytes: Uint8Array): boolean {
    const { name } = this.#options;
    if (bytes.includes(0)) {
      throw new InputError(
        `${name} line ${grouped(this.#line + 1)} or soon after holds a zero byte, so it is no text (expected words with their values; if it is word2vec's binary format, pass --format word2vec-binary)`,
      );
    }
    const all = this.#held.length > 0 ? joined(this.#held, bytes) : bytes;
    let from = 0;
    for (;;) {
      const to = all.indexOf(NEWLINE, from);
      if (to < 0) break;
      this.#read(all, from, to, false);
      from = to + 1;
      if (this.#rows?.isFull) return false;
    }
    this.#held = all.slice(from);
    if (this.#held.length > LONGEST_LINE) {
      throw new InputError(
        `${name} line ${grouped(this.#line + 1)} has no end within 1 MB (expected a word and its values in each line)`,
      );
    }
    return true;
  }

  end(complete: boolean): WordVectors {
    if (complete && this.#held.length > 0) {
      this.#read(this.#held, 0, this.#held.length, true);
    }
    const { name, words = Infinity } = this.#options;
    const found = (this.#rows ?? new VectorRows(1, this.#options)).finish(this.#header?.words);
    const { length } = found.words;
    const expected = Math.min(words, this.#header?.words ?? 0);
    const skipped = found.skipped.reduce((sum, { count }) => sum + count, 0);
    if (length + skipped < expected && this.#options.faults !== 'skip') {
      throw new InputError(
        `${name} ends after ${grouped(length)} of the ${grouped(expected)} words that its first line announces: it is cut; get it again, or take what is there with --faults skip`,
      );
    }
    return found;
  }

  #read(bytes: Uint8Array, from: number, to: number, isLast: boolean): void {
    this.#line++;
    const n = this.#split(bytes, this.#line === 1 ? afterMark(bytes, from) : from, to);
    if (n === 0) return;
    if (!this.#rows) {
      if (this.#takeHeader(bytes, n)) return;
      this.#rows = new VectorRows(this.#width(bytes, n), this.#options);
    }
    this.#takeWord(this.#rows, bytes, n, isLast);
  }

  #takeWord(rows: VectorRows, bytes: Uint8Array, n: number, isLast: boolean): void {
    const { dimensions } = rows;
    const fields = this.#fields;
    const first = n - dimensions;
    if (first < 1) {
      const values = `${grouped(n - 1)} ${n === 2 ? 'value' : 'values'} (expected ${grouped(dimensions)})`;
      if (isLast) return rows.fault('cut', this.#line, 'line', `is the last and is cut: ${values}`);
      return rows.fault('values', this.#line, 'line', `has ${values}`);
    }
    const { block, offset } = rows.next();
    for (let i = 0; i < dimensions; i++) {
      const [start, end] = [fields[2 * (first + i)], fields[2 * (first + i) + 1]];
      const value = parseNumber(bytes, start, end);
      if (!Number.isFinite(Math.fround(value))) {
        return this.#notANumber(rows, this.#text(bytes, start, end), i, n);
      }
      block[offset + i] = value;
    }
    const word = this.#text(bytes, fields[0], fields[2 * first - 1]);
    // A field too many that is a number is a value too many, not a word with a space.
    if (first > 1 && isNumber(bytes, fields[2], fields[3])) {
      return rows.fault(
        'values',
        this.#line,
        'line',
        `has ${grouped(n - 1)} values (expected ${grouped(dimensions)})`,
      );
    }
    rows.add(word, this.#line, 'line');
  }

  #notANumber(rows: VectorRows, text: string, i: number, n: number): void {
    const more = n - 1 > rows.dimensions ? `; it has ${grouped(n)} fields` : '';
    const message = `has "${text.slice(0, 40)}" as value ${grouped(i + 1)} (expected a finite number${more})`;
    rows.fault('number', this.#line, 'line', message);
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    return this.#decoder.decode(bytes.subarray(start, end));
  }

  #takeHeader(bytes: Uint8Array, n: number): boolean {
    if (!this.#mayBeHeader) return false;
    this.#mayBeHeader = false;
    const [words, dimensions] = [0, 1].map((i) =>
      Number(this.#text(bytes, this.#fields[2 * i], this.#fields[2 * i + 1])),
    );
    const isHeader =
      n === 2 &&
      Number.isInteger(words) &&
      Number.isInteger(dimensions) &&
      words >= 0 &&
      dimensions > 0;
    const { name, dimensions: asked = dimensions } = this.#options;
    if (!isHeader) {
      if (!this.header) return false;
      throw new InputError(
        `${name} line 1 is not word2vec's first line (expected the numbers of words and of dimensions, e.g. "400000 300"); if it starts with the first word, pass --format glove`,
      );
    }
    if (asked !== dimensions) {
      throw new InputError(
        `${name} line 1 says that vectors have ${grouped(dimensions)} dimensions, not the ${grouped(asked)} of --dimensions; leave the option out`,
      );
    }
    this.#header = { words, dimensions };
    this.#rows = new VectorRows(dimensions, this.#options);
    return true;
  }

  /** Of the first word, where no header tells it: its fields from the end, as far as they are numbers. */
  #width(bytes: Uint8Array, n: number): number {
    const { name, dimensions } = this.#options;
    if (dimensions !== undefined) return dimensions;
    let width = 0;
    while (width < n - 1) {
      const at = 2 * (n - 1 - width);
      if (!isNumber(bytes, this.#fields[at], this.#fields[at + 1])) break;
      width++;
    }
    if (width > 0) return width;
    const start = this.#text(bytes, this.#fields[0], this.#fields[2 * n - 1]).slice(0, 60);
    throw new InputError(
      `${name} line ${grouped(this.#line)} is "${start}" (expected a word and its values, as GloVe, word2vec and fastText write them)`,
    );
  }

  /** Finds the fields of a line; returns how many. */
  #split(bytes: Uint8Array, from: number, to: number): number {
    let n = 0;
    let at = from;
    for (;;) {
      while (at < to && isBlank(bytes[at])) at++;
      if (at >= to) return n;
      const start = at;
      while (at < to && !isBlank(bytes[at])) at++;
      if (2 * n + 2 > this.#fields.length) {
        const larger = new Int32Array(2 * this.#fields.length);
        larger.set(this.#fields);
        this.#fields = larger;
      }
      this.#fields[2 * n] = start;
      this.#fields[2 * n + 1] = at;
      n++;
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function afterMark(bytes: Uint8Array, from: number): number {
  return bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf
    ? from + 3
    : from;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  return !Number.isNaN(parseNumber(bytes, start, end));
}

/**
 * The number in decimal text, NaN when it is none. Up to 15 digits and 22 places are read here, which is exact
 * (Clinger 1990); the rest is left to the engine.
 */
function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  let digits = 0;
  let places = -1;
  let value = 0;
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (places >= 0) places++;
    } else if (bytes[i] === POINT && places < 0) {
      places = 0;
    } else {
      return parseOther(bytes, start, end);
    }
  }
  if (digits === 0 || digits > 15 || places > 22) return parseOther(bytes, start, end);
  const whole = places > 0 ? value / POWERS[places] : value;
  return negative ? -whole : whole;
}

/** Exponents, signs and long numbers; `inf` and hexadecimal are none. */
function parseOther(bytes: Uint8Array, start: number, end: number): number {
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 400)));
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}
