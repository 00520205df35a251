import { InputError } from '../../errors.ts';
import { TextVectors } from './textVectors.ts';
import type { VectorOptions, VectorReader, WordVectors } from './types.ts';
import { Word2vecBinary } from './word2vecBinary.ts';

export const WORD_FORMATS = ['auto', 'glove', 'word2vec', 'word2vec-binary'] as const;
export type WordFormat = (typeof WORD_FORMATS)[number];

/** Enough to see the first line and what follows it. */
const SAMPLE = 4096;

/**
 * Words with their vectors, from the pieces of a file in one of the layouts that word vectors are published in.
 *
 * @throws InputError naming the line (in a binary file the word) that is wrong
 */
export async function readWordVectors(
  pieces: AsyncIterable<Uint8Array>,
  format: WordFormat,
  options: VectorOptions,
): Promise<WordVectors> {
  let reader: VectorReader | undefined;
  let sample = new Uint8Array(0);
  let complete = true;
  const open = () => {
    if (sample.length === 0)
      throw new InputError(`${options.name} is empty (expected words with their vectors)`);
    reader = readerOf(format === 'auto' ? recognise(sample) : format, options);
    return reader.push(sample);
  };
  for await (const piece of pieces) {
    if (reader) complete = !reader.push(piece) ? false : complete;
    else {
      sample = joined(sample, piece);
      if (sample.length >= SAMPLE) complete = open();
    }
    if (!complete) break;
  }
  if (!reader) complete = open();
  return reader!.end(complete);
}

function readerOf(format: WordFormat, options: VectorOptions): VectorReader {
  switch (format) {
    case 'glove':
      return new TextVectors(options, false);
    case 'word2vec':
      return new TextVectors(options, true);
    case 'word2vec-binary':
      return new Word2vecBinary(options);
    default:
      return new TextVectors(options);
  }
}

/** Two numbers alone in the first line are word2vec's; then its values are text, or they are not. */
function recognise(start: Uint8Array): WordFormat {
  const text = String.fromCharCode(...start.subarray(0, SAMPLE));
  const header = /^\d+[ \t]+\d+[ \t\r]*\n/.exec(text);
  if (!header) return 'auto';
  const space = text.indexOf(' ', header[0].length);
  const values = space < 0 ? '' : text.slice(space + 1, space + 33);
  return /^[-+.\deE \t\r\n]*/.exec(values)![0].length >= Math.min(values.length, 4)
    ? 'word2vec'
    : 'word2vec-binary';
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
