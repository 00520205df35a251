import {
  add,
  concat,
  matMul,
  maximum,
  mul,
  pad,
  relu,
  reshape,
  slice,
  squeeze,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayerInfo } from '../../../run/types.ts';
import { BatchNorm } from '../../lesson/nn.ts';
import { lstm } from './lstm.ts';

/** What a layer needs beside its inputs. */
export interface Step {
  /** The layer's own parameters. */
  weights: readonly Tensor[];
  isTraining: boolean;
  /** batch × sequence, int32 */
  words: Tensor2D;
  /** The layer's next dropout, shaped as its input or flat; undefined where nothing is dropped. */
  mask(): Tensor | undefined;
  norm: BatchNorm | undefined;
}

/** What a layer computes, from the tensors of the layers that it names as its inputs. */
export function compute(info: LayerInfo, inputs: readonly Tensor[], step: Step): Tensor {
  const [x] = inputs;
  switch (info.kind) {
    case 'dropout': {
      const mask = step.isTraining ? step.mask() : undefined;
      return mask ? mul(x, reshape(mask, x.shape)) : x;
    }
    case 'convolution':
      return convolution(x as Tensor3D, step.weights, Number(info.settings?.width));
    case 'batch-norm':
      return normalised(x, step);
    case 'max-pool':
      return largerOfPairs(x as Tensor3D);
    case 'flatten':
      return flat(x);
    case 'concatenate':
      return concat(inputs.map(flat), 1);
    case 'dense':
      return dense(flat(x) as Tensor2D, step.weights, info.settings?.activation === 'relu');
    case 'lstm':
      return recurrent(x as Tensor3D, step);
    default:
      throw new Error(`there is no layer "${info.kind}" among tensors`);
  }
}

function flat(x: Tensor): Tensor {
  const [batch, ...rest] = x.shape;
  return reshape(x, [batch, rest.reduce((size, length) => size * length, 1)]);
}

function dense(x: Tensor2D, [weights, bias]: readonly Tensor[], isRelu: boolean): Tensor {
  const y = add(matMul(x, reshape(weights, [x.shape[1], bias.size]) as Tensor2D), bias);
  return isRelu ? relu(y) : y;
}

/** As `Convolution`, with the windows side by side as a matrix, so that forth and back are products. */
function convolution(x: Tensor3D, [weights, bias]: readonly Tensor[], width: number): Tensor {
  const [batch, length, columns] = x.shape;
  const before = width >> 1;
  const padded = pad(x, [
    [0, 0],
    [before, width - 1 - before],
    [0, 0],
  ]);
  const shifted = Array.from({ length: width }, (_, j) =>
    slice(padded, [0, j, 0], [batch, length, columns]),
  );
  const windows = reshape(concat(shifted, 2), [batch * length, width * columns]) as Tensor2D;
  const matrix = reshape(weights, [width * columns, bias.size]) as Tensor2D;
  return reshape(relu(add(matMul(windows, matrix), bias)), [batch, length, bias.size]);
}

function normalised(x: Tensor, { weights: [scale, offset], norm, isTraining }: Step): Tensor {
  const rows = reshape(x, [-1, scale.size]);
  return reshape(norm!.apply(rows, scale, offset, isTraining), x.shape);
}

/** Of each two neighbouring rows; an odd last row is left out. */
function largerOfPairs(x: Tensor3D): Tensor {
  const [batch, length, columns] = x.shape;
  const pairs = length >> 1;
  const even = slice(x, [0, 0, 0], [batch, 2 * pairs, columns]);
  const both = reshape(even, [batch, pairs, 2, columns]);
  const half = (i: number) => squeeze(slice(both, [0, 0, i, 0], [batch, pairs, 1, columns]), [2]);
  return maximum(half(0), half(1));
}

function recurrent(x: Tensor3D, { weights, words }: Step): Tensor {
  const [batch, steps, columns] = x.shape;
  const [own, turn, bias] = weights;
  const units = bias.size / 4;
  const rows = reshape(x, [batch * steps, columns]) as Tensor2D;
  const sums = add(matMul(rows, reshape(own, [columns, 4 * units]) as Tensor2D), bias);
  const projected = reshape(sums, [batch, steps, 4 * units]) as Tensor3D;
  return lstm(projected, reshape(turn, [units, 4 * units]) as Tensor2D, words);
}

/** The moving averages of a layer, where it has some. */
export function normOf(info: LayerInfo): BatchNorm | undefined {
  return info.kind === 'batch-norm' ? new BatchNorm(info.shape.at(-1)!) : undefined;
}

/** What of a layer is kept beside its parameters. */
export function stateOf(norm: BatchNorm | undefined): Variable[] {
  return norm ? [norm.gamma, norm.beta, norm.movingMean, norm.movingVariance] : [];
}
