import type { LayerInfo } from '../../run/types.ts';
import type { MfOptions } from './options.ts';

/**
 * What `mf` computes for a user and a movie, with a row for each of factors and bias; with implicit feedback each also
 * has the sum of such rows over the movies that the user rated, or over the users who rated the movie, by √count.
 *
 * @param mean of the training ratings, which biases are measured from
 * @param range of the training ratings, which predictions are clipped to
 */
export function layersOf(
  users: number,
  movies: number,
  { factors, implicitFeedback }: Pick<MfOptions, 'factors' | 'implicitFeedback'>,
  mean: number,
  [least, most]: [number, number],
): LayerInfo[] {
  const layers: LayerInfo[] = [];
  const input = (name: string, shape: LayerInfo['shape']) =>
    layers.push({ name, kind: 'input', inputs: [], shape, parameters: 0 });
  const rows = (name: string, from: string, count: number, columns: number, pooling?: string) =>
    layers.push({
      name,
      kind: 'embedding',
      inputs: [from],
      shape: [null, columns],
      parameters: count * columns,
      settings: { rows: count, ...(pooling && { pooling }) },
    });
  const combine = (
    name: string,
    kind: string,
    inputs: string[],
    columns: number[],
    settings?: LayerInfo['settings'],
  ) =>
    layers.push({
      name,
      kind,
      inputs,
      shape: [null, ...columns],
      parameters: 0,
      ...(settings && { settings }),
    });

  input('user', [null]);
  input('movie', [null]);
  rows('user factors', 'user', users, factors);
  rows('movie factors', 'movie', movies, factors);
  rows('user bias', 'user', users, 1);
  rows('movie bias', 'movie', movies, 1);
  let vectors = ['user factors', 'movie factors'];
  const biases = ['user bias', 'movie bias'];
  if (implicitFeedback) {
    const pooling = 'sum / √count';
    input('movies of the user', [null, null]);
    input('users of the movie', [null, null]);
    rows('implicit user factors', 'movies of the user', movies, factors, pooling);
    rows('implicit movie factors', 'users of the movie', users, factors, pooling);
    rows('implicit user bias', 'movies of the user', movies, 1, pooling);
    rows('implicit movie bias', 'users of the movie', users, 1, pooling);
    combine('user vector', 'add', ['user factors', 'implicit user factors'], [factors]);
    combine('movie vector', 'add', ['movie factors', 'implicit movie factors'], [factors]);
    vectors = ['user vector', 'movie vector'];
    biases.push('implicit user bias', 'implicit movie bias');
  }
  combine('dot product', 'dot', vectors, []);
  combine('sum', 'add', ['dot product', ...biases], [], { globalMean: mean });
  combine('rating', 'clip', ['sum'], [], { least, most });
  return layers;
}
