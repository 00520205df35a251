import { random } from '../../../../src/lib/math/random.ts';
import type { Corpus, TokenisedReviews } from '../../../../src/lib/train/imdb/types.ts';

/** Reviews from the words of each, as rows of the vocabulary. */
export function reviews(texts: number[][], labels: number[]): TokenisedReviews {
  let end = 0;
  return {
    words: Uint32Array.from(texts.flat()),
    starts: Uint32Array.from([0, ...texts.map(({ length }) => (end += length))]),
    labels: Uint8Array.from(labels),
  };
}

const GOOD = 0;
const BAD = 1;
const NOT = 2;

/**
 * Reviews of `words` different words whose label no single word tells: good, bad, not good or not bad at a random place
 * in noise, 6 to 12 words long.
 */
export function planted(count: number, words: number, seed: number): TokenisedReviews {
  const { integer } = random(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  return reviews(
    labels.map((label) => {
      const noise = () => 3 + integer(words - 3);
      const turned = integer(2) === 1;
      const text = Array.from({ length: 6 + integer(7) }, noise);
      const place = 1 + integer(text.length - 1);
      text[place] = (label === 1) !== turned ? GOOD : BAD;
      text[place - 1] = turned ? NOT : noise();
      return text;
    }),
    labels,
  );
}

export function plantedCorpus(train: number, test: number, words = 12): Corpus {
  return {
    train: planted(train, words, 1),
    test: planted(test, words, 2),
    vocabulary: {
      words: Array.from({ length: words }, (_, i) => `word${i}`),
      counts: Uint32Array.from({ length: words }, (_, i) => 1000 - i),
    },
  };
}
