import { add, mul, reshape, sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Random } from '../../math/random.ts';
import { part, table } from '../layerInfo.ts';
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
    layers: [
      table('user-factors', 'user', users, factors),
      table('movie-factors', 'movie', movies, factors),
      part('rating', 'dot', ['user-factors', 'movie-factors'], 1),
    ],
    itemFactors: tables[1],
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
  const factors = dot.layers.slice(0, 2);
  return {
    ...dot,
    layers: [
      ...factors,
      table('user-bias', 'user', users, 1),
      table('movie-bias', 'movie', movies, 1),
      part(
        'dot',
        'dot',
        factors.map(({ name }) => name),
        1,
      ),
      part('rating', 'add', ['dot', 'user-bias', 'movie-bias'], 1),
    ],
    tables: [...dot.tables, embedding('users', users, 1, 0, random), itemBias],
    itemBias,
    predict([user, movie, userBias, movieBias]) {
      const bias = add(userBias, movieBias);
      return add(product(user, movie), reshape(bias, [bias.size])) as Tensor1D;
    },
  };
}

function product(user: Tensor, movie: Tensor): Tensor1D {
  return sum(mul(user, movie), 1) as Tensor1D;
}
