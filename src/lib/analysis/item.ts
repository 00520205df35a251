import { InputError } from '../errors.ts';
import type { Items } from '../run/types.ts';
import type { ItemFilter, ItemSummary } from './types.ts';

/** A column of numbers; undefined when the run has none of that name. */
export function numbers(items: Items, name: string): Float64Array | undefined {
  const column = items.columns[name];
  return column?.kind === 'number' ? column.values : undefined;
}

/** A column of tags; undefined when the run has none of that name. */
export function tags(items: Items, name: string): string[][] | undefined {
  const column = items.columns[name];
  return column?.kind === 'tags' ? column.values : undefined;
}

/** What tables and pictures show of the item in `row`. */
export function summarise(items: Items, row: number): ItemSummary {
  const summary: ItemSummary = {
    row,
    id: items.ids[row],
    label: items.labels[row],
    count: items.counts[row],
  };
  if (items.bias) summary.bias = items.bias[row];
  const year = numbers(items, 'year')?.[row];
  const mean = numbers(items, 'mean')?.[row];
  const genres = tags(items, 'genres')?.[row];
  if (year !== undefined && !Number.isNaN(year)) summary.year = year;
  if (mean !== undefined && !Number.isNaN(mean)) summary.mean = mean;
  if (genres) summary.genres = genres;
  const polarity = numbers(items, 'polarity')?.[row];
  if (polarity !== undefined && !Number.isNaN(polarity)) summary.polarity = polarity;
  return summary;
}

/**
 * The rows among the first `count` that the filter leaves, in order.
 *
 * @throws InputError when it asks for years, or a genre, that the run does not have
 */
export function applyFilter(items: Items, count: number, filter: ItemFilter = {}): number[] {
  const { genres = [], yearFrom, yearTo, minimumCount = 0 } = filter;
  const years = numbers(items, 'year');
  const own = tags(items, 'genres');
  if ((yearFrom !== undefined || yearTo !== undefined) && !years) {
    throw new InputError('this run has no years: leave out the filter by year');
  }
  if (genres.length > 0) checkGenres(genres, own);
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if (items.counts[row] < minimumCount) continue;
    // Written so that a missing year, NaN, fits no bound.
    if (yearFrom !== undefined && !(years![row] >= yearFrom)) continue;
    if (yearTo !== undefined && !(years![row] <= yearTo)) continue;
    if (genres.length > 0 && !genres.some((genre) => own![row].includes(genre))) continue;
    rows.push(row);
  }
  return rows;
}

function checkGenres(wanted: readonly string[], own: string[][] | undefined): void {
  if (!own) throw new InputError('this run has no genres: leave out the filter by genre');
  const known = new Set(own.flat());
  const unknown = wanted.find((genre) => !known.has(genre));
  if (unknown === undefined) return;
  const list = [...known].sort().join(', ');
  throw new InputError(`no item of this run has the genre "${unknown}"; there are: ${list}`);
}

/** @throws InputError when `value` is not a whole number from `least` to `most` */
export function checkWhole(name: string, value: number, least: number, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new InputError(`${name} is ${value} (expected a whole number ${range})`);
}

/** @throws InputError when the item's vector is all zeros */
export function checkDirection({ vectors, labels }: Items, row: number): void {
  const { data, columns } = vectors;
  if (data.subarray(row * columns, (row + 1) * columns).some((value) => value !== 0)) return;
  throw new InputError(
    `the vector of ${labels[row]} is all zeros and has no direction: name another`,
  );
}
