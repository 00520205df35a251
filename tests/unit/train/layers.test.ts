import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/lib/math/random.ts';
import { readManifestText, writeManifestText } from '../../../src/lib/run/manifest.ts';
import type { LayerInfo } from '../../../src/lib/run/types.ts';
import { bag } from '../../../src/lib/train/bag/bag.ts';
import { chooseBackend } from '../../../src/lib/train/backend.node.ts';
import type { Corpus, TokenisedReviews } from '../../../src/lib/train/imdb/types.ts';
import { plainFactors } from '../../../src/lib/train/mf/plainFactors.ts';
import { defaults as mfDefaults } from '../../../src/lib/train/mf/options.ts';
import { MOVIE_MODELS } from '../../../src/lib/train/models.ts';
import type { Hyperparameters, Trainer } from '../../../src/lib/train/types.ts';
import { films, manifestOf } from '../run/films.ts';
import { ratingsOf } from './lesson/ratings.ts';

const USERS = 6;
const MOVIES = 5;
const K = 3;

/** Every user has rated every movie. */
const ratings = ratingsOf(
  Array.from({ length: USERS * MOVIES }, (_, k) => [k % USERS, k % MOVIES, 1 + ((k * 7) % 9) / 2]),
  USERS,
  MOVIES,
);
const all = Int32Array.from(ratings.values, (_, k) => k);
const split = { train: all, validation: all.slice(0, 4) };

beforeAll(async () => {
  await chooseBackend('wasm');
});

async function trained(name: string, given: Hyperparameters): Promise<Trainer> {
  const model = await MOVIE_MODELS[name]();
  const options = { ...model.defaults, factors: K, epochs: 1, ...given };
  const trainer = await model.create(ratings, split, options, 1);
  await trainer.epoch({});
  return trainer;
}

const total = (layers: readonly LayerInfo[]) =>
  layers.reduce((sum, { parameters }) => sum + parameters, 0);
const layer = (layers: readonly LayerInfo[], name: string) =>
  layers.find((candidate) => candidate.name === name)!;

/** Goes through the reader, which refuses names that stand twice and inputs that are not there. */
function read(layers: LayerInfo[] | undefined): LayerInfo[] {
  const manifest = manifestOf(films());
  const text = writeManifestText({ ...manifest, files: {}, model: { ...manifest.model, layers } });
  return readManifestText(text, 'run.json').model.layers!;
}

describe('layers of the movie models', () => {
  it.each<[string, Hyperparameters, number]>([
    ['dot', {}, (USERS + MOVIES) * K],
    ['dot-bias', {}, (USERS + MOVIES) * (K + 1)],
    ['nn', { hidden: 4 }, (USERS + MOVIES) * K + (2 * K * 4 + 4) + (4 + 1)],
    // Keras: γ, β and both moving averages.
    [
      'nn',
      { hidden: 4, batchNorm: true },
      (USERS + MOVIES) * K + (2 * K * 4 + 4) + 4 * 4 + (4 + 1),
    ],
    ['mf', { implicitFeedback: false }, (USERS + MOVIES) * (K + 1)],
    ['mf', {}, 2 * (USERS + MOVIES) * (K + 1)],
  ])('%s %j holds %i parameters', async (name, given, expected) => {
    const trainer = await trained(name, given);
    const layers = read(trainer.layers);
    expect(total(layers)).toBe(expected);
    const { itemFactors, itemBias } = await trainer.learnt();
    expect(layer(layers, 'movie factors').parameters).toBe(itemFactors.data.length);
    expect(layer(layers, 'movie factors').shape).toEqual([null, itemFactors.columns]);
    expect(layer(layers, 'movie bias')?.parameters).toBe(itemBias?.length);
    trainer.dispose();
  });

  it('have one output, which depends on both inputs', async () => {
    for (const name of Object.keys(MOVIE_MODELS)) {
      const trainer = await trained(name, {});
      const layers = read(trainer.layers);
      const taken = new Set(layers.flatMap(({ inputs }) => inputs));
      const outputs = layers.filter((candidate) => !taken.has(candidate.name));
      expect(outputs.map(({ shape }) => shape)).toEqual([[null]]);
      const seen = new Set<string>();
      const follow = (at: string) => {
        seen.add(at);
        layer(layers, at).inputs.forEach(follow);
      };
      follow(outputs[0].name);
      expect(seen.size).toBe(layers.length);
      trainer.dispose();
    }
  });

  it("'mf' without implicit feedback counts the numbers that training moves", async () => {
    const options = { ...mfDefaults, factors: K };
    const model = await plainFactors(ratings, all, 3, options, random(1), { plain: true });
    const rows = () => {
      const { users, movies } = model.rows();
      return [...users, ...movies];
    };
    const before = rows();
    await model.pass(0.1);
    const moved = rows().filter((value, j) => value !== before[j]).length;
    const trainer = await trained('mf', { implicitFeedback: false });
    expect(total(trainer.layers!)).toBe(moved);
  });

  it('say what is dropped, and leave out what drops nothing', async () => {
    const names = async (given: Hyperparameters) =>
      (await trained('nn', given)).layers!.map(({ name }) => name);
    const without = await names({ inputDropout: 0, hiddenDropout: 0 });
    expect(await names({})).toEqual([
      ...['user', 'movie', 'user factors', 'movie factors', 'both factors'],
      ...['input dropout', 'hidden', 'hidden dropout', 'rating'],
    ]);
    expect(without).toEqual([
      ...['user', 'movie', 'user factors', 'movie factors', 'both factors', 'hidden', 'rating'],
    ]);
  });
});

describe('layers of bag', () => {
  const texts = [
    [0, 1, 2, 0],
    [3, 1, 2],
    [2, 2],
    [0, 3, 1],
  ];
  let end = 0;
  const reviews: TokenisedReviews = {
    words: Uint32Array.from(texts.flat()),
    starts: Uint32Array.from([0, ...texts.map(({ length }) => (end += length))]),
    labels: Uint8Array.from([1, 0, 1, 0]),
  };
  const words = ['a', 'b', 'c', 'd'];
  const vocabulary = { words, counts: Uint32Array.of(4, 3, 2, 1) };
  const corpus: Corpus = { train: reviews, test: reviews, vocabulary };

  it.each([1, 2, 3])('with n-grams up to %i', async (ngrams) => {
    const different = new Set<string>();
    for (const text of texts) {
      for (let n = 1; n <= ngrams; n++) {
        for (let i = 0; i + n <= text.length; i++) different.add(text.slice(i, i + n).join(' '));
      }
    }
    const options = bag.parse({ ngrams, dimensions: 5, epochs: 1 });
    const trainer = await bag.create(corpus, options, 1);
    await trainer.epoch({});
    const layers = read(trainer.layers);
    const { itemFactors } = await trainer.learnt();
    expect(layer(layers, 'word vectors').parameters).toBe(itemFactors.data.length);
    // A ratio and a weight per n-gram, the classifier's bias; a vector and a context per word, a direction and its bias.
    expect(total(layers)).toBe(2 * different.size + 1 + 2 * words.length * 5 + 5 + 1);
    expect(layers.filter(({ trainable }) => trainable === false).map(({ name }) => name)).toEqual([
      'log-count ratios',
    ]);
  });
});
