import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { bag } from '../../../../src/lib/train/bag/bag.ts';
import { logCountRatios, naiveBayesAccuracy } from '../../../../src/lib/train/bag/ratios.ts';
import { polarity, wordItems } from '../../../../src/lib/train/imdb/items.ts';
import type { Corpus, TokenisedReviews } from '../../../../src/lib/train/imdb/types.ts';
import { Stopped, type Hyperparameters } from '../../../../src/lib/train/types.ts';

function reviews(texts: number[][], labels: number[]): TokenisedReviews {
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
const WORDS = 12;

/** Reviews of noise and of one judgement, good, bad, not good or not bad: no single word tells the label. */
function planted(count: number, seed: number): TokenisedReviews {
  const { integer } = random(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  return reviews(
    labels.map((label) => {
      const noise = () => 3 + integer(WORDS - 3);
      const turned = integer(2) === 1;
      const word = (label === 1) !== turned ? GOOD : BAD;
      return [noise(), noise(), ...(turned ? [NOT, word] : [noise(), word]), noise()];
    }),
    labels,
  );
}

const corpus: Corpus = {
  train: planted(400, 1),
  test: planted(200, 2),
  vocabulary: {
    words: Array.from({ length: WORDS }, (_, i) => `word${i}`),
    counts: Uint32Array.from({ length: WORDS }, (_, i) => 100 - i),
  },
};

async function train(given: Hyperparameters, seed = 1, data = corpus) {
  const trainer = await bag.create(data, bag.parse({ dimensions: 4, ...given }), seed);
  const curves = [];
  for (;;) {
    const epoch = await trainer.epoch({});
    if (epoch === undefined) break;
    curves.push(epoch);
  }
  return { curves, learnt: await trainer.learnt() };
}

describe('bag', () => {
  it('learns from pairs of words what no single word tells', async () => {
    const single = await train({ ngrams: 1 });
    const pairs = await train({ ngrams: 2 });
    expect(single.learnt.metrics.accuracy).toBeLessThan(0.65);
    expect(single.learnt.metrics.baselineNaiveBayesAccuracy).toBeLessThan(0.65);
    expect(pairs.learnt.metrics.accuracy).toBeGreaterThan(0.95);
    const { curves } = pairs;
    expect(curves.length).toBe(10);
    expect(curves.at(-1)!.trainLoss).toBeLessThan(curves[0].trainLoss / 2);
    expect(curves.at(-1)!.metrics!.accuracy).toBe(pairs.learnt.metrics.accuracy);
    expect(curves.at(-1)!.validationLoss).toBe(pairs.learnt.metrics.logLoss);
    expect(curves.map(({ learningRate }) => learningRate)).toEqual(
      curves.map((_, i) => 5 * (1 - i / 10)),
    );
  });

  it('gives words vectors that judge, and that put words of one subject together', async () => {
    // Words 0 to 3 and 4 to 7 are two subjects; 8 praises and 9 blames.
    const { integer } = random(3);
    const draw = (count: number) => {
      const labels = Array.from({ length: count }, (_, i) => i % 2);
      return reviews(
        labels.map((label) => {
          const subject = 4 * integer(2);
          const about = () => subject + integer(4);
          return [about(), about(), about(), about(), label === 1 ? 8 : 9];
        }),
        labels,
      );
    };
    const words = Array.from({ length: 10 }, (_, i) => `${i}`);
    const vocabulary = { words, counts: new Uint32Array(10).fill(1) };
    const data = { train: draw(1000), test: draw(200), vocabulary };
    const { learnt } = await train(
      { dimensions: 8, targets: 8, dropout: 0.2, epochs: 20 },
      1,
      data,
    );
    expect(learnt.metrics.vectorsAccuracy).toBe(1);
    const { data: vectors, columns } = learnt.itemFactors;
    const row = (i: number) => vectors.subarray(i * columns, (i + 1) * columns);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, j) => sum + x * b[j], 0);
    const cosine = (i: number, j: number) =>
      dot(row(i), row(j)) / Math.sqrt(dot(row(i), row(i)) * dot(row(j), row(j)));
    let within = 0;
    let across = 0;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < i; j++) within += cosine(i, j) / 6;
      for (let j = 4; j < 8; j++) across += cosine(i, j) / 16;
    }
    expect(within).toBeGreaterThan(across + 0.3);
  });

  it('repeats to the bit with a seed, and differs with another', async () => {
    const [a, b, c] = [await train({}, 5), await train({}, 5), await train({}, 6)];
    expect(b).toEqual(a);
    expect(c.learnt.itemFactors.data).not.toEqual(a.learnt.itemFactors.data);
  });

  it('learns nothing from the test reviews', async () => {
    const a = await train({});
    const b = await train({}, 1, { ...corpus, test: planted(60, 9) });
    expect(b.learnt.itemFactors).toEqual(a.learnt.itemFactors);
    expect(b.curves.map(({ trainLoss }) => trainLoss)).toEqual(
      a.curves.map(({ trainLoss }) => trainLoss),
    );
  });

  it('measures a test review without any known word by the classes alone', async () => {
    const test = reviews([[], [GOOD]], [1, 1]);
    const { learnt } = await train({}, 1, { ...corpus, test });
    expect(learnt.metrics.logLoss).toBeGreaterThan(0);
    expect(Object.values(learnt.metrics).every(Number.isFinite)).toBe(true);
  });

  it('stops when asked to', async () => {
    const trainer = await bag.create(corpus, bag.defaults, 1);
    await expect(trainer.epoch({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Stopped);
  });

  it.each([
    [{ epochs: 0 }, 'bag: epochs is 0 (expected a whole number from 1)'],
    [{ dropout: 1 }, 'bag: dropout is 1 (expected a number from 0 to 0.99)'],
    [{ ngrams: 2.5 }, 'bag: ngrams is 2.5 (expected a whole number from 1 to 5)'],
    [{ smoothing: 0 }, 'bag: smoothing is 0 (expected a number above 0)'],
    [{ factors: 3 }, /^bag has no hyperparameter "factors" \(it has: ngrams, /],
  ])('refuses %j', (given, message) => {
    expect(() => bag.parse(given)).toThrow(InputError);
    expect(() => bag.parse(given)).toThrow(message);
  });
});

describe('ratios', () => {
  // Two positive reviews {0, 1}, {0} and one negative {1, 2}: p = 2, 1, 0, n = 0, 1, 1; with α = 1 the sums are 6 and 5.
  const features = { ids: Uint32Array.of(0, 1, 0, 1, 2), starts: Uint32Array.of(0, 2, 3, 5) };
  const labels = Uint8Array.of(1, 1, 0);

  it('are those of the paper', () => {
    const expected = [3 / 6 / (1 / 5), 2 / 6 / (2 / 5), 1 / 6 / (2 / 5)].map(Math.log);
    logCountRatios(features, labels, 3, 1).forEach((ratio, f) =>
      expect(ratio).toBeCloseTo(expected[f], 6),
    );
    expect([...logCountRatios(features, labels, 3, 1, 2)].map((ratio) => ratio === 0)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('judge by their sum and the classes', () => {
    const ratios = Float32Array.of(1, -1);
    const test = { ids: Uint32Array.of(0, 1), starts: Uint32Array.of(0, 1, 2, 2) };
    // ln(2 / 1) decides for the empty one, and does not outweigh a ratio of −1.
    expect(naiveBayesAccuracy(ratios, labels, test, Uint8Array.of(1, 0, 1))).toBe(1);
    expect(naiveBayesAccuracy(ratios, labels, test, Uint8Array.of(1, 1, 0))).toBeCloseTo(1 / 3);
  });
});

describe('wordItems', () => {
  it('has polarity by the reviews that hold a word, counted once each', () => {
    const train = reviews([[0, 0, 1], [0], [1], [2]], [1, 1, 0, 0]);
    const found = polarity(train, 3);
    const expected = [Math.log(3 / 1), 0, Math.log(1 / 2)];
    found.forEach((value, word) => expect(value).toBeCloseTo(expected[word], 12));
  });

  it('keeps the most frequent words', async () => {
    const { learnt } = await train({});
    const items = wordItems(corpus, learnt.itemFactors, 3);
    expect(items.labels).toEqual(['word0', 'word1', 'word2']);
    expect([...items.counts]).toEqual([100, 99, 98]);
    expect([...items.vectors.data]).toEqual([...learnt.itemFactors.data.subarray(0, 12)]);
    expect(wordItems(corpus, learnt.itemFactors, 100).ids.length).toBe(WORDS);
  });
});
