import { correlations, type Attribute } from '../math/statistics.ts';
import { random } from '../math/random.ts';
import { column } from '../math/pca.ts';
import type { Run } from '../run/types.ts';
import { fitted, fittedItems, remembered } from './fitted.ts';
import { numbers, tags } from './item.ts';
import type { About, SpectrumQuery } from './types.ts';

/** A genre is tried when at least this many fitted items have it, and as many do not. */
export const MINIMUM_ITEMS = 10;

const PERMUTATIONS = 999;
/** Scores read in all permutations together; more items get fewer of them, so that an answer takes seconds. */
const BUDGET = 1e9;

/**
 * What a component's scores go along with, strongest first: year, log count, mean rating, bias, any other column
 * of numbers, and each genre, with corrected permutation p-values. The same question has the same answer: the seed is the component.
 *
 * @param query.component from 1 to the number of components
 */
export function aboutComponent(run: Run, query: SpectrumQuery & { component: number }): About[] {
  const { component, convention } = query;
  const count = fittedItems(run, query);
  return remembered(run, `about ${convention} ${count} ${component}`, () => {
    const scores = column(fitted(run, query).scores, component - 1);
    const tried = attributes(run, count);
    const affordable = Math.floor(BUDGET / (count * Math.max(1, tried.length)));
    const permutations = Math.max(99, Math.min(PERMUTATIONS, affordable));
    return correlations(scores, tried, permutations, random(component)).sort(
      (a, b) => Math.abs(b.correlation) - Math.abs(a.correlation),
    );
  });
}

/** Everything known about the first `count` items that can be correlated. */
function attributes({ items }: Run, count: number): Attribute[] {
  const found: Attribute[] = [];
  const add = (name: string, values: ArrayLike<number> | undefined) => {
    if (values) found.push({ name, values });
  };
  add('year', numbers(items, 'year'));
  add(
    'log count',
    Float64Array.from(items.counts.subarray(0, count), (value) => Math.log1p(value)),
  );
  add('mean rating', numbers(items, 'mean'));
  add('bias', items.bias);
  for (const name of Object.keys(items.columns)) {
    if (name !== 'year' && name !== 'mean') add(name, numbers(items, name));
  }
  const genres = tags(items, 'genres')?.slice(0, count) ?? [];
  const sizes = new Map<string, number>();
  for (const own of genres) {
    for (const genre of new Set(own)) sizes.set(genre, (sizes.get(genre) ?? 0) + 1);
  }
  for (const [genre, size] of [...sizes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (size < MINIMUM_ITEMS || count - size < MINIMUM_ITEMS) continue;
    add(
      `genre: ${genre}`,
      genres.map((own) => Number(own.includes(genre))),
    );
  }
  return found;
}
