import { InputError } from '../errors.ts';
import { type NeighbourIndex, neighbourIndex } from '../kernels/neighbourIndex.ts';
import { row as rowOf } from '../math/matrix.ts';
import { nearest } from '../math/neighbours.ts';
import type { Run } from '../run/types.ts';
import { remembered } from './fitted.ts';
import { checkWhole, summarise } from './item.ts';
import type { Neighbour, NeighbourQuery } from './types.ts';

/**
 * The items nearest to one of the run's, which is not among them; nearest first, of equals the lower row.
 *
 * @throws InputError when the run has no such row, `count` is below 1, or a cosine is asked of a vector of zeros
 */
export async function neighbours(
  run: Run,
  { row, metric, count }: NeighbourQuery,
): Promise<Neighbour[]> {
  const { items } = run;
  checkWhole('row', row, 0, items.vectors.rows - 1);
  checkWhole('count', count, 1);
  const query = rowOf(items.vectors, row);
  if (metric === 'cosine' && query.every((value) => value === 0)) {
    throw new InputError(
      `the vector of ${items.labels[row]} is all zeros and has no direction: use the metric euclidean`,
    );
  }
  const index = await indexOf(run);
  const { rows, values } = index
    ? index.nearest(row, count, metric)
    : nearest(items.vectors, query, count, metric, row);
  return Array.from(rows, (other, at) => ({
    ...summarise(items, other),
    ...(metric === 'euclidean' ? { distance: values[at] } : { similarity: values[at] }),
  }));
}

/** The index of a run's vectors, made once; none where there is no memory for it, and the plain search answers. */
function indexOf(run: Run): Promise<NeighbourIndex | undefined> {
  return remembered(run, 'neighbour index', () =>
    neighbourIndex(run.items.vectors).catch((error) => {
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }),
  );
}
