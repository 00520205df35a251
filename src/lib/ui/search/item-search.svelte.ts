import type { ItemTable } from '../../analysis/types.ts';
import type { Manifest } from '../../run/types.ts';
import { formatCount } from '../format.ts';
import type { Option } from './Combobox.svelte';
import type { LabelIndex } from './label-index.ts';

/** Year and count of a row, to tell apart items of the same label. */
export function itemDetail(table: ItemTable, row: number, countNoun: string): string {
  const years = table.columns.year;
  const year = years?.kind === 'number' ? years.values[row] : NaN;
  const told = Number.isFinite(year) ? [String(year)] : [];
  // A run that does not know its counts has 0 throughout.
  if (table.counts[row] > 0) told.push(`${formatCount(table.counts[row])} ${countNoun}`);
  return told.join(' · ');
}

/** What is searched: a run, or the items that two share. */
export interface Searched {
  manifest: Pick<Manifest, 'kind' | 'count'>;
  table: () => Promise<ItemTable>;
}

/** Type-ahead over a run's labels; the labels and the search are loaded when a person is about to type. */
export class ItemSearch {
  table = $state.raw<ItemTable>();
  error = $state.raw<Error>();
  #index = $state.raw<LabelIndex>();
  #run: Searched;
  #loading = false;

  constructor(run: Searched) {
    this.#run = run;
  }

  wake = async (): Promise<void> => {
    if (this.#loading || this.#index) return;
    this.#loading = true;
    this.error = undefined;
    try {
      const [table, { LabelIndex }] = await Promise.all([
        this.#run.table(),
        import('./label-index.ts'),
      ]);
      this.table = table;
      this.#index = new LabelIndex(table.labels);
    } catch (thrown) {
      this.error = thrown as Error;
    }
    this.#loading = false;
  };

  /** Suggestions for `text`; the option's key is the row. */
  options(text: string, limit = 12): Option[] {
    const table = this.table;
    if (!this.#index || !table) return [];
    const noun = this.#run.manifest.kind === 'movies' ? 'ratings' : 'occurrences';
    return this.#index.find(text, limit).map((row) => ({
      key: String(row),
      label: table.labels[row],
      detail: itemDetail(table, row, noun),
    }));
  }

  /** What to say while there are no suggestions. */
  message(text: string): string {
    if (this.error) return this.error.message;
    if (text.trim() === '') return '';
    if (!this.#index) return `Loading ${formatCount(this.#run.manifest.count)} labels …`;
    return `Nothing in this run is like “${text.trim()}”.`;
  }
}
