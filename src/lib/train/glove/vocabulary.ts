import { InputError } from '../../errors.ts';
import { grouped } from '../movielens/records.ts';

/** The words of a corpus that stand in it often enough, the most frequent first. */
export interface Vocabulary {
  words: string[];
  /** Occurrences in the corpus. */
  counts: Uint32Array;
}

/** The row of a word that the vocabulary does not have. */
export const ABSENT = 0xffffffff;

/**
 * The vocabulary of all words that stand `minimumCount` times or more, ordered by count, descending, and ties as the C
 * program of GloVe's authors orders them.
 *
 * @returns the vocabulary, and for each of `words` its row in it or `ABSENT`
 */
export function rankWords(
  words: string[],
  counts: ArrayLike<number>,
  minimumCount: number,
): { vocabulary: Vocabulary; rows: Uint32Array } {
  const order: number[] = [];
  for (let id = 0; id < words.length; id++) if (counts[id] >= minimumCount) order.push(id);
  order.sort((a, b) => counts[b] - counts[a] || compareBytes(words[a], words[b]));
  const rows = new Uint32Array(words.length).fill(ABSENT);
  order.forEach((id, row) => (rows[id] = row));
  return {
    vocabulary: {
      words: order.map((id) => words[id]),
      counts: Uint32Array.from(order, (id) => counts[id]),
    },
    rows,
  };
}

/**
 * Makes sure that there are words to learn.
 *
 * @param all every word of the corpus
 * @param name of the corpus, for messages
 * @throws InputError when fewer than two words are in the vocabulary
 */
export function checkVocabulary(
  { words }: Vocabulary,
  all: { words: string[]; counts: ArrayLike<number> },
  minimumCount: number,
  name: string,
): void {
  if (words.length > 1) return;
  if (all.words.length === 1) {
    throw new InputError(
      `${name} holds a single word, "${all.words[0]}" (expected words that stand beside others)`,
    );
  }
  const times = `${grouped(minimumCount)} times or more`;
  if (words.length === 1) {
    throw new InputError(
      `${name}: "${words[0]}" alone stands ${times} (expected at least two such words); lower --minimum-count`,
    );
  }
  const first = rankWords(all.words, all.counts, 1).vocabulary;
  throw new InputError(
    `${name}: no word stands ${times} (the most frequent, "${first.words[0]}", stands ${grouped(first.counts[0])} times); lower --minimum-count`,
  );
}

/**
 * Orders words by their bytes in UTF-8, as signed numbers, which is what comparing `char` does where the C program is
 * commonly built: letters beyond ASCII come first, before the end of a word.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let k = 0;
  while (k < length && a.charCodeAt(k) === b.charCodeAt(k)) k++;
  // The second half of a pair of surrogates says nothing without the first.
  if (k > 0 && (isTrail(a, k) || isTrail(b, k))) k--;
  return signedOrder(a, k) - signedOrder(b, k);
}

function isTrail(word: string, k: number): boolean {
  return (word.charCodeAt(k) & 0xfc00) === 0xdc00;
}

/** A number that orders characters as their bytes: beyond ASCII below 0, the end 0, ASCII above. */
function signedOrder(word: string, k: number): number {
  const point = word.codePointAt(k) ?? 0;
  return point < 0x80 ? point : point - 0x110000;
}
