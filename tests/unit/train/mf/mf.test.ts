import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { mf } from '../../../../src/lib/train/mf/mf.ts';
import {
  type EpochProgress,
  type Hyperparameters,
  type Ratings,
  type Split,
  Stopped,
} from '../../../../src/lib/train/types.ts';

function ratingsOf(triples: readonly (readonly [number, number, number])[]): Ratings {
  const count = (side: 0 | 1) => Math.max(-1, ...triples.map((triple) => triple[side])) + 1;
  const ids = (n: number) => Array.from({ length: n }, (_, k) => String(k));
  return {
    users: Int32Array.from(triples, ([user]) => user),
    movies: Int32Array.from(triples, ([, movie]) => movie),
    values: Float32Array.from(triples, ([, , value]) => value),
    timestamps: new Float64Array(triples.length),
    userIds: ids(count(0)),
    movieIds: ids(count(1)),
  };
}

/**
 * Ratings by a planted truth: 3 + user bias + movie bias + two factors, half of all pairs. Users agree in part: the
 * mean of their first factor is not 0.
 */
function planted(seed: number, users = 80, movies = 50) {
  const { normal, uniform } = random(seed);
  const side = (n: number, shared: number) =>
    Array.from({ length: n }, () => ({
      bias: 0.4 * normal(),
      factors: [shared + 0.8 * normal(), 0.8 * normal()],
    }));
  const userSide = side(users, 0.7);
  const movieSide = side(movies, 0);
  const triples: [number, number, number][] = [];
  for (let u = 0; u < users; u++) {
    for (let i = 0; i < movies; i++) {
      if (uniform() > 0.5) continue;
      const [p, q] = [userSide[u], movieSide[i]];
      const taste = p.factors[0] * q.factors[0] + p.factors[1] * q.factors[1];
      triples.push([u, i, 3 + p.bias + q.bias + taste]);
    }
  }
  // What the average user gives a movie, up to a constant.
  const average = [0, 1].map(
    (j) => userSide.reduce((sum, { factors }) => sum + factors[j], 0) / users,
  );
  const movieBias = movieSide.map(
    ({ bias, factors }) => bias + average[0] * factors[0] + average[1] * factors[1],
  );
  return { ratings: ratingsOf(triples), movieBias };
}

function splitOf(ratings: Ratings, seed: number, share = 0.8): Split {
  const { uniform } = random(seed);
  const inTrain = Array.from(ratings.values, () => uniform() < share);
  const part = (wanted: boolean) =>
    Int32Array.from([...inTrain.keys()].filter((k) => inTrain[k] === wanted));
  return { train: part(true), validation: part(false) };
}

async function train(
  ratings: Ratings,
  split: Split,
  given: Hyperparameters = {},
  seed = 1,
  progress: EpochProgress = {},
) {
  const trainer = await mf.create(ratings, split, given, seed);
  const curves = [];
  for (let epoch; (epoch = await trainer.epoch(progress));) curves.push(epoch);
  return { curves, epochs: trainer.epochs, learnt: await trainer.learnt() };
}

const plainSettings = { implicitFeedback: false, biasRate: 1, initialScale: 0.3 };
const small = { factors: 5, epochs: 6 };

afterEach(() => vi.unstubAllGlobals());

describe('mf learns', () => {
  const { ratings, movieBias } = planted(3);
  const split = splitOf(ratings, 4);
  const free = {
    factors: 2,
    epochs: 150,
    patience: 150,
    learningRate: 0.05,
    biasRate: 1,
    userPenalty: 0.002,
    moviePenalty: 0.002,
    implicitPenalty: 0.02,
    userBiasPenalty: 0.001,
    movieBiasPenalty: 0.001,
  };

  it.each([true, false])('a planted truth, implicit feedback %s', async (implicitFeedback) => {
    const { learnt, curves } = await train(ratings, split, { ...free, implicitFeedback });
    // The ratings' variance is about 1.
    expect(learnt.metrics.mse).toBeLessThan(0.02);
    expect(curves.at(-1)!.validationLoss).toBe(learnt.metrics.mse);
    expect(learnt.metrics.rmse).toBeCloseTo(Math.sqrt(learnt.metrics.mse), 12);
    expect(learnt.metrics.mae).toBeLessThan(learnt.metrics.rmse);
    expect(curves[0].trainLoss).toBeGreaterThan(10 * curves.at(-1)!.trainLoss);
    expect(correlation(learnt.itemBias!, movieBias)).toBeGreaterThan(0.99);
  });

  it('as the bias what the average user gives, be it learnt by factors alone', async () => {
    const { learnt } = await train(ratings, split, {
      ...free,
      factors: 4,
      biasRate: 0,
      implicitFeedback: false,
    });
    expect(learnt.metrics.mse).toBeLessThan(0.05);
    expect(correlation(learnt.itemBias!, movieBias)).toBeGreaterThan(0.97);
  });

  it.each([true, false])('zeros under a heavy penalty, implicit %s', async (implicitFeedback) => {
    const penalty = 200;
    const { learnt } = await train(ratings, split, {
      ...free,
      implicitFeedback,
      learningRate: 0.004,
      epochs: 40,
      userPenalty: penalty,
      moviePenalty: penalty,
      implicitPenalty: penalty,
      userBiasPenalty: penalty,
      movieBiasPenalty: penalty,
    });
    expect(Math.max(...learnt.itemFactors.data.map(Math.abs))).toBeLessThan(1e-4);
    // The sums of implicit biases have no penalty.
    if (!implicitFeedback) expect(Math.max(...learnt.itemBias!.map(Math.abs))).toBeLessThan(0.05);
  });

  it('the epochs with the least error on the stopping part, and refits for as many', async () => {
    const { curves, epochs } = await train(ratings, split, { ...free, epochs: 30, factors: 10 });
    expect(curves).toHaveLength(epochs);
    const losses = curves.map(({ metrics }) => metrics!.stoppingLoss);
    expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 1);
    expect(curves.map(({ epoch }) => epoch)).toEqual(curves.map((_, k) => k + 1));
    expect(curves[0].learningRate).toBe(0.05);
    expect(curves.at(-1)!.learningRate).toBeCloseTo(0.05 * (1 - (epochs - 1) / 30), 12);
  });
});

describe('mf never looks at the validation part', () => {
  const { ratings } = planted(5);
  const split = splitOf(ratings, 6);

  it.each([true, false])('whose values change no learnt byte, implicit %s', async (implicit) => {
    const given = { ...small, implicitFeedback: implicit };
    const { learnt, epochs } = await train(ratings, split, given);
    const changed = { ...ratings, values: ratings.values.slice() };
    for (const k of split.validation) changed.values[k] = 5.5 - changed.values[k];
    const other = await train(changed, split, given);
    expect(other.learnt.itemFactors).toEqual(learnt.itemFactors);
    expect(other.learnt.itemBias).toEqual(learnt.itemBias);
    expect(other.epochs).toBe(epochs);
    expect(other.learnt.metrics.mse).not.toBe(learnt.metrics.mse);
  });

  it.each([true, false])('nor who rated what in it, implicit %s', async (implicit) => {
    const given = { ...small, implicitFeedback: implicit };
    const { learnt } = await train(ratings, split, given);
    const changed = { ...ratings, users: ratings.users.slice(), movies: ratings.movies.slice() };
    for (const k of split.validation) {
      changed.users[k] = 0;
      changed.movies[k] = 0;
    }
    const other = await train(changed, split, given);
    expect(other.learnt.itemFactors).toEqual(learnt.itemFactors);
    expect(other.learnt.itemBias).toEqual(learnt.itemBias);
  });

  it('while a training value that changes does change what is learnt', async () => {
    const { learnt } = await train(ratings, split, small);
    const changed = { ...ratings, values: ratings.values.slice() };
    changed.values[split.train[0]] += 1;
    const other = await train(changed, split, small);
    expect(other.learnt.itemFactors).not.toEqual(learnt.itemFactors);
  });
});

describe('mf repeats itself', () => {
  const { ratings } = planted(7);
  const split = splitOf(ratings, 8);

  it.each([{}, plainSettings])('to the bit from its seed: %o', async (settings) => {
    const given = { ...small, ...settings };
    const once = await train(ratings, split, given, 11);
    const again = await train(ratings, split, given, 11);
    const other = await train(ratings, split, given, 12);
    expect(again).toEqual(once);
    expect(other.learnt.itemFactors).not.toEqual(once.learnt.itemFactors);
  });

  it.each([{}, plainSettings])('without WebAssembly: %o', async (settings) => {
    const given = { ...small, ...settings };
    const kernel = await train(ratings, split, given);
    vi.stubGlobal('WebAssembly', undefined);
    expect(await train(ratings, split, given)).toEqual(kernel);
  });
});

describe('mf with little to learn from', () => {
  it('gives a movie without training ratings factors and a bias of 0', async () => {
    const ratings = ratingsOf([
      [0, 0, 4],
      [1, 0, 3],
      [0, 1, 2],
      [1, 2, 5],
    ]);
    const split = { train: Int32Array.of(0, 1, 2), validation: Int32Array.of(3) };
    for (const settings of [{}, plainSettings]) {
      const { learnt } = await train(ratings, split, { ...small, ...settings });
      expect([...learnt.itemFactors.data.subarray(2 * 5)]).toEqual([0, 0, 0, 0, 0]);
      expect(learnt.itemBias![2]).toBe(0);
      expect(learnt.itemFactors.data.subarray(0, 5)).not.toEqual(new Float32Array(5));
      expect(Number.isFinite(learnt.metrics.mse)).toBe(true);
    }
  });

  it('predicts a user without training ratings by mean and movie', async () => {
    const ratings = ratingsOf([
      [0, 0, 4],
      [1, 1, 2],
      [2, 0, 4],
    ]);
    const split = { train: Int32Array.of(0, 1), validation: Int32Array.of(2) };
    const { learnt } = await train(ratings, split, { ...small, ...plainSettings });
    expect(learnt.globalMean).toBe(3);
    expect(learnt.metrics.mae).toBeLessThan(1);
    expect(learnt.metrics.mae).toBeGreaterThan(0.5);
  });

  it.each([
    { name: 'one rating', triples: [[0, 0, 3.5]] },
    { name: 'one movie', triples: [0, 1, 2, 3, 4, 5].map((user) => [user, 0, user % 2]) },
    { name: 'one user', triples: [0, 1, 2, 3, 4, 5].map((movie) => [0, movie, movie % 3]) },
  ])('trains on $name, without a validation part', async ({ triples }) => {
    const ratings = ratingsOf(triples as [number, number, number][]);
    const split = { train: Int32Array.from(triples.keys()), validation: new Int32Array(0) };
    const { learnt, curves } = await train(ratings, split, small);
    expect(learnt.metrics).toEqual({});
    expect(curves.every((epoch) => !('validationLoss' in epoch))).toBe(true);
    expect(curves.every(({ trainLoss }) => Number.isFinite(trainLoss))).toBe(true);
    expect(learnt.itemFactors.data.every(Number.isFinite)).toBe(true);
    expect(learnt.itemFactors.rows).toBe(ratings.movieIds.length);
  });

  it('predicts a constant rating exactly, since predictions stay in the range of ratings', async () => {
    const triples = Array.from({ length: 40 }, (_, k) => [k % 8, Math.floor(k / 8), 4] as const);
    const ratings = ratingsOf(triples);
    const { learnt } = await train(ratings, splitOf(ratings, 1), small);
    expect(learnt.metrics).toEqual({ mse: 0, rmse: 0, mae: 0 });
  });

  it.each([1, 2, 3, 4, 6])('takes %i factors', async (factors) => {
    const { ratings } = planted(9, 20, 15);
    const { learnt } = await train(ratings, splitOf(ratings, 1), { ...small, factors });
    expect([learnt.itemFactors.rows, learnt.itemFactors.columns]).toEqual([15, factors]);
    expect(learnt.itemFactors.data.every((value) => value !== 0)).toBe(true);
  });

  it('trains for all planned epochs without a stopping part', async () => {
    const { ratings } = planted(9, 20, 15);
    const { curves } = await train(ratings, splitOf(ratings, 1), { ...small, stoppingPart: 0 });
    expect(curves).toHaveLength(6);
    expect(curves[0].metrics).toBeUndefined();
  });
});

describe('mf in use', () => {
  const { ratings } = planted(2);
  const split = splitOf(ratings, 2);

  it('stops when told to, in the search and after it', async () => {
    await expect(train(ratings, split, small, 1, { signal: { aborted: true } })).rejects.toThrow(
      Stopped,
    );
    const trainer = await mf.create(ratings, split, small, 1);
    await trainer.epoch({});
    await expect(trainer.epoch({ signal: { aborted: true } })).rejects.toThrow(Stopped);
  });

  it('lets a timer stop it', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 5);
    const endless = { factors: 50, epochs: 1_000_000, patience: 1_000_000 };
    await expect(train(ratings, split, endless, 1, { signal: stop.signal })).rejects.toThrow(
      Stopped,
    );
  });

  it('reports the progress of the search, then of each pass of the refit', async () => {
    const trainer = await mf.create(ratings, split, { ...small, epochs: 4 }, 1);
    const seen: [number, number][] = [];
    const progress = { onProgress: (done: number, total: number) => seen.push([done, total]) };
    await trainer.epoch(progress);
    const whole = split.train.length;
    const total = seen[0][1];
    expect(total % 4).toBe(0);
    expect(total / 4 / whole).toBeCloseTo(0.9, 1);
    const searched = [1, 2, 3, 4].map((epochs) => [(epochs * total) / 4, total]);
    expect(seen).toEqual([...searched, [whole, whole]]);
    seen.length = 0;
    await trainer.epoch(progress);
    expect(seen).toEqual([[whole, whole]]);
  });

  it.each([
    [{ factors: 0 }, 'mf: factors is 0 (expected a whole number of at least 1)'],
    [{ factors: 2.5 }, 'mf: factors is 2.5 (expected a whole number of at least 1)'],
    [{ epochs: NaN }, 'mf: epochs is NaN (expected a whole number of at least 1)'],
    [{ learningRate: -1 }, 'mf: learningRate is -1 (expected a number of at least 0)'],
    [{ stoppingPart: 1 }, 'mf: stoppingPart is 1 (expected a number of at least 0 and below 1)'],
    [{ implicitFeedback: 1 }, 'mf: implicitFeedback is 1 (expected true or false)'],
    [{ moviePenalty: 'low' }, 'mf: moviePenalty is low (expected a number of at least 0)'],
  ])('refuses %o', async (given, message) => {
    await expect(mf.create(ratings, split, given as Hyperparameters, 1)).rejects.toThrow(
      new InputError(message),
    );
  });

  it('refuses a hyperparameter that it does not have, and names those that it has', async () => {
    await expect(mf.create(ratings, split, { rank: 3 }, 1)).rejects.toThrow(
      'mf has no hyperparameter "rank" (it has: factors, epochs, learningRate, ',
    );
  });

  it('refuses an empty training part', async () => {
    const empty = { train: new Int32Array(0), validation: split.validation };
    await expect(mf.create(ratings, empty, {}, 1)).rejects.toThrow(
      new InputError('mf: there are no ratings to train on (expected at least one)'),
    );
  });

  it('says so when a learning rate is too high', async () => {
    await expect(train(ratings, split, { ...small, learningRate: 9 })).rejects.toThrow(
      new InputError(
        'mf: the training diverged in epoch 1 at a learning rate of 9: take a lower one',
      ),
    );
  });

  it('says so when the ratings do not fit into memory', async () => {
    await expect(train(ratings, split, { factors: 10_000_000 })).rejects.toThrow(
      /^\d+ ratings of 50 movies by 80 users need \d+\.\d GiB at 10000000 factors \(.*\): take fewer factors or fewer ratings$/,
    );
  });
});

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (f: (k: number) => number) =>
    Array.from({ length: n }, (_, k) => f(k)).reduce((total, v) => total + v, 0);
  return (
    sum((k) => (a[k] - ma) * (b[k] - mb)) /
    Math.sqrt(sum((k) => (a[k] - ma) ** 2) * sum((k) => (b[k] - mb) ** 2))
  );
}
