import { grouped, InputError } from '../../errors.ts';
import type { VectorOptions, VectorReader, WordVectors } from './types.ts';
import { VectorRows } from './vectorRows.ts';

const NEWLINE = 10;
const SPACE = 32;
const LONGEST_WORD = 1 << 16;

/**
 * Reads word2vec's binary layout: a line with the numbers of words and of dimensions, then each word, a space, and its
 * values as 32-bit floats, lowest byte first. A line end after the values, which the C program writes, is passed over.
 */
export class Word2vecBinary implements VectorReader {
  readonly #options: VectorOptions;
  readonly #decoder = new TextDecoder();
  #rows: VectorRows | undefined;
  #announced = 0;
  #taken = 0;
  #held = new Uint8Array(0);

  constructor(options: VectorOptions) {
    this.#options = options;
  }

  push(bytes: Uint8Array): boolean {
    const all = new Uint8Array(this.#held.length + bytes.length);
    all.set(this.#held);
    all.set(bytes, this.#held.length);
    let at = this.#rows ? 0 : this.#takeHeader(all);
    const rows = this.#rows;
    if (!rows) {
      this.#held = all;
      return true;
    }
    while (this.#taken < this.#announced && !rows.isFull) {
      const next = this.#takeWord(rows, all, at);
      if (next < 0) break;
      at = next;
    }
    this.#held = all.slice(at);
    return this.#taken < this.#announced && !rows.isFull;
  }

  end(complete: boolean): WordVectors {
    const { name, faults } = this.#options;
    if (!this.#rows) throw new InputError(`${name} ${NO_HEADER}`);
    if (complete && !this.#rows.isFull && this.#taken < this.#announced) {
      const message = `${name} ends after ${grouped(this.#taken)} of the ${grouped(this.#announced)} words that its first line announces: it is cut`;
      if (faults !== 'skip') {
        throw new InputError(`${message}; get it again, or take what is there with --faults skip`);
      }
      if (this.#held.length > 0) {
        this.#rows.fault('cut', this.#taken + 1, 'word', 'is the last and is cut');
      }
    }
    return this.#rows.finish(this.#announced);
  }

  /** Where the words begin; 0 while the header is not complete. */
  #takeHeader(bytes: Uint8Array): number {
    const { name, dimensions: asked } = this.#options;
    const end = bytes.indexOf(NEWLINE);
    if (end < 0 && bytes.length <= 64) return 0;
    const match = /^(\d+)[ \t]+(\d+)\s*$/.exec(
      this.#decoder.decode(bytes.subarray(0, Math.max(0, Math.min(end, 64)))),
    );
    if (!match || Number(match[2]) < 1) throw new InputError(`${name} ${NO_HEADER}`);
    const dimensions = Number(match[2]);
    if (dimensions > LONGEST_WORD) {
      throw new InputError(
        `${name} says that vectors have ${grouped(dimensions)} dimensions (expected at most ${grouped(LONGEST_WORD)}); is it word2vec's binary format?`,
      );
    }
    if (asked !== undefined && asked !== dimensions) {
      throw new InputError(
        `${name} says that vectors have ${grouped(dimensions)} dimensions, not the ${grouped(asked)} of --dimensions; leave the option out`,
      );
    }
    this.#announced = Number(match[1]);
    this.#rows = new VectorRows(dimensions, this.#options);
    return end + 1;
  }

  /** Where the next word begins; -1 while this one is not complete. */
  #takeWord(rows: VectorRows, bytes: Uint8Array, from: number): number {
    let start = from;
    while (bytes[start] === NEWLINE) start++;
    const end = bytes.indexOf(SPACE, start);
    const length = (end < 0 ? bytes.length : end) - start;
    if (length > LONGEST_WORD) {
      throw new InputError(
        `${this.#options.name} word ${grouped(this.#taken + 1)} has no end within 64 kB; is it word2vec's binary format?`,
      );
    }
    const next = end + 1 + 4 * rows.dimensions;
    if (end < 0 || next > bytes.length) return -1;
    this.#taken++;
    const { block, offset } = rows.next();
    new Uint8Array(block.buffer, block.byteOffset + 4 * offset, 4 * rows.dimensions).set(
      bytes.subarray(end + 1, next),
    );
    const wrong = block
      .subarray(offset, offset + rows.dimensions)
      .findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const message = `has ${block[offset + wrong]} as value ${grouped(wrong + 1)} (expected a finite number)`;
      rows.fault('number', this.#taken, 'word', message);
    } else {
      rows.add(this.#decoder.decode(bytes.subarray(start, end)), this.#taken, 'word');
    }
    return next;
  }
}

const NO_HEADER =
  'does not start with the numbers of words and of dimensions (expected a first line such as "3000000 300", as word2vec writes it)';
