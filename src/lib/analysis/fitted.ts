import { InputError } from '../errors.ts';
import { kernelProducts } from '../kernels/products.ts';
import type { Matrix } from '../math/matrix.ts';
import { pca, type Pca } from '../math/pca.ts';
import type { Run } from '../run/types.ts';
import { checkWhole } from './item.ts';
import type { SpectrumQuery } from './types.ts';

const memory = new WeakMap<Run, Map<string, unknown>>();

/** What `compute` gave for this run and key the first time. */
export function remembered<T>(run: Run, key: string, compute: () => T): T {
  let known = memory.get(run);
  if (!known) memory.set(run, (known = new Map()));
  if (!known.has(key)) known.set(key, compute());
  return known.get(key) as T;
}

/** The number of items that a query of `items` is fitted on: all, when the run has fewer. */
export function fittedItems(run: Run, { items }: Pick<SpectrumQuery, 'items'>): number {
  checkWhole('items', items, 2);
  return Math.min(items, run.items.ids.length);
}

/**
 * The components of a run's first rows, computed once a run, number of items and convention.
 *
 * @throws InputError when they cannot be fitted
 */
export function fitted(run: Run, query: SpectrumQuery): Pca {
  const count = fittedItems(run, query);
  return remembered(run, `pca ${query.convention} ${count}`, () => {
    try {
      return pca(firstRows(run.items.vectors, count), {
        convention: query.convention,
        products: kernelProducts,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new InputError(`this run has no principal components: ${error.message}`, {
        cause: error,
      });
    }
  });
}

function firstRows({ data, columns }: Matrix, rows: number): Matrix {
  return { data: data.subarray(0, rows * columns), rows, columns };
}
