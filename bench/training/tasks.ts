import { random } from '../../src/lib/math/random.ts';
import type { Corpus, TokenisedReviews } from '../../src/lib/train/imdb/types.ts';
import type { Hyperparameters, Ratings, Split } from '../../src/lib/train/types.ts';

/** A model with the settings that it is measured at. */
export interface Task {
  name: string;
  model: string;
  of: 'ratings' | 'reviews';
  settings: Hyperparameters;
}

/** How much is trained on. */
export interface Size {
  ratings: number;
  reviews: number;
  /** Of the ratings that are drawn; as many as in ml-latest-small's 2016 release, unless it has to be quick. */
  users: number;
  movies: number;
  /** The first warms up. */
  epochs: number;
}

export const FULL: Size = {
  ratings: 80_000,
  reviews: 25_000,
  users: 671,
  movies: 9_066,
  epochs: 3,
};
export const QUICK: Size = { ratings: 512, reviews: 96, users: 20, movies: 50, epochs: 2 };

/** On a software adapter a step takes a second, and these are what there is time for. */
const ON_SOFTWARE = ['dot-bias', 'conv', 'lstm'];

/** The lesson's models, at its settings and for one of them at a batch that suits a graphics card. */
export function tasks(isQuick: boolean, rung: string): Task[] {
  const movies = (name: string, model: string, settings: Hyperparameters): Task => ({
    name,
    model,
    of: 'ratings',
    settings,
  });
  const small = {
    sequence: 20,
    vocabulary: 200,
    dimensions: 8,
    batch: 16,
    learningRate: 0.05,
    wordDropout: 0,
  };
  const words = (model: string, least: Hyperparameters): Task => ({
    name: model,
    model,
    of: 'reviews',
    settings: isQuick ? { ...small, ...least } : {},
  });
  const batch = isQuick ? 512 : 4096;
  const all = [
    movies('dot', 'dot', {}),
    movies('dot-bias', 'dot-bias', {}),
    movies(`dot-bias, batch ${batch.toLocaleString('en-GB')}`, 'dot-bias', { batch }),
    movies('nn', 'nn', {}),
    words('dense', { hidden: 8, dropout: 0.1 }),
    words('conv', { filters: 8, hidden: 8, dropout: 0.1 }),
    words('conv-multi', { filters: 8, hidden: 8, dropout: 0.1 }),
    words('lstm', { units: 8 }),
  ];
  return rung === 'webgpu-software' ? all.filter(({ name }) => ON_SOFTWARE.includes(name)) : all;
}

/** Ratings held back for one that is trained on. */
const HELD_BACK = 0.25;

/** Ratings with users, movies and tastes drawn at random, as unevenly frequent as in MovieLens, roughly. */
export function drawnRatings(
  count: number,
  { users: userCount, movies: movieCount }: Size,
): { ratings: Ratings; split: Split } {
  const { uniform, normal } = random(1);
  const all = Math.ceil(count * (1 + HELD_BACK));
  const skewed = (n: number) => Math.floor(n * uniform() ** 3);
  const drawn = (n: number, deviation: number) =>
    Float32Array.from({ length: n }, () => deviation * normal());
  const [generous, liked] = [drawn(userCount, 0.4), drawn(movieCount, 0.5)];
  const [taste, kind] = [drawn(userCount, 0.6), drawn(movieCount, 0.6)];
  const users = Int32Array.from({ length: all }, () => skewed(userCount));
  const movies = Int32Array.from({ length: all }, () => skewed(movieCount));
  const ratings: Ratings = {
    users,
    movies,
    values: Float32Array.from(users, (user, k) => {
      const movie = movies[k];
      const value = 3.5 + generous[user] + liked[movie] + taste[user] * kind[movie];
      return Math.max(0.5, Math.min(5, Math.round(2 * (value + 0.7 * normal())) / 2));
    }),
    timestamps: new Float64Array(all),
    userIds: Array.from({ length: userCount }, (_, k) => String(k)),
    movieIds: Array.from({ length: movieCount }, (_, k) => String(k)),
  };
  const indices = Int32Array.from({ length: all }, (_, k) => k);
  return {
    ratings,
    split: { train: indices.subarray(0, count), validation: indices.subarray(count) },
  };
}

const WORDS = 20_000;

/** Reviews in IMDB's lengths; in one that praises each word has an even number rather more often. */
export function drawnReviews(count: number, isQuick: boolean): Corpus {
  const { uniform, normal } = random(2);
  const counts = new Uint32Array(WORDS);
  const part = (reviews: number, lean: number): TokenisedReviews => {
    const labels = Uint8Array.from({ length: reviews }, (_, i) => i % 2);
    const starts = new Uint32Array(reviews + 1);
    const texts: number[] = [];
    labels.forEach((label, i) => {
      // A mean of 232 words, where IMDB has 238.
      const length = Math.max(10, Math.round(175 * Math.exp(0.75 * normal())));
      for (let k = 0; k < length; k++) {
        const pair = 2 * Math.floor((WORDS / 2) * uniform() ** 4);
        const word = pair + (uniform() < 0.5 + (label === 1 ? lean : -lean) ? 0 : 1);
        counts[word]++;
        texts.push(word);
      }
      starts[i + 1] = texts.length;
    });
    return { words: Uint32Array.from(texts), starts, labels };
  };
  // Fewer reviews have to say more, or nothing is learnt from them.
  const lean = isQuick ? 0.45 : 0.04;
  return {
    train: part(count, lean),
    test: part(Math.ceil(count / 5), lean),
    vocabulary: { words: Array.from({ length: WORDS }, (_, k) => `word${k}`), counts },
  };
}
