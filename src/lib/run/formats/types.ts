import type { Matrix } from '../../math/matrix.ts';

/** What can be wrong with a word or its vector, each in a way that leaving it out repairs. */
export type Fault = 'spaces' | 'duplicate' | 'values' | 'number' | 'no word' | 'not UTF-8' | 'cut';

export const FAULTS: Readonly<Record<Fault, string>> = {
  spaces: 'words with spaces',
  duplicate: 'words that came before',
  values: 'lines with a wrong number of values',
  number: 'values that are no finite numbers',
  'no word': 'lines without a word',
  'not UTF-8': 'words that are not UTF-8',
  cut: 'cut last lines',
};

export interface VectorOptions {
  /** The file's name, for messages. */
  name: string;
  /** How many words are read, from the first; all by default. */
  words?: number;
  /** Numbers per word; by default what the header or the first line says. */
  dimensions?: number;
  /** What happens to a faulty word: the file is refused (the default), or the word is left out and counted. */
  faults?: 'refuse' | 'skip';
  /** Whether a word may hold spaces; otherwise that is a fault. */
  keepSpaces?: boolean;
}

/** Words with their vectors, in the order of the file. */
export interface WordVectors {
  words: string[];
  /** words × dimensions */
  vectors: Matrix;
  /** What was left out: how many of each fault, and where the first few were. */
  skipped: { fault: Fault; count: number; examples: string[] }[];
  /** The number of words that the file's header gives, where it has one. */
  announced?: number;
}

/** Reads one layout from pieces of a file. */
export interface VectorReader {
  /** False when it has all that was asked for. @throws InputError when the file is refused */
  push(bytes: Uint8Array): boolean;
  /** After the last piece. `complete` is false when reading ended before the file did. */
  end(complete: boolean): WordVectors;
}
