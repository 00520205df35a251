import { readFileSync } from 'node:fs';
import { setBackend, tensor, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import { chooseBackend } from '../../../../src/lib/train/backend.node.ts';
import { Adam } from '../../../../src/lib/train/lesson/adam.ts';
import {
  batchGradients,
  predictions,
  type Batch,
  type Network,
} from '../../../../src/lib/train/lesson/network.ts';
import { BatchNorm, dropout, nnNetwork } from '../../../../src/lib/train/lesson/nn.ts';
import type { LessonOptions } from '../../../../src/lib/train/lesson/options.ts';
import { dotBiasNetwork, dotNetwork } from '../../../../src/lib/train/lesson/products.ts';

const USERS = 3;
const MOVIES = 4;
const OPTIONS: LessonOptions = {
  factors: 2,
  batch: 4,
  epochs: 1,
  learningRate: 0.01,
  l2: 0.01,
  schedule: 'constant',
  hidden: 5,
  inputDropout: 0,
  hiddenDropout: 0,
  batchNorm: false,
};

beforeAll(async () => {
  await chooseBackend('cpu');
  await chooseBackend('wasm');
});

/** User 0 and movie 1 stand in it twice. */
function batch(): Batch {
  return {
    users: tensor1d([0, 2, 0, 1], 'int32'),
    movies: tensor1d([1, 1, 3, 0], 'int32'),
    values: tensor1d([4, 3.5, 0.5, 5]),
  };
}

const networks: [string, () => Network][] = [
  ['dot', () => dotNetwork(USERS, MOVIES, OPTIONS, random(1))],
  ['dot-bias', () => dotBiasNetwork(USERS, MOVIES, OPTIONS, random(1))],
  ['nn', () => nnNetwork(USERS, MOVIES, OPTIONS, random(1))],
  [
    'nn with dropout',
    () =>
      nnNetwork(USERS, MOVIES, { ...OPTIONS, inputDropout: 0.3, hiddenDropout: 0.5 }, random(5)),
  ],
  [
    'nn with batch norm',
    () => nnNetwork(USERS, MOVIES, { ...OPTIONS, batchNorm: true }, random(1)),
  ],
];

describe.each(networks)('%s', (_, make) => {
  /** The error in training, with entry `k` of parameter `i` moved; the same draws every time. */
  function lossWith(i: number, k: number, move: number): number {
    return tidy(() => {
      const network = widened(make());
      const { values } = [...network.tables, ...network.weights][i];
      const moved = values.dataSync<'float32'>();
      moved[k] += move;
      values.assign(tensor(moved, values.shape));
      return batchGradients(network, batch()).mse.dataSync()[0];
    });
  }

  it('has the gradients that finite differences give', () => {
    const network = widened(make());
    const { gradients } = batchGradients(network, batch());
    const step = 0.001;
    let largest = 0;
    for (const [i, gradient] of gradients.entries()) {
      for (const [k, value] of gradient.dataSync().entries()) {
        const difference = (lossWith(i, k, step) - lossWith(i, k, -step)) / (2 * step);
        expect(value, `parameter ${i}, entry ${k}`).toBeCloseTo(difference, 1.5);
        largest = Math.max(largest, Math.abs(value));
      }
    }
    expect(largest).toBeGreaterThan(0.5);
  });

  it('starts within ±0.05 in its tables', () => {
    for (const { values } of make().tables) {
      const size = Math.max(...values.dataSync().map(Math.abs));
      expect(size).toBeLessThanOrEqual(0.05);
      expect(size).toBeGreaterThan(0.02);
    }
  });
});

/** The same network with factors large enough that no gradient is close to nothing. */
function widened(network: Network): Network {
  for (const { values } of network.tables) {
    values.assign(
      tidy(() =>
        tensor(
          values.dataSync().map((x) => 12 * x),
          values.shape,
        ),
      ),
    );
  }
  return network;
}

interface Golden {
  users: number;
  movies: number;
  factors: number;
  learningRate: number;
  l2: number;
  start: number[][];
  batches: Record<keyof Batch, number[]>[];
  steps: { mse: number; penalty: number; gradients: number[][]; parameters: number[][] }[];
}

describe.each(['wasm', 'cpu'])('dot-bias on %s', (rung) => {
  it('takes two steps as numpy does', async () => {
    const url = new URL('../../../fixtures/lesson/dot-bias-steps.json', import.meta.url);
    const golden = JSON.parse(readFileSync(url, 'utf8')) as Golden;
    await setBackend(rung);
    const options = { ...OPTIONS, factors: golden.factors, l2: golden.l2 };
    const { tables } = dotBiasNetwork(golden.users, golden.movies, options, random(1));
    const network = { ...dotBiasNetwork(golden.users, golden.movies, options, random(1)), tables };
    tables.forEach(({ values }, i) => values.assign(tensor(golden.start[i], values.shape)));
    const adam = new Adam(tables);
    for (const [t, { users, movies, values }] of golden.batches.entries()) {
      const { mse, gradients } = batchGradients(network, {
        users: tensor1d(users, 'int32'),
        movies: tensor1d(movies, 'int32'),
        values: tensor1d(values),
      });
      const expected = golden.steps[t];
      expectClose(mse, [expected.mse]);
      gradients.forEach((gradient, i) => expectClose(gradient, expected.gradients[i]));
      expectClose(adam.step(gradients, golden.learningRate), [expected.penalty]);
      tables.forEach(({ values }, i) => expectClose(values, expected.parameters[i]));
    }
    await setBackend('wasm');
  });
});

function expectClose(actual: Tensor, expected: number[]): void {
  const values = actual.dataSync();
  expect(values.length).toBe(expected.length);
  expected.forEach((value, k) => expect(values[k]).toBeCloseTo(value, 5));
}

describe('dropout', () => {
  it('drops the share it should, keeps the mean, and repeats with its seed', () => {
    const ones = tensor(new Float32Array(20_000).fill(1), [200, 100]);
    const dropped = dropout(ones, 0.3, random(3)).dataSync();
    const zeros = dropped.filter((value) => value === 0).length;
    expect(zeros / dropped.length).toBeCloseTo(0.3, 1);
    expect(dropped.find((value) => value !== 0)).toBeCloseTo(1 / 0.7, 6);
    expect(dropout(ones, 0.3, random(3)).dataSync()).toEqual(dropped);
    expect(dropout(ones, 0, random(3))).toBe(ones);
  });

  it('is not applied to predictions', () => {
    const options = { ...OPTIONS, inputDropout: 0.5, hiddenDropout: 0.5 };
    const network = nnNetwork(USERS, MOVIES, options, random(1));
    const first = predictions(network, batch()).dataSync();
    expect(predictions(network, batch()).dataSync()).toEqual(first);
  });
});

describe('batch normalisation', () => {
  it('gives each column mean β and variance γ², and keeps 1 % of what it sees', () => {
    const norm = new BatchNorm(2);
    const x = tensor([1, 10, 3, 30, 5, 50, 7, 70], [4, 2]);
    const y = norm.apply(x, tensor1d([1, 2]), tensor1d([0, 5]), true).dataSync();
    // Column 0 has mean 4 and variance 5, column 1 mean 40 and variance 500; ε is 0.001.
    [-3, -1, 1, 3].forEach((centred, row) => {
      expect(y[2 * row]).toBeCloseTo(centred / Math.sqrt(5.001), 5);
      expect(y[2 * row + 1]).toBeCloseTo(5 + (20 * centred) / Math.sqrt(500.001), 5);
    });
    expectClose(norm.movingMean, [0.04, 0.4]);
    expectClose(norm.movingVariance, [0.99 + 0.05, 0.99 + 5]);
    const seen = norm.apply(x, tensor1d([1, 1]), tensor1d([0, 0]), false).dataSync();
    expect(seen[0]).toBeCloseTo((1 - 0.04) / Math.sqrt(1.041), 5);
  });

  it('follows the batches and predicts with what it has seen, one rating as in a batch', () => {
    const network = nnNetwork(USERS, MOVIES, { ...OPTIONS, batchNorm: true }, random(1));
    const [mean, variance] = network.state!;
    for (let k = 0; k < 5; k++) batchGradients(widened(network), batch());
    expect(Math.max(...mean.dataSync())).toBeGreaterThan(0);
    const all = predictions(network, batch()).dataSync();
    const one = predictions(network, {
      users: tensor1d([0], 'int32'),
      movies: tensor1d([3], 'int32'),
      values: tensor1d([0]),
    }).dataSync();
    expect(one[0]).toBeCloseTo(all[2], 5);
    const before = variance.dataSync();
    predictions(network, batch());
    expect(variance.dataSync()).toEqual(before);
  });
});
