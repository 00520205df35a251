import { grouped, InputError } from '../../errors.ts';
import { matrix } from '../../math/matrix.ts';
import { FAULTS, type Fault, type VectorOptions, type WordVectors } from './types.ts';

/** Rows are kept in blocks of about this many numbers, so that growing copies nothing. */
const BLOCK = 1 << 20;
const EXAMPLES = 3;

/** Words and vectors as they are read, and what was wrong with those that were left out. */
export class VectorRows {
  readonly dimensions: number;
  readonly #options: VectorOptions;
  readonly #limit: number;
  readonly #rowsPerBlock: number;
  readonly #words: string[] = [];
  /** Where each word stands, for the message about its second occurrence. */
  readonly #places = new Map<string, number>();
  readonly #blocks: Float32Array[] = [];
  readonly #skipped = new Map<Fault, { count: number; examples: string[] }>();

  constructor(dimensions: number, options: VectorOptions) {
    this.dimensions = dimensions;
    this.#options = options;
    this.#limit = options.words ?? Infinity;
    this.#rowsPerBlock = Math.max(1, Math.floor(BLOCK / dimensions));
  }

  get isFull(): boolean {
    return this.#words.length >= this.#limit;
  }

  /** The block and offset in it where the next word's vector is to be written, before `add`. */
  next(): { block: Float32Array; offset: number } {
    const row = this.#words.length;
    const within = row % this.#rowsPerBlock;
    const at = (row - within) / this.#rowsPerBlock;
    this.#blocks[at] ??= new Float32Array(this.#rowsPerBlock * this.dimensions);
    return { block: this.#blocks[at], offset: within * this.dimensions };
  }

  /**
   * Takes the word whose vector was written to `next()`, unless it is faulty.
   *
   * @param place its line, or its number in a binary file
   * @param unit `line` or `word`
   */
  add(word: string, place: number, unit: string): void {
    if (word === '') return this.fault('no word', place, unit, 'has no word before its values');
    if (word.includes('\uFFFD')) {
      return this.fault('not UTF-8', place, unit, `has a word that is not UTF-8 ("${word}")`);
    }
    if (!this.#options.keepSpaces && /\s/.test(word)) {
      return this.fault('spaces', place, unit, `has a word with a space ("${word}")`);
    }
    const earlier = this.#places.get(word);
    if (earlier !== undefined) {
      const message = `has "${word}" again, which is in ${unit} ${grouped(earlier)} already`;
      return this.fault('duplicate', place, unit, message);
    }
    this.#places.set(word, place);
    this.#words.push(word);
  }

  /** Counts a fault, or refuses the file for it. */
  fault(fault: Fault, place: number, unit: string, message: string): void {
    const where = `${unit} ${grouped(place)}`;
    if (this.#options.faults !== 'skip') {
      throw new InputError(
        `${this.#options.name} ${where} ${message}; correct the file, or leave such out with --faults skip` +
          (fault === 'spaces' ? ', or take them as words with --keep-spaces' : ''),
      );
    }
    const known = this.#skipped.get(fault) ?? { count: 0, examples: [] };
    known.count++;
    if (known.examples.length < EXAMPLES) known.examples.push(`${where} ${message}`);
    this.#skipped.set(fault, known);
  }

  /** @throws InputError when there is no word */
  finish(announced?: number): WordVectors {
    const { dimensions } = this;
    const rows = this.#words.length;
    if (rows === 0) {
      const { name } = this.#options;
      const left = [...this.#skipped].map(([fault, { count }]) => `${count} ${FAULTS[fault]}`);
      throw new InputError(
        `${name} holds no word${left.length > 0 ? ` that can be taken (left out: ${left.join(', ')})` : ''}; expected one a line, with its values`,
      );
    }
    const vectors = matrix(rows, dimensions);
    const perBlock = this.#rowsPerBlock * dimensions;
    for (let at = 0; at * perBlock < vectors.data.length; at++) {
      const left = vectors.data.length - at * perBlock;
      vectors.data.set(this.#blocks[at].subarray(0, Math.min(perBlock, left)), at * perBlock);
      // Freed as it is copied, so that the vectors are not held twice.
      this.#blocks[at] = new Float32Array(0);
    }
    return {
      words: this.#words,
      vectors,
      skipped: [...this.#skipped].map(([fault, known]) => ({ fault, ...known })),
      ...(announced !== undefined && { announced }),
    };
  }
}
