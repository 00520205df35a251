import { add, mul, reshape, sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Random } from '../../math/random.ts';
import type { LayerInfo } from '../../run/types.ts';
import type { Network } from './network.ts';
import type { LessonOptions } from './options.ts';
import { uniform, type Table } from './parameter.ts';

/** Keras 1 draws embeddings between ±0.05. */
const EMBEDDING_SCALE = 0.05;

/** A table of embeddings, one row per user or movie. */
export function embedding(
  of: Table['of'],
  rows: number,
  columns: number,
  l2: number,
  random: Random,
): Table {
  return { of, l2, values: uniform([rows, columns], EMBEDDING_SCALE, random) };
}

/** The ids of user and movie, and the row of its table that each takes. */
export function factorLayers([users, movies]: readonly Table[]): LayerInfo[] {
  return [
    idLayer('user'),
    idLayer('movie'),
    rowLayer('user factors', 'user', users),
    rowLayer('movie factors', 'movie', movies),
  ];
}

function idLayer(name: string): LayerInfo {
  return { name, kind: 'input', inputs: [], shape: [null], parameters: 0 };
}

function rowLayer(name: string, input: string, { values, l2 }: Table): LayerInfo {
  const [rows, columns] = values.shape;
  return {
    name,
    kind: 'embedding',
    inputs: [input],
    shape: [null, columns],
    parameters: values.size,
    settings: { rows, l2 },
  };
}

/** user · movie */
export function dotNetwork(
  users: number,
  movies: number,
  { factors, l2 }: LessonOptions,
  random: Random,
): Network {
  const tables = [
    embedding('users', users, factors, l2, random),
    embedding('movies', movies, factors, l2, random),
  ];
  return {
    tables,
    weights: [],
    itemFactors: tables[1],
    layers: [
      ...factorLayers(tables),
      {
        name: 'dot product',
        kind: 'dot',
        inputs: ['user factors', 'movie factors'],
        shape: [null],
        parameters: 0,
      },
    ],
    predict: ([user, movie]) => product(user, movie),
  };
}

/** user · movie + user bias + movie bias, the biases without a penalty. */
export function dotBiasNetwork(
  users: number,
  movies: number,
  options: LessonOptions,
  random: Random,
): Network {
  const dot = dotNetwork(users, movies, options, random);
  const itemBias = embedding('movies', movies, 1, 0, random);
  const userBias = embedding('users', users, 1, 0, random);
  return {
    ...dot,
    tables: [...dot.tables, userBias, itemBias],
    itemBias,
    layers: [
      ...dot.layers,
      rowLayer('user bias', 'user', userBias),
      rowLayer('movie bias', 'movie', itemBias),
      {
        name: 'rating',
        kind: 'add',
        inputs: ['dot product', 'user bias', 'movie bias'],
        shape: [null],
        parameters: 0,
      },
    ],
    predict([user, movie, userBias, movieBias]) {
      const bias = add(userBias, movieBias);
      return add(product(user, movie), reshape(bias, [bias.size])) as Tensor1D;
    },
  };
}

function product(user: Tensor, movie: Tensor): Tensor1D {
  return sum(mul(user, movie), 1) as Tensor1D;
}
