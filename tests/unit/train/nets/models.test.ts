import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { matrix } from '../../../../src/lib/math/matrix.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { parseManifest } from '../../../../src/lib/run/manifest.ts';
import type { Run } from '../../../../src/lib/run/types.ts';
import { wordItems } from '../../../../src/lib/train/imdb/items.ts';
import type { Corpus } from '../../../../src/lib/train/imdb/types.ts';
import {
  conv,
  convMulti,
  convPretrained,
  dense,
  lstm,
} from '../../../../src/lib/train/nets/models.ts';
import { pretrained } from '../../../../src/lib/train/nets/pretrained.ts';
import { PADDING, sequences } from '../../../../src/lib/train/nets/sequences.ts';
import { Stopped, type Hyperparameters } from '../../../../src/lib/train/types.ts';
import { planted, plantedCorpus, reviews } from './reviews.ts';

const NETS = { dense, conv, 'conv-pretrained': convPretrained, 'conv-multi': convMulti, lstm };
type Name = keyof typeof NETS;

/** Small enough to train in a second. */
const SMALL: Record<Name, Hyperparameters> = {
  dense: { hidden: 8 },
  conv: { filters: 8, hidden: 8 },
  'conv-pretrained': { filters: 8, hidden: 8 },
  'conv-multi': { filters: 8, hidden: 8 },
  lstm: { units: 12 },
};

/** Few units stand little dropout. */
const LIGHT = { dropout: 0.1, wordDropout: 0, embeddingDropout: 0 };

/** A run of one vector for each word named. */
function runOf(words: string[], dimensions: number, kind = 'words'): Run {
  const { normal } = random(9);
  const vectors = matrix(words.length, dimensions);
  vectors.data.forEach((_, i) => (vectors.data[i] = normal()));
  const manifest = parseManifest(
    {
      schemaVersion: 1,
      id: 'theirs',
      kind,
      dimensions,
      count: words.length,
      dataset: { name: 'none' },
      model: { name: 'none', seed: 1 },
      training: { backend: 'none', seconds: 0 },
    },
    'run.json',
  );
  const counts = new Uint32Array(words.length);
  return { manifest, items: { ids: words, labels: words, counts, columns: {}, vectors }, maps: [] };
}

const corpus = plantedCorpus(600, 200);
const large = plantedCorpus(1500, 200);

async function train(
  name: Name,
  given: Hyperparameters = {},
  { seed = 1, data = corpus, run }: { seed?: number; data?: Corpus; run?: Run } = {},
) {
  const model = NETS[name];
  const vectors = run ?? (model.vectors === 'required' ? runOf(data.vocabulary.words, 8) : run);
  const all = { sequence: 12, dimensions: 8, batch: 32, ...SMALL[name], ...given };
  const trainer = await model.create(data, model.parse(all), seed, vectors);
  const curves = [];
  for (;;) {
    const epoch = await trainer.epoch({});
    if (epoch === undefined) break;
    curves.push(epoch);
  }
  return { trainer, curves, learnt: await trainer.learnt() };
}

describe('the nets', () => {
  it.each<[Name, Hyperparameters]>([
    ['conv', { epochs: 8, learningRate: 0.01, ...LIGHT }],
    ['conv', { epochs: 12, learningRate: 0.01, batchNorm: true, ...LIGHT }],
    ['conv-pretrained', { learningRate: 0.01, batch: 4, ...LIGHT }],
    ['conv-multi', { learningRate: 0.01, batch: 4, ...LIGHT, mergedDropout: 0.1 }],
    ['lstm', { epochs: 10, learningRate: 0.01 }],
  ])('learn from the order of words what no single word tells: %s %o', async (name, given) => {
    const run = name === 'conv-multi' ? runOf(large.vocabulary.words, 8) : undefined;
    const { curves, learnt, trainer } = await train(name, given, { data: large, run });
    expect(learnt.metrics.baselineNaiveBayesAccuracy).toBeLessThan(0.65);
    expect(learnt.metrics.accuracy).toBeGreaterThan(0.93);
    expect(curves.at(-1)!.trainLoss).toBeLessThan(curves[0].trainLoss / 1.3);
    expect(curves.at(-1)!.metrics!.accuracy).toBe(learnt.metrics.accuracy);
    expect(curves.at(-1)!.validationLoss).toBe(learnt.metrics.logLoss);
    expect(trainer.backend).toBe('kernel');
  });

  it('dense learns which words praise where', async () => {
    const { integer } = random(3);
    const draw = (count: number) => {
      const labels = Array.from({ length: count }, (_, i) => i % 2);
      return reviews(
        labels.map((label) => Array.from({ length: 12 }, () => 2 * integer(6) + label)),
        labels,
      );
    };
    const data = { ...corpus, train: draw(400), test: draw(100) };
    const { learnt } = await train('dense', { epochs: 5 }, { data });
    expect(learnt.metrics.accuracy).toBe(1);
  });

  it.each(Object.keys(NETS) as Name[])(
    'repeat to the bit with a seed, and differ with another: %s',
    async (name) => {
      const data = plantedCorpus(70, 40);
      const runs = [];
      for (const seed of [5, 5, 6]) runs.push(await train(name, { epochs: 1 }, { seed, data }));
      const [a, b, c] = runs;
      expect(b.curves).toEqual(a.curves);
      expect(b.learnt).toEqual(a.learnt);
      expect(c.curves[0].trainLoss).not.toBe(a.curves[0].trainLoss);
    },
  );

  it('learn nothing from the test reviews', async () => {
    const data = plantedCorpus(70, 40);
    const a = await train('conv', {}, { data });
    const b = await train('conv', {}, { data: { ...data, test: planted(90, 12, 8) } });
    expect(b.learnt.itemFactors).toEqual(a.learnt.itemFactors);
    expect(b.curves.map(({ trainLoss }) => trainLoss)).toEqual(
      a.curves.map(({ trainLoss }) => trainLoss),
    );
  });

  it.each(Object.keys(NETS) as Name[])('stop in the middle of an epoch: %s', async (name) => {
    const run = runOf(corpus.vocabulary.words, 8);
    const all = NETS[name].parse({ sequence: 12, batch: 32, ...SMALL[name] });
    const trainer = await NETS[name].create(corpus, all, 1, run);
    const signal = { aborted: false };
    const seen: number[] = [];
    const epoch = trainer.epoch({
      signal,
      onProgress(done) {
        seen.push(done);
        if (done >= 96) signal.aborted = true;
      },
    });
    await expect(epoch).rejects.toThrow(Stopped);
    expect(seen).toEqual([32, 64, 96]);
  });

  it('have the layers and the sizes that the lesson prints', async () => {
    const words = 5_000;
    const data = plantedCorpus(2, 2, words);
    const run = runOf(data.vocabulary.words, 50);
    const layers = async (name: Name, own: Hyperparameters = {}) => {
      const vectors = name === 'conv-pretrained' ? run : undefined;
      const trainer = await NETS[name].create(data, NETS[name].parse(own), 1, vectors);
      return trainer.layers!;
    };
    const total = (all: { parameters: number }[]) =>
      all.reduce((sum, { parameters }) => sum + parameters, 0);
    const first = await layers('dense');
    expect(total(first)).toBe(1_760_201);
    expect(first.map(({ kind, shape }) => [kind, shape])).toEqual([
      ['input', [null, 500]],
      ['embedding', [null, 500, 32]],
      ['flatten', [null, 16_000]],
      ['dense', [null, 100]],
      ['dropout', [null, 100]],
      ['dense', [null, 1]],
    ]);
    // 160,000 + (5·32 + 1)·64 + (250·64 + 1)·100 + 101
    const second = await layers('conv');
    expect(total(second)).toBe(160_000 + 10_304 + 1_600_100 + 101);
    const chain = second.map(({ name }) => name);
    expect(second.map(({ inputs }) => inputs)).toEqual([
      [],
      ...chain.slice(0, -1).map((name) => [name]),
    ]);
    expect(await layers('conv', { batchNorm: true })).toHaveLength(second.length + 2);
    const third = await layers('conv-pretrained', { schedule: 'as-written' });
    expect(third[1]).toMatchObject({
      shape: [null, 500, 50],
      settings: { pretrained: true },
      trainable: false,
    });
    const multi = await layers('conv-multi');
    const joined = multi.find(({ kind }) => kind === 'concatenate')!;
    expect(joined.inputs).toEqual(['max-pool-3', 'max-pool-4', 'max-pool-5']);
    expect(joined.shape).toEqual([null, 3 * 250 * 64]);
    const names = new Set(multi.map(({ name }) => name));
    expect(names.size).toBe(multi.length);
    expect(multi.flatMap(({ inputs }) => inputs).every((name) => names.has(name))).toBe(true);
    // 4·(32·100 + 100·100 + 100)
    expect((await layers('lstm'))[2].parameters).toBe(53_200);
  });

  it('keep vectors that are frozen, and tune them afterwards', async () => {
    const words = corpus.vocabulary.words;
    const run = runOf(words, 8);
    const asWritten = { schedule: 'as-written' };
    const vectorsAfter = async (epochs: number) =>
      (await train('conv-pretrained', { epochs, ...asWritten }, { run })).learnt.itemFactors.data;
    const start = run.items.vectors.data.map((value) => Math.fround(value / 3));
    expect(await vectorsAfter(2)).toEqual(start);
    const tuned = await vectorsAfter(3);
    expect(tuned).not.toEqual(start);
    const most = Math.max(...tuned.map((value, i) => Math.abs(value - start[i])));
    // Adam moves by no more than a few rates of 1e-4 times the 19 steps of the epoch.
    expect(most).toBeLessThan(19 * 5e-4);
    const rates = async (name: Name, given: Hyperparameters) =>
      (await train(name, given, { run })).curves.map(({ learningRate }) => learningRate);
    expect(await rates('conv-pretrained', asWritten)).toEqual([0.001, 0.001, 0.0001]);
    expect(await rates('conv-pretrained', { schedule: 'constant' })).toEqual([0.001, 0.001, 0.001]);
    const multi = await train('conv-multi');
    expect(multi.curves.map(({ learningRate }) => learningRate)).toEqual([
      0.001, 0.001, 0.00001, 0.00001,
    ]);
    expect(multi.trainer.layers![1].trainable).toBe(false);
  });

  it('give a vector to each word of their vocabulary, and the run holds those', async () => {
    const { learnt } = await train('dense', { vocabulary: 8 });
    expect([learnt.itemFactors.rows, learnt.itemFactors.columns]).toEqual([6, 8]);
    expect(wordItems(corpus, learnt.itemFactors, 5_000).ids).toEqual(
      corpus.vocabulary.words.slice(0, 6),
    );
    const whole = await train('dense', { vocabulary: 5_000 });
    expect(whole.learnt.itemFactors.rows).toBe(corpus.vocabulary.words.length);
  });

  it('take a corpus of one word, a review without words, a batch larger than the reviews', async () => {
    const one = reviews([[0, 0, 0], [], [0]], [1, 0, 1]);
    const vocabulary = { words: ['film'], counts: Uint32Array.of(4) };
    const data = { train: one, test: one, vocabulary };
    for (const name of Object.keys(NETS) as Name[]) {
      const { learnt } = await train(name, { batch: 64 }, { data });
      expect(learnt.itemFactors.rows).toBe(1);
      expect(learnt.metrics.logLoss).toBeLessThan(2);
    }
  });

  it.each<[Name, Hyperparameters, string]>([
    ['conv', { width: 9 }, 'conv: width is 9 (expected a whole number from 1 to 8)'],
    [
      'conv-multi',
      { widths: [3, 0] },
      'conv-multi: widths is 3,0 (expected whole numbers from 1 to 8, with commas)',
    ],
    ['lstm', { units: 6 }, 'lstm: units is 6 (expected a multiple of 4 from 4)'],
    ['dense', { dropout: 1 }, 'dense: dropout is 1 (expected a share from 0 and below 1)'],
    ['dense', { learningRate: 0 }, 'dense: learningRate is 0 (expected a number above 0)'],
    ['dense', { batchNorm: 1 }, 'dense: batchNorm is 1 (expected true or false)'],
    [
      'conv-multi',
      { schedule: 'mine' },
      'conv-multi: schedule is mine (expected as-written or constant)',
    ],
    ['lstm', { batchNorm: true }, 'lstm has no hyperparameter "batchNorm" (it has: sequence,'],
  ])('%s refuses %o', (name, given, message) => {
    expect(() => NETS[name].parse(given)).toThrow(message);
    expect(() => NETS[name].parse(given)).toThrow(InputError);
  });

  it('refuse what does not fit into memory, saying how much it would be', async () => {
    const huge = dense.parse({ sequence: 100_000, batch: 1_000 });
    await expect(dense.create(corpus, huge, 1)).rejects.toThrow(
      /the net needs \d+\.\d GiB of memory \(expected at most 4\): take a smaller batch/,
    );
  });

  it('refuse a corpus without words, and conv-pretrained to start without vectors', async () => {
    const empty = { ...corpus, vocabulary: { words: [], counts: new Uint32Array() } };
    await expect(conv.create(empty, conv.parse({}), 1)).rejects.toThrow(
      'conv: there are no words to learn from in the training reviews',
    );
    await expect(convPretrained.create(corpus, convPretrained.parse({}), 1)).rejects.toThrow(
      'conv-pretrained starts from the vectors of another run: name a run of words with --vectors',
    );
  });
});

describe('sequences', () => {
  it('keep the last words, pad in front, and number words as Keras does', () => {
    const { ids, length } = sequences(
      reviews([[0, 1, 2, 3, 4, 5], [7], []], [1, 0, 1]),
      4,
      // 0 for none, 1 to 3 for the three most frequent, 4 for the fourth and all rarer ones.
      5,
    );
    expect(length).toBe(4);
    expect([...ids]).toEqual([3, 4, 4, 4, PADDING, PADDING, PADDING, 4, 0, 0, 0, 0]);
  });

  it('number more words than sixteen bits hold', () => {
    const { ids } = sequences(reviews([[69_999]], [1]), 2, 100_000);
    expect([...ids]).toEqual([0, 70_000]);
  });
});

describe('pretrained', () => {
  it('takes plain words from the run, draws the others, and divides by 3', () => {
    const words = ['film', "don't", 'absent', 'sci-fi', 'beyond', 'rare'];
    const run = runOf(['sci-fi', "don't", 'film', 'rare'], 200);
    const { table, dimensions, found, words: own } = pretrained(run, words, 7, random(1));
    expect([dimensions, found, own, table.length]).toEqual([200, 2, 5, 1400]);
    const row = (id: number) => [...table.subarray(id * 200, (id + 1) * 200)];
    const theirs = (i: number) =>
      [...run.items.vectors.data.subarray(i * 200, (i + 1) * 200)].map((x) => Math.fround(x / 3));
    expect(row(0)).toEqual(new Array(200).fill(0));
    expect(row(1)).toEqual(theirs(2));
    expect(row(4)).toEqual(theirs(0));
    // Drawn: an apostrophe, no vector, no vector, the row of rare words.
    for (const id of [2, 3, 5, 6]) {
      const deviation = Math.sqrt(row(id).reduce((sum, x) => sum + x * x, 0) / 200);
      expect(Math.abs(deviation - 0.2)).toBeLessThan(0.04);
    }
    expect(row(2)).not.toEqual(theirs(1));
    expect(row(6)).not.toEqual(theirs(3));
  });

  it('refuses a run of something else, and one that has none of the words', () => {
    expect(() => pretrained(runOf(['film'], 3, 'movies'), ['film'], 3, random(1))).toThrow(
      new InputError(
        '--vectors theirs: the run holds movies (expected a run of words, such as one made from glove.6B)',
      ),
    );
    expect(() => pretrained(runOf(['film'], 3), ['kino', 'bild'], 4, random(1))).toThrow(
      new InputError(
        '--vectors theirs: the run has none of the 2 most frequent words of the reviews (expected lower-case English words)',
      ),
    );
  });
});
