import { describe, expect, it } from 'vitest';
import { finalMetrics, mostCounted } from '../../../src/lib/ui/run/summary.ts';
import { dataInWords, polarityInWords } from '../../../src/lib/ui/run/words.ts';

const dataset = { name: '', release: '', url: '', sha256: '', licence: '', citation: '' };

describe('runs of words in words', () => {
  it('says how many reviews were read for what', () => {
    const counts = { train: 25_000, test: 25_000, unlabelled: 50_000 };
    expect(dataInWords({ ...dataset, counts })).toBe(
      '25,000 for training, 25,000 for testing, 50,000 unlabelled',
    );
    expect(dataInWords({ ...dataset, counts: { test: 3, words: 1000 } })).toBe(
      '3 test, 1,000 words',
    );
    const ratings = { ratings: 100, users: 1, movies: 20 };
    expect(dataInWords({ ...dataset, counts: ratings })).toBe('100 ratings by 1 user of 20 movies');
  });

  it('names figures and what they are measured against', () => {
    const values = {
      ...{ accuracy: 0.92, logLoss: 0.2, vectorsAccuracy: 0.88, gradientNorm: 3 },
      ...{ baselineMajorityAccuracy: 0.5, baselineNaiveBayesAccuracy: 0.83 },
    };
    const metrics = finalMetrics({ metrics: { split: '', values } });
    expect(metrics.map(({ label }) => label)).toEqual([
      ...['accuracy', 'accuracy of the vectors alone', 'log loss', 'gradient norm'],
    ]);
    expect(metrics[0].baselines).toEqual([
      { label: 'more frequent label alone', value: 0.5 },
      { label: 'naive Bayes classifier on single words', value: 0.83 },
    ]);
    expect(metrics[1].baselines).toEqual([]);
  });

  it('movies are rated, words are frequent', () => {
    expect(mostCounted('movies')).toBe('most rated');
    expect(mostCounted('words')).toBe('most frequent');
  });

  it('says what a polarity means', () => {
    // e^1.64 = 5.155
    expect(polarityInWords(-1.64)).toBe('5.16 times as common in negative reviews');
    expect(polarityInWords(Math.log(2))).toBe('2.00 times as common in positive reviews');
    expect(polarityInWords(0)).toBe('as common in negative reviews as in positive ones');
  });
});
