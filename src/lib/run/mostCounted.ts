import { matrix } from '../math/matrix.ts';
import type { Column, Items } from './types.ts';

/** The `n` items with the highest counts, which are the first rows; all of them where there are no more. */
export function mostCounted(items: Items, n: number): Items {
  const kept = Math.min(n, items.ids.length);
  const { data, columns: dimensions } = items.vectors;
  const columns = Object.entries(items.columns).map(([name, column]) => [
    name,
    { ...column, values: column.values.slice(0, kept) } as Column,
  ]);
  return {
    ids: items.ids.slice(0, kept),
    labels: items.labels.slice(0, kept),
    counts: items.counts.slice(0, kept),
    ...(items.bias && { bias: items.bias.slice(0, kept) }),
    columns: Object.fromEntries(columns) as Record<string, Column>,
    vectors: matrix(kept, dimensions, data.slice(0, kept * dimensions)),
  };
}
