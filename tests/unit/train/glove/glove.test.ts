import { describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import { checkMemory, createGlove } from '../../../../src/lib/train/glove/glove.ts';
import { checkOptions, defaults } from '../../../../src/lib/train/glove/options.ts';
import { Pairs } from '../../../../src/lib/train/glove/pairs.ts';
import { openScratch } from '../../../../src/lib/train/glove/scratch.node.ts';
import { ownThread, type ThreadStarter } from '../../../../src/lib/train/glove/threads.ts';
import { workerThreads } from '../../../../src/lib/train/glove/threads.node.ts';
import { Stopped } from '../../../../src/lib/train/types.ts';

const WORDS = 60;

/** All pairs of words, their co-occurrences made from planted vectors of three dimensions and biases. */
function planted(seed = 1) {
  const draw = random(9);
  const vectors = Array.from({ length: WORDS }, () => [
    draw.normal(),
    draw.normal(),
    draw.normal(),
  ]);
  const pairs = new Pairs({
    seed,
    bound: 5 << 16,
    memory: 1 << 24,
    openScratch,
    xMax: 10,
    alpha: 0.75,
  });
  for (let row = 0; row < WORDS; row++) {
    const columns = Uint32Array.from({ length: row + 1 }, (_, column) => column);
    const values = Float64Array.from(columns, (column) => {
      const product = vectors[row].reduce((sum, value, k) => sum + value * vectors[column][k], 0);
      return Math.exp(1 + product);
    });
    pairs.add(row, columns, values);
  }
  return { pairs, vectors };
}

const OPTIONS = { ...defaults, dimensions: 6, iterations: 60, learningRate: 0.1 };

async function learn(
  threads: ThreadStarter,
  { seed = 1, plain = false, options = OPTIONS, pairs = planted().pairs } = {},
) {
  const trainer = await createGlove(pairs, WORDS, options, seed, { threads, plain });
  const costs: number[] = [];
  for (let epoch = await trainer.epoch({}); epoch; epoch = await trainer.epoch({})) {
    costs.push(epoch.trainLoss);
  }
  const { itemFactors } = await trainer.learnt();
  trainer.dispose();
  return { costs, itemFactors, trainer };
}

describe('GloVe', () => {
  it('finds planted vectors: their similarities are those of the vectors that it learns', async () => {
    const { costs, itemFactors } = await learn(ownThread);
    expect(costs.length).toBe(60);
    expect(costs[59]).toBeLessThan(costs[0] / 50);
    const { vectors } = planted();
    const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
      const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
        Array.from(x).reduce((sum, value, k) => sum + value * y[k], 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    let agreeing = 0;
    const row = (word: number) => itemFactors.data.subarray(6 * word, 6 * word + 6);
    for (let word = 0; word < WORDS; word++) {
      const others = Array.from({ length: WORDS }, (_, other) => other).filter((o) => o !== word);
      const nearest = (similarity: (other: number) => number) =>
        others.reduce((best, other) => (similarity(other) > similarity(best) ? other : best));
      const expected = nearest((other) => cosine(vectors[word], vectors[other]));
      if (nearest((other) => cosine(row(word), row(other))) === expected) agreeing++;
    }
    // By chance it would be one.
    expect(agreeing).toBeGreaterThan(WORDS / 3);
  });

  it('says the mean cost of a pair, each in both directions but for the diagonal', async () => {
    const pairs = new Pairs({
      seed: 1,
      bound: 2,
      memory: 1 << 20,
      openScratch,
      xMax: 10,
      alpha: 0.75,
    });
    pairs.add(0, Uint32Array.of(0), Float64Array.of(20));
    pairs.add(1, Uint32Array.of(0), Float64Array.of(0.5));
    // With so many dimensions the vectors begin so near zero that they predict 0.
    const options = { ...OPTIONS, dimensions: 1000 };
    const trainer = await createGlove(pairs, 2, options, 1);
    expect(trainer.samplesPerEpoch).toBe(3);
    const expected = (0.5 * Math.log(20) ** 2 + 2 * 0.5 * 0.05 ** 0.75 * Math.log(0.5) ** 2) / 3;
    const epoch = await trainer.epoch({});
    // The bias that a word has of the diagonal moves with the first step already, if that comes first.
    expect(epoch?.trainLoss).toBeGreaterThan(0.9 * expected);
    expect(epoch?.trainLoss).toBeLessThan(1.5 * expected);
    expect(epoch?.epoch).toBe(1);
  });

  it('moves biases at a rate of 1, whatever the learning rate', async () => {
    const pairs = new Pairs({
      seed: 1,
      bound: 1,
      memory: 1 << 20,
      openScratch,
      xMax: 10,
      alpha: 0.75,
    });
    pairs.add(1, Uint32Array.of(0), Float64Array.of(0.5));
    const trainer = await createGlove(pairs, 2, { ...OPTIONS, dimensions: 1000 }, 1);
    const first = (await trainer.epoch({}))!.trainLoss;
    const second = (await trainer.epoch({}))!.trainLoss;
    // Both biases of a pair move by f·d, so that the difference d shrinks to d·(1 − 2f).
    const weight = 0.05 ** 0.75;
    expect(second / first).toBeCloseTo((1 - 2 * weight) ** 2, 2);
  });

  it('gives the same for the same seed, compiled or not, and something else for another', async () => {
    const options = { ...OPTIONS, iterations: 3 };
    const first = await learn(ownThread, { options });
    const plain = await learn(workerThreads(1), { options, plain: true });
    expect([first.trainer.backend, plain.trainer.backend]).toEqual(['kernel', 'javascript']);
    expect(plain.costs).toEqual(first.costs);
    expect(plain.itemFactors).toEqual(first.itemFactors);
    expect((await learn(ownThread, { options, seed: 2 })).itemFactors).not.toEqual(
      first.itemFactors,
    );
  });

  it('adds up the cost of all threads', async () => {
    const { pairs } = planted();
    const ones: ThreadStarter = {
      count: 2,
      start: async () => ({
        count: 2,
        async call(thread) {
          await new Promise((resolve) => setTimeout(resolve, 3 + 4 * thread));
          return 1;
        },
        close: async () => {},
      }),
    };
    const trainer = await createGlove(pairs, WORDS, OPTIONS, 1, { threads: ones });
    expect((await trainer.epoch({}))?.trainLoss).toBe(pairs.counts.length / WORDS ** 2);
  });

  it('learns in threads', async () => {
    const { costs, trainer } = await learn(workerThreads(2));
    expect(trainer.threadCount).toBe(2);
    expect(costs[59]).toBeLessThan(costs[0] / 50);
  });

  it('stops when asked', async () => {
    for (const threads of [ownThread, workerThreads(2)]) {
      const trainer = await createGlove(planted().pairs, WORDS, OPTIONS, 1, { threads });
      const stop = new AbortController();
      const epoch = trainer.epoch({ signal: stop.signal, onProgress: () => stop.abort() });
      await expect(epoch).rejects.toThrow(Stopped);
      trainer.dispose();
    }
  });

  it('names the thread that fails', async () => {
    const failing: ThreadStarter = {
      count: 2,
      start: async () => ({
        count: 2,
        call: async (thread) => {
          if (thread === 1) throw new Error('thread 1 is gone');
          return 0;
        },
        close: async () => {},
      }),
    };
    const trainer = await createGlove(planted().pairs, WORDS, OPTIONS, 1, { threads: failing });
    await expect(trainer.epoch({})).rejects.toThrow('thread 1 is gone');
  });

  it('refuses more words than the memory holds', () => {
    expect(() => checkMemory(400_000, 50, 2 ** 30)).not.toThrow();
    expect(() => checkMemory(400_000, 300, 2 ** 30)).toThrow(
      '400,000 words of 300 dimensions take 1,856 MiB in training, and there are 1,024 for them; raise --minimum-count, lower --dimensions, or allow more with --memory',
    );
    expect(() => checkMemory(4_000_000, 300, 2 ** 40)).toThrow(
      /there are 3,584 for them; raise --minimum-count, lower --dimensions$/,
    );
  });

  it('refuses hyperparameters that are not possible', () => {
    expect(checkOptions(defaults)).toEqual(defaults);
    expect(() => checkOptions({ ...defaults, window: 0 })).toThrow(
      'glove: window is 0 (expected a whole number from 1 to 1000)',
    );
    expect(() => checkOptions({ ...defaults, xMax: NaN })).toThrow('expected a number above 0');
  });
});
