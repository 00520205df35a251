import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { random } from '../../src/lib/math/random.ts';
import { matrix } from '../../src/lib/math/matrix.ts';
import { SCHEMA_VERSION, type Run } from '../../src/lib/run/types.ts';
import { chooseBackend } from '../../src/lib/train/backend.node.ts';
import { MOVIE_MODELS, REVIEW_MODELS } from '../../src/lib/train/models.ts';
import type { Hyperparameters, Trainer } from '../../src/lib/train/types.ts';
import { realRatings } from '../unit/train/lesson/ratings.ts';
import { plantedCorpus } from '../unit/train/nets/reviews.ts';

const gpu = inject('gpu');

/** Of every loss of every epoch, against the WASM rung's: float32 sums in another order, and Adam's steps over them. */
const TOLERANCE = 1e-4;

const MOVIES: [string, Hyperparameters][] = [
  ['dot', {}],
  ['dot-bias', {}],
  ['nn', { hidden: 8, batchNorm: true }],
];
const WORDS: [string, Hyperparameters][] = [
  ['dense', { hidden: 8, batchNorm: true }],
  ['conv', { filters: 8, hidden: 8 }],
  ['conv-pretrained', { filters: 8, hidden: 8, schedule: 'as-written', epochs: 3 }],
  ['conv-multi', { filters: 8, hidden: 8 }],
  ['lstm', { units: 8 }],
];

const { ratings, split } = realRatings();
const some = { train: split.train.subarray(0, 384), validation: split.validation.subarray(0, 200) };
const corpus = plantedCorpus(64, 32);

/** A run of a vector for each word. */
function vectors(): Run {
  const { words } = corpus.vocabulary;
  const { normal } = random(9);
  const drawn = matrix(words.length, 6);
  drawn.data.forEach((_, i) => (drawn.data[i] = normal()));
  return {
    manifest: { schemaVersion: SCHEMA_VERSION, id: 'drawn', kind: 'words' },
    items: { ids: words, labels: words, vectors: drawn },
  } as unknown as Run;
}

/** Losses of training and validation by epoch, and what was learnt. */
async function curves(trainer: Trainer): Promise<{ losses: number[]; factors: Float32Array }> {
  const losses: number[] = [];
  for (let epoch; (epoch = await trainer.epoch({})) !== undefined;) {
    losses.push(epoch.trainLoss, epoch.validationLoss!);
  }
  const { itemFactors } = await trainer.learnt();
  trainer.dispose();
  return { losses, factors: itemFactors.data };
}

type Curves = Awaited<ReturnType<typeof curves>>;

function expectAlike(ours: Curves, theirs: Curves): void {
  expect(ours.losses).toHaveLength(theirs.losses.length);
  ours.losses.forEach((loss, k) => {
    expect(Math.abs(loss / theirs.losses[k] - 1), `loss ${k}`).toBeLessThan(TOLERANCE);
  });
  expect(ours.factors).toHaveLength(theirs.factors.length);
  const furthest = ours.factors.reduce(
    (most, value, k) => Math.max(most, Math.abs(value - theirs.factors[k])),
    0,
  );
  expect(furthest).toBeLessThan(1e-3);
  // Curves that stand still would agree as well.
  expect(Math.abs(ours.losses.at(-2)! / ours.losses[0] - 1)).toBeGreaterThan(10 * TOLERANCE);
}

describe.skipIf(!gpu)('every model learns on WebGPU what it learns on WASM', () => {
  beforeAll(async () => {
    Object.assign(process.env, gpu);
    await chooseBackend('wasm');
    await chooseBackend('webgpu-software');
  });

  it.each(MOVIES)('%s %o', async (name, given) => {
    const model = await MOVIE_MODELS[name]();
    const settings = { factors: 6, batch: 128, epochs: 2, learningRate: 0.01, ...given };
    const trained: Curves[] = [];
    for (const rung of ['webgpu', 'wasm']) {
      await setBackend(rung);
      trained.push(await curves(await model.create(ratings, some, settings, 1)));
    }
    expectAlike(trained[0], trained[1]);
  });

  it.each(WORDS)('%s %o', async (name, given) => {
    const model = await REVIEW_MODELS[name]();
    const small = { sequence: 12, dimensions: 6, batch: 32, epochs: 2, learningRate: 0.01 };
    const settings = model.parse({ ...small, ...given });
    const run = model.vectors === 'required' ? vectors() : undefined;
    await setBackend('webgpu');
    const ours = await curves(await model.create(corpus, settings, 1, run, true));
    // On the WASM rung the words' nets have their own kernels.
    const theirs = await curves(await model.create(corpus, settings, 1, run, false));
    expectAlike(ours, theirs);
  });
});
