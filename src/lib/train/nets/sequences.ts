import type { TokenisedReviews } from '../imdb/types.ts';

/** Stands for no word. */
export const PADDING = 0;

/** Reviews as rows of equally many words, as Keras numbers them. */
export interface Sequences {
  /** reviews × length, row-major */
  ids: Uint16Array | Uint32Array;
  length: number;
  labels: Uint8Array;
}

/**
 * Reviews cut to their last `length` words, shorter ones padded in front with 0. The most frequent word is 1; the last
 * of the `vocabulary` numbers stands for its own word and all rarer ones.
 *
 * @param vocabulary numbers, 0 among them; at least 2
 */
export function sequences(
  { words, starts, labels }: TokenisedReviews,
  length: number,
  vocabulary: number,
): Sequences {
  const size = labels.length * length;
  const ids = vocabulary <= 2 ** 16 ? new Uint16Array(size) : new Uint32Array(size);
  const last = vocabulary - 1;
  labels.forEach((_, review) => {
    const end = starts[review + 1];
    const from = Math.max(starts[review], end - length);
    let to = (review + 1) * length - (end - from);
    for (let k = from; k < end; k++) ids[to++] = Math.min(words[k] + 1, last);
  });
  return { ids, length, labels };
}
