import { InputError } from '../../errors.ts';
import { matrix, type Matrix } from '../../math/matrix.ts';
import type { Items } from '../../run/types.ts';
import type { Corpus } from './types.ts';

/**
 * The items of a run: the most frequent words of the training reviews with their counts, vectors and `polarity`.
 *
 * @param vectors one row per word of the vocabulary, or of its most frequent words
 * @param rows how many words at most
 */
export function wordItems({ train, vocabulary }: Corpus, vectors: Matrix, rows: number): Items {
  if (vectors.rows > vocabulary.words.length) {
    throw new RangeError(
      `there are ${vectors.rows} vectors for ${vocabulary.words.length} words of the vocabulary`,
    );
  }
  const n = Math.min(rows, vectors.rows);
  if (n === 0) throw new InputError('the training reviews hold no words');
  const kept = matrix(n, vectors.columns);
  kept.data.set(vectors.data.subarray(0, n * vectors.columns));
  const labels = vocabulary.words.slice(0, n);
  return {
    ids: labels,
    labels,
    counts: vocabulary.counts.slice(0, n),
    columns: {
      polarity: {
        kind: 'number',
        storage: 'float32',
        values: Float64Array.from(polarity(train, n), Math.fround),
      },
    },
    vectors: kept,
  };
}

/**
 * Log odds of each word between positive and negative reviews: ln((p + 1) / (P + 2)) − ln((n + 1) / (N + 2)), where p
 * of P positive and n of N negative reviews hold the word. The ones are Laplace's prior: a review of each kind with
 * the word, and one without.
 */
export function polarity(reviews: Corpus['train'], words: number): Float64Array {
  const { starts, labels } = reviews;
  const holding = [new Float64Array(words), new Float64Array(words)];
  const of = [0, 0];
  labels.forEach((label, i) => {
    of[label]++;
    for (const word of new Set(reviews.words.subarray(starts[i], starts[i + 1]))) {
      if (word < words) holding[label][word]++;
    }
  });
  const [negative, positive] = holding;
  return positive.map(
    (p, word) => Math.log((p + 1) / (of[1] + 2)) - Math.log((negative[word] + 1) / (of[0] + 2)),
  );
}
