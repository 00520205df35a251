/**
 * Seconds for one training step of the net `conv` (500 words a review, batches of 64, the
 * lesson's sizes and dropouts but for that of words, which tfjs has not): ours, by hand on
 * our own kernels, against the same net as layers of tfjs with automatic differentiation on its WASM backend. There
 * once with only what it lacks for training added, and once with our faster products and convolutions too. All on
 * one thread; the three take turns in one process, and a figure is the median of their steps.
 */
import { performance } from 'node:perf_hooks';
import {
  getKernel,
  registerKernel,
  tensor2d,
  train,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { layers as tf, sequential } from '@tensorflow/tfjs-layers';
import { random } from '../src/lib/math/random.ts';
import { chooseBackend } from '../src/lib/train/backend.node.ts';
import { convolutionNet } from '../src/lib/train/nets/architectures.ts';
import { conv } from '../src/lib/train/nets/models.ts';
import { Net } from '../src/lib/train/nets/net.ts';
import { parseOptions } from '../src/lib/train/nets/options.ts';
import type { Sequences } from '../src/lib/train/nets/sequences.ts';
import type { Result } from './run.ts';

const LENGTH = 500;
const VOCABULARY = 5_000;
const BATCH = 64;

/** Reviews whose words are unevenly frequent; in positive ones each word has an even number rather more often. */
function drawn(count: number): Sequences {
  const { uniform } = random(1);
  const labels = Uint8Array.from({ length: count }, () => (uniform() < 0.5 ? 1 : 0));
  const ids = Uint16Array.from({ length: count * LENGTH }, (_, k) => {
    const id = 2 * Math.floor((VOCABULARY / 2 - 1) * uniform() ** 3) + 1;
    const isPositive = labels[Math.floor(k / LENGTH)] === 1;
    return uniform() < (isPositive ? 0.8 : 0.2) ? id + 1 : id;
  });
  return { ids, length: LENGTH, labels };
}

function tfjsModel() {
  const model = sequential();
  // With a seed tfjs would drop the same values in every step.
  const dropout = (rate: number) => tf.dropout({ rate });
  const shape = { inputDim: VOCABULARY, outputDim: 32, inputLength: LENGTH };
  model.add(tf.embedding(shape));
  model.add(dropout(0.2));
  model.add(tf.conv1d({ filters: 64, kernelSize: 5, padding: 'same', activation: 'relu' }));
  model.add(dropout(0.2));
  model.add(tf.maxPooling1d({ poolSize: 2 }));
  model.add(tf.flatten());
  model.add(tf.dense({ units: 100, activation: 'relu' }));
  model.add(dropout(0.7));
  model.add(tf.dense({ units: 1, activation: 'sigmoid' }));
  model.compile({ optimizer: train.adam(0.001), loss: 'binaryCrossentropy' });
  return model;
}

/** The kernels that we have put in place of tfjs's own. */
const REPLACED = ['BatchMatMul', 'Conv2DBackpropInput'];

function kernelsOf(names: string[]) {
  return names.map((name) => getKernel(name, 'wasm'));
}

function use(kernels: ReturnType<typeof kernelsOf>): void {
  for (const kernel of kernels) {
    unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const published = kernelsOf(REPLACED);
  await chooseBackend('wasm');
  const ours = kernelsOf(REPLACED);
  const rounds = quick ? 3 : 25;
  const data = drawn(BATCH * (rounds + 1));
  const options = parseOptions('conv', conv.defaults, { wordDropout: 0 });
  const net = await Net.create((layout) => convolutionNet(layout, options), 1);
  if (net.backend !== 'kernel') throw new Error('this engine has no WebAssembly with SIMD');

  const tfjs = (kernels: typeof ours) => {
    const model = tfjsModel();
    return async (reviews: Uint32Array) => {
      use(kernels);
      const words = [...reviews].flatMap((i) => [
        ...data.ids.subarray(i * LENGTH, (i + 1) * LENGTH),
      ]);
      const x = tensor2d(words, [BATCH, LENGTH]);
      const y = tensor2d(
        [...reviews].map((i) => data.labels[i]),
        [BATCH, 1],
      );
      const start = performance.now();
      const loss = (await model.trainOnBatch(x, y)) as number;
      const seconds = (performance.now() - start) / 1000;
      x.dispose();
      y.dispose();
      return { seconds, loss };
    };
  };
  const peers: [string, (reviews: Uint32Array) => Promise<{ seconds: number; loss: number }>][] = [
    [
      'ours',
      async (reviews) => {
        const start = performance.now();
        const { loss } = net.train(data, reviews, 0.001);
        return { seconds: (performance.now() - start) / 1000, loss: loss / BATCH };
      },
    ],
    ['tfjs layers on WASM, what is missing added', tfjs(published)],
    ['tfjs layers on WASM, faster kernels too', tfjs(ours)],
  ];
  const taken = peers.map(([name, step]) => ({
    name,
    step,
    seconds: [] as number[],
    losses: [] as number[],
  }));
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const reviews = Uint32Array.from({ length: BATCH }, (_, i) => round * BATCH + i);
    for (const peer of taken) {
      const { seconds, loss } = await peer.step(reviews);
      if (round > 0) peer.seconds.push(seconds);
      peer.losses.push(loss);
    }
  }
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const base = median(taken[0].seconds);
  const results = taken.map(({ name, seconds, losses }): Result => ({
    name,
    n: BATCH,
    d: 32,
    seconds: median(seconds),
    ratioToOurs: median(seconds) / base,
    quality: {
      fastest: Math.min(...seconds),
      slowest: Math.max(...seconds),
      firstLoss: losses[0],
      lastLoss: losses[losses.length - 1],
    },
  }));
  return { results };
}
