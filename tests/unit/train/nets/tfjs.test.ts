import { enableProdMode, setBackend, tensor, tensor2d, train } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, layers as tf, model, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import {
  convolutionNet,
  convolutionsNet,
  denseNet,
  lstmNet,
  type Build,
} from '../../../../src/lib/train/nets/architectures.ts';
import { Net } from '../../../../src/lib/train/nets/net.ts';
import type { NetOptions } from '../../../../src/lib/train/nets/options.ts';
import { sequences } from '../../../../src/lib/train/nets/sequences.ts';
import { planted } from './reviews.ts';

// The same nets as layers of tfjs 4.22, with gradients by its automatic differentiation.

const REVIEWS = 6;
const options: NetOptions = {
  sequence: 10,
  vocabulary: 12,
  dimensions: 6,
  wordDropout: 0,
  embeddingDropout: 0,
  filters: 5,
  width: 5,
  widths: [3, 5, 1],
  convolutionDropout: 0,
  mergedDropout: 0,
  hidden: 7,
  dropout: 0,
  units: 8,
  batchNorm: false,
  batch: REVIEWS,
  epochs: 1,
  learningRate: 0.001,
  schedule: 'as-written',
  vectors: 'none',
};
const { sequence, vocabulary, dimensions, filters, width, widths, hidden, units } = options;

const embedding = (maskZero = false) =>
  tf.embedding({ inputDim: vocabulary, outputDim: dimensions, inputLength: sequence, maskZero });
const convolution = (kernelSize: number) =>
  tf.conv1d({ filters, kernelSize, padding: 'same', activation: 'relu' });
const pool = () => tf.maxPooling1d({ poolSize: 2 });
const dense = () => tf.dense({ units: hidden, activation: 'relu' });
const output = () => tf.dense({ units: 1, activation: 'sigmoid' });

const words = () => input({ shape: [sequence] });
type Symbol = ReturnType<typeof words>;
type Part = { apply(x: Symbol): unknown };
const through = (x: Symbol, ...parts: Part[]) =>
  parts.reduce((at, part) => part.apply(at) as Symbol, x);

const peers: [string, Build, () => LayersModel][] = [
  [
    'dense',
    denseNet,
    () => {
      const x = words();
      const y = through(x, embedding(), tf.flatten(), dense(), output());
      return model({ inputs: x, outputs: y });
    },
  ],
  [
    'conv',
    convolutionNet,
    () => {
      const x = words();
      const y = through(
        x,
        embedding(),
        convolution(width),
        pool(),
        tf.flatten(),
        dense(),
        output(),
      );
      return model({ inputs: x, outputs: y });
    },
  ],
  [
    'conv-multi',
    convolutionsNet,
    () => {
      const x = words();
      const embedded = through(x, embedding());
      const branches = widths.map((each) =>
        through(embedded, convolution(each), pool(), tf.flatten()),
      );
      const joined = tf.concatenate().apply(branches) as Symbol;
      return model({ inputs: x, outputs: through(joined, dense(), output()) });
    },
  ],
  [
    'lstm',
    lstmNet,
    () => {
      const x = words();
      const lstm = tf.lstm({
        units,
        recurrentActivation: 'hardSigmoid',
        recurrentInitializer: 'zeros',
      });
      return model({ inputs: x, outputs: through(x, embedding(true), lstm, output()) });
    },
  ],
];

describe('the nets and tfjs', () => {
  beforeAll(async () => {
    enableProdMode();
    await setBackend('cpu');
  });

  it.each(peers)('agree on the loss and on every gradient: %s', async (_, build, peer) => {
    const data = sequences(planted(REVIEWS, 14, 3), sequence, vocabulary);
    const batch = Uint32Array.from({ length: REVIEWS }, (_, i) => i);
    const net = await Net.create((layout) => build(layout, options), 4);
    const { normal } = random(5);
    for (const parameter of net.parameters) {
      const values = net.numbers(parameter, 'values');
      values.forEach((value, i) => (values[i] = value + 0.3 * normal()));
    }

    const theirs = peer();
    const shapes = theirs.getWeights().map(({ shape }) => shape);
    const before = net.parameters.map((parameter) => net.numbers(parameter, 'values').slice());
    theirs.setWeights(before.map((values, i) => tensor(values, shapes[i])));
    // A step of gradient descent at a rate of 1 moves by the gradient.
    theirs.compile({ optimizer: train.sgd(1), loss: 'binaryCrossentropy' });
    const x = tensor2d(Float32Array.from(data.ids), [REVIEWS, sequence]);
    const y = tensor2d(Float32Array.from(data.labels), [REVIEWS, 1]);
    const loss = (await theirs.trainOnBatch(x, y)) as number;

    expect(net.gradients(data, batch).loss / REVIEWS).toBeCloseTo(loss, 5);
    const after = theirs.getWeights().map((weights) => weights.dataSync());
    expect(after.length).toBe(net.parameters.length);
    for (const [p, parameter] of net.parameters.entries()) {
      const gradient = net.numbers(parameter, 'gradient');
      expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
      gradient.forEach((value, i) => {
        const wanted = before[p][i] - after[p][i];
        expect(Math.abs(value - wanted), `parameter ${p}, ${i}`).toBeLessThan(2e-5);
      });
    }
  });
});
