import type { ItemFilter, ItemTable } from '../../analysis/types.ts';
import { formatCount } from '../format.ts';
import type { Params } from './params.ts';

/** The filter that an address asks for: `genre` (any number of times), `from`, `to` and `min`. */
export function readFilter(params: Params): ItemFilter {
  const filter: ItemFilter = {};
  const genres = [...new Set(params.search.getAll('genre').filter((genre) => genre.trim()))];
  if (genres.length > 0) filter.genres = genres;
  const yearFrom = params.whole('from', undefined, 1, 9999);
  const yearTo = params.whole('to', undefined, 1, 9999);
  const minimumCount = params.whole('min', undefined, 0, 4_294_967_295);
  if (yearFrom !== undefined) filter.yearFrom = yearFrom;
  if (yearTo !== undefined) filter.yearTo = yearTo;
  if (minimumCount) filter.minimumCount = minimumCount;
  if (yearFrom !== undefined && yearTo !== undefined && yearFrom > yearTo) {
    params.notices.push(`from=${yearFrom} is after to=${yearTo}, so no year fits.`);
  }
  return filter;
}

/** The filter as parameters of an address, read back by `readFilter`. */
export function writeFilter(search: URLSearchParams, filter: ItemFilter): void {
  for (const genre of filter.genres ?? []) search.append('genre', genre);
  if (filter.yearFrom !== undefined) search.set('from', String(filter.yearFrom));
  if (filter.yearTo !== undefined) search.set('to', String(filter.yearTo));
  if (filter.minimumCount) search.set('min', String(filter.minimumCount));
}

/** One part of a filter, as a chip shows it. */
export interface FilterPart {
  key: string;
  text: string;
  /** The filter without this part. */
  without: ItemFilter;
}

/** The years of a filter in words; undefined when it has none. */
function years({ yearFrom, yearTo }: ItemFilter): string | undefined {
  if (yearFrom === undefined && yearTo === undefined) return undefined;
  if (yearTo === undefined) return `${yearFrom} or later`;
  if (yearFrom === undefined) return `${yearTo} or earlier`;
  return yearFrom === yearTo ? String(yearFrom) : `${yearFrom} to ${yearTo}`;
}

/** A filter's parts in words, each with the filter that is left when it goes. */
export function filterParts(filter: ItemFilter, countNoun: string): FilterPart[] {
  const { genres = [], yearFrom, yearTo, minimumCount, ...rest } = filter;
  const all = { genres, yearFrom, yearTo, minimumCount, ...rest };
  const parts: FilterPart[] = genres.map((genre) => ({
    key: `genre ${genre}`,
    text: genre,
    without: tidyFilter({ ...all, genres: genres.filter((other) => other !== genre) }),
  }));
  const span = years(filter);
  if (span) {
    const without = tidyFilter({ ...all, yearFrom: undefined, yearTo: undefined });
    parts.push({ key: 'years', text: span, without });
  }
  if (minimumCount) {
    parts.push({
      key: 'count',
      text: `at least ${formatCount(minimumCount)} ${countNoun}`,
      without: tidyFilter({ ...all, minimumCount: undefined }),
    });
  }
  return parts;
}

/** The filter without its empty parts. */
export function tidyFilter({ genres, yearFrom, yearTo, minimumCount }: ItemFilter): ItemFilter {
  return {
    ...(genres && genres.length > 0 ? { genres } : {}),
    ...(yearFrom === undefined ? {} : { yearFrom }),
    ...(yearTo === undefined ? {} : { yearTo }),
    ...(minimumCount ? { minimumCount } : {}),
  };
}

/** `1,204 of 2,000 movies: Drama or Comedy, 1990 to 1999` */
export function filterSentence(
  filter: ItemFilter,
  matched: number,
  of: number,
  noun: string,
  countNoun: string,
): string {
  const genres = filter.genres?.join(' or ');
  const others = filterParts({ ...filter, genres: [] }, countNoun).map((part) => part.text);
  const said = [genres, ...others].filter(Boolean).join(', ');
  return said
    ? `${formatCount(matched)} of ${formatCount(of)} ${noun}: ${said}`
    : of === 1
      ? 'The only one'
      : `All ${formatCount(of)} ${noun}`;
}

/** What a run's first `items` rows can be filtered by. */
export interface Facets {
  /** The most common first. */
  genres: { name: string; count: number }[];
  years?: { from: number; to: number };
}

export function facetsOf(table: ItemTable, items: number): Facets {
  const counts = new Map<string, number>();
  const tags = table.columns.genres;
  if (tags?.kind === 'tags') {
    for (const list of tags.values.slice(0, items)) {
      for (const name of list) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const genres = [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  let from = Infinity;
  let to = -Infinity;
  const column = table.columns.year;
  if (column?.kind === 'number') {
    for (const year of column.values.subarray(0, items)) {
      if (year < from) from = year;
      if (year > to) to = year;
    }
  }
  return { genres, years: from <= to ? { from, to } : undefined };
}

/** Rows among the first `items` that a filter leaves: any of its genres, all of its bounds. */
export function matchingRows(table: ItemTable, filter: ItemFilter, items: number): number[] {
  const { genres, yearFrom, yearTo, minimumCount = 0 } = filter;
  const wanted = genres && genres.length > 0 ? new Set(genres) : undefined;
  const { genres: tags, year: years } = table.columns;
  const rows: number[] = [];
  for (let row = 0; row < Math.min(items, table.ids.length); row++) {
    if (table.counts[row] < minimumCount) continue;
    const year = years?.kind === 'number' ? years.values[row] : NaN;
    if (yearFrom !== undefined && !(year >= yearFrom)) continue;
    if (yearTo !== undefined && !(year <= yearTo)) continue;
    const own = tags?.kind === 'tags' ? tags.values[row] : [];
    if (wanted && !own.some((tag) => wanted.has(tag))) continue;
    rows.push(row);
  }
  return rows;
}
