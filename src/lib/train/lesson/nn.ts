import {
  add,
  concat,
  matMul,
  mean,
  mul,
  ones,
  relu,
  reshape,
  rsqrt,
  square,
  sub,
  tensor,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import { part, table } from '../layerInfo.ts';
import type { Network } from './network.ts';
import type { LessonOptions } from './options.ts';
import { glorotUniform, owned, type Parameter } from './parameter.ts';
import { embedding } from './products.ts';

/** Keras 1's defaults for batch normalisation. */
const MOMENTUM = 0.99;
const EPSILON = 1e-3;

/**
 * A net on the concatenated embeddings of user and movie: dropout, dense with relu, batch
 * normalisation if asked for, dropout, dense with one output.
 */
export function nnNetwork(
  users: number,
  movies: number,
  options: LessonOptions,
  random: Random,
): Network {
  const { factors, l2, hidden, inputDropout, hiddenDropout, batchNorm } = options;
  const tables = [
    embedding('users', users, factors, l2, random),
    embedding('movies', movies, factors, l2, random),
  ];
  const free = (values: Variable): Parameter => ({ values, l2: 0 });
  const weights = [
    free(glorotUniform(2 * factors, hidden, random)),
    free(owned(zeros([hidden]))),
    free(glorotUniform(hidden, 1, random)),
    free(owned(zeros([1]))),
  ];
  const norm = batchNorm ? new BatchNorm(hidden) : undefined;
  if (norm) weights.push(free(norm.gamma), free(norm.beta));
  return {
    tables,
    weights,
    layers: nnLayers(users, movies, options),
    itemFactors: tables[1],
    state: norm ? [norm.movingMean, norm.movingVariance] : [],
    predict(rows, [dense, denseBias, last, lastBias, gamma, beta], training) {
      let x: Tensor = concat(rows, 1);
      if (training) x = dropout(x, inputDropout, random);
      x = relu(add(matMul(x as Tensor2D, dense as Tensor2D), denseBias));
      if (norm) x = norm.apply(x, gamma, beta, training);
      if (training) x = dropout(x, hiddenDropout, random);
      x = add(matMul(x as Tensor2D, last as Tensor2D), lastBias);
      return reshape(x, [x.size]) as Tensor1D;
    },
  };
}

function nnLayers(
  users: number,
  movies: number,
  { factors, hidden, inputDropout, hiddenDropout, batchNorm }: LessonOptions,
): LayerInfo[] {
  const dense = (name: string, input: string, inputs: number, units: number, activation: string) =>
    part(name, 'dense', [input], units, {
      parameters: (inputs + 1) * units,
      settings: { units, activation },
    });
  const dropout = (name: string, input: string, columns: number, share: number) =>
    part(name, 'dropout', [input], columns, { settings: { share } });
  const norm = part('norm', 'batch-norm', ['dense'], hidden, {
    parameters: 4 * hidden,
    settings: { momentum: MOMENTUM, epsilon: EPSILON },
  });
  return [
    table('user-factors', 'user', users, factors),
    table('movie-factors', 'movie', movies, factors),
    part('concatenate', 'concatenate', ['user-factors', 'movie-factors'], 2 * factors),
    dropout('input-dropout', 'concatenate', 2 * factors, inputDropout),
    dense('dense', 'input-dropout', 2 * factors, hidden, 'relu'),
    ...(batchNorm ? [norm] : []),
    dropout('hidden-dropout', batchNorm ? 'norm' : 'dense', hidden, hiddenDropout),
    dense('rating', 'hidden-dropout', hidden, 1, 'linear'),
  ];
}

/** Sets each value to zero with probability `rate`, and scales the others by 1 / (1 − rate). */
export function dropout(x: Tensor, rate: number, random: Random): Tensor {
  if (rate === 0) return x;
  const mask = new Float32Array(x.size);
  const limit = rate * 2 ** 32;
  const scale = 1 / (1 - rate);
  for (let k = 0; k < mask.length; k++) mask[k] = random.seed() >>> 0 < limit ? 0 : scale;
  return mul(x, tensor(mask, x.shape));
}

/**
 * Batch normalisation over rows (Ioffe and Szegedy 2015): with the batch's own mean and variance in
 * training, of which moving averages are kept, and with those averages afterwards.
 */
export class BatchNorm {
  readonly gamma: Variable;
  readonly beta: Variable;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;

  constructor(columns: number) {
    this.gamma = owned(ones([columns]));
    this.beta = owned(zeros([columns]));
    this.movingMean = owned(zeros([columns]));
    this.movingVariance = owned(ones([columns]));
  }

  apply(x: Tensor, gamma: Tensor, beta: Tensor, training: boolean): Tensor {
    const centre = training ? mean(x, 0) : this.movingMean;
    const centred = sub(x, centre);
    const variance = training ? mean(square(centred), 0) : this.movingVariance;
    if (training) {
      follow(this.movingMean, centre);
      follow(this.movingVariance, variance);
    }
    return add(mul(mul(centred, rsqrt(add(variance, EPSILON))), gamma), beta);
  }
}

/** Moves a moving average towards a new value. */
function follow(average: Variable, value: Tensor): void {
  average.assign(add(mul(average, MOMENTUM), mul(value, 1 - MOMENTUM)));
}
