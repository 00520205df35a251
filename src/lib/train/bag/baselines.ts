import type { Corpus } from '../imdb/types.ts';
import { NgramIndex } from './ngrams.ts';
import { logCountRatios, naiveBayesAccuracy } from './ratios.ts';

/** Accuracies on the test reviews that a model must beat: of the more frequent label, and of naive Bayes on single words. */
export function baselines({ train, test, vocabulary }: Corpus): Record<string, number> {
  const words = vocabulary.words.length;
  const singles = new NgramIndex(words, 1);
  const known = singles.features(train, true);
  const ratios = logCountRatios(known, train.labels, words, 1);
  const held = singles.features(test, false);
  const positive = share(train.labels, 1) >= 0.5 ? 1 : 0;
  return {
    baselineMajorityAccuracy: share(test.labels, positive),
    baselineNaiveBayesAccuracy: naiveBayesAccuracy(ratios, train.labels, held, test.labels),
  };
}

function share(labels: Uint8Array, label: number): number {
  return labels.reduce((sum, held) => sum + (held === label ? 1 : 0), 0) / labels.length;
}
