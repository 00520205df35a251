import { InputError } from '../errors.ts';
import { row as rowOf } from '../math/matrix.ts';
import { nearest } from '../math/neighbours.ts';
import type { Run } from '../run/types.ts';
import { checkWhole, summarise } from './item.ts';
import type { Neighbour, NeighbourQuery } from './types.ts';

/**
 * The items nearest to one of the run's, which is not among them; nearest first, of equals the lower row.
 *
 * @throws InputError when the run has no such row, `count` is below 1, or a cosine is asked of a vector of zeros
 */
export function neighbours({ items }: Run, { row, metric, count }: NeighbourQuery): Neighbour[] {
  checkWhole('row', row, 0, items.vectors.rows - 1);
  checkWhole('count', count, 1);
  const query = rowOf(items.vectors, row);
  if (metric === 'cosine' && query.every((value) => value === 0)) {
    throw new InputError(
      `the vector of ${items.labels[row]} is all zeros and has no direction: use the metric euclidean`,
    );
  }
  const { rows, values } = nearest(items.vectors, query, count, metric, row);
  return Array.from(rows, (other, at) => ({
    ...summarise(items, other),
    ...(metric === 'euclidean' ? { distance: values[at] } : { similarity: values[at] }),
  }));
}
