import type { ItemTable } from '../../analysis/types.ts';
import type { Facets } from '../filter/filter.ts';
import { categoryLimit } from './shapes.ts';

/** Points coloured by the first genre that each item lists among the eight most common; the rest are `Other`. */
export interface Colouring {
  /** Index of each point's category. */
  categories: Uint8Array;
  /** Those that occur, with how often. */
  entries: { index: number; name: string; count: number }[];
}

export function colourByGenre(
  table: ItemTable,
  rows: readonly number[],
  genres: Facets['genres'],
): Colouring {
  const names = genres.slice(0, categoryLimit).map((genre) => genre.name);
  const index = new Map(names.map((name, i) => [name, i]));
  const tags = table.columns.genres;
  const counts = new Array<number>(names.length + 1).fill(0);
  const categories = Uint8Array.from(rows, (row) => {
    const own = tags?.kind === 'tags' ? tags.values[row] : [];
    const first = own.find((name) => index.has(name));
    const category = first === undefined ? names.length : index.get(first)!;
    counts[category]++;
    return category;
  });
  const entries = [...names, 'Other']
    .map((name, i) => ({ index: i < names.length ? i : categoryLimit, name, count: counts[i] }))
    .filter((entry) => entry.count > 0);
  // What is beyond the eighth has no colour of its own, however few genres there are.
  for (let i = 0; i < categories.length; i++) {
    if (categories[i] === names.length) categories[i] = categoryLimit;
  }
  return { categories, entries };
}
