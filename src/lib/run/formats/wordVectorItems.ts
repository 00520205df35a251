import { sortByCount } from '../items.ts';
import type { Items } from '../types.ts';
import type { WordVectors } from './types.ts';

/**
 * The items of a run: the words with their vectors, their `rank` in the file (from 1), and their counts where these
 * are known. Vectors alone do not tell how often a word occurs: all counts are 0 then, and the rows keep the file's
 * order, which for GloVe and word2vec is by frequency.
 */
export function wordVectorItems(
  { words, vectors }: WordVectors,
  counts?: ReadonlyMap<string, number>,
): { items: Items; withoutCount: number } {
  const items: Items = {
    ids: words,
    labels: words,
    counts: Uint32Array.from(words, (word) => counts?.get(word) ?? 0),
    columns: {
      rank: {
        kind: 'number',
        storage: 'uint32',
        values: Float64Array.from(words, (_, row) => row + 1),
      },
    },
    vectors,
  };
  const withoutCount = counts ? words.filter((word) => !counts.has(word)).length : 0;
  return { items: counts ? sortByCount(items) : items, withoutCount };
}
