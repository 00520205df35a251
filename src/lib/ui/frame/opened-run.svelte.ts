import { getContext, setContext } from 'svelte';
import type { ItemTable } from '../../analysis/types.ts';
import { InputError } from '../../errors.ts';
import type { Manifest } from '../../run/types.ts';
import { analysisClient, type AnalysisClient } from '../../workers/analysis.client.ts';
import type { AnalysisFunctions } from '../../workers/analysis.ts';
import { Answer } from './answer.svelte.ts';

/** The questions that one can ask of a run: every function of the worker that takes (url, query). */
export type Question = Exclude<keyof AnalysisFunctions, 'open' | 'items'>;
export type QueryOf<K extends Question> = Parameters<AnalysisFunctions[K]>[1];
export type ValueOf<K extends Question> = Awaited<ReturnType<AnalysisFunctions[K]>>;

/** Those that tell how far they are. */
const telling: readonly Question[] = ['measuredMap'];

let client: AnalysisClient | undefined;

/**
 * A run that a page looks into. In a page under `/run/[id]`:
 *
 * ```ts
 * const run = getRun();
 * run.manifest                                   // at once, on the server too
 * const ranking = run.answer('componentRanking', () => ({ component, count, items, convention }));
 * ranking.value, ranking.error, ranking.pending  // or <Answered answer={ranking}>
 * const table = run.items();                     // an Answer with the ItemTable
 * ```
 */
export class OpenedRun {
  readonly manifest: Manifest;
  /** The address of its folder, ending in a slash. */
  readonly url: string;
  /** While it is read, in bytes. */
  progress = $state.raw<{ done: number; total: number }>();
  /** Why it cannot be read; a view other than the overview gives way to that. */
  fault = $state<string>();

  #table: Promise<ItemTable> | undefined;
  #opening: Promise<void> | undefined;

  constructor(manifest: Manifest, url: string) {
    this.manifest = manifest;
    this.url = url;
  }

  /** Answers one question; rejects with an InputError that a person can read when the run is broken. */
  async ask<K extends Question>(
    question: K,
    query: QueryOf<K>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<ValueOf<K>> {
    await this.#open();
    const worker = (client ??= analysisClient());
    const told = onProgress && telling.includes(question) ? [onProgress] : [];
    return worker.ask(question, ...([this.url, query, ...told] as never)) as Promise<ValueOf<K>>;
  }

  /** Follows `query` (undefined: nothing to ask yet) and keeps the answer to the latest. */
  answer<K extends Question>(
    question: K,
    query: () => QueryOf<K> | undefined,
  ): Answer<QueryOf<K>, ValueOf<K>> {
    return new Answer(
      query,
      (asked, onProgress) => this.ask(question, asked, onProgress),
      this.stop,
    );
  }

  /** Everything about the items but their vectors, fetched from the worker once. */
  table(): Promise<ItemTable> {
    this.#table ??= this.#open()
      .then(() => (client ??= analysisClient()).ask('items', this.url))
      .catch((error: unknown) => {
        this.#table = undefined;
        throw error;
      });
    return this.#table;
  }

  /** The same as an Answer. */
  items(): Answer<string, ItemTable> {
    return new Answer(
      () => this.url,
      () => this.table(),
      this.stop,
    );
  }

  /** Tries again to read what could not be read. */
  reopen(): void {
    this.fault = undefined;
  }

  stop = (): void => {
    client?.stop();
  };

  #open(): Promise<void> {
    this.#opening ??= (client ??= analysisClient())
      .ask('open', this.url, (done: number, total: number) => {
        this.progress = { done, total };
      })
      .catch((error: unknown) => {
        this.#opening = undefined;
        if (error instanceof InputError) this.fault = error.message;
        throw error;
      })
      .finally(() => {
        this.progress = undefined;
      });
    return this.#opening;
  }
}

const key = Symbol('opened run');
const browserRuns: Record<string, OpenedRun> = {};

/** The run at `url`; in a browser the same object each time, so that its items are fetched once. */
export function openedRun(manifest: Manifest, url: string): OpenedRun {
  if (typeof window === 'undefined') return new OpenedRun(manifest, url);
  return (browserRuns[url] ??= new OpenedRun(manifest, url));
}

export function provideRun(run: OpenedRun): void {
  setContext(key, run);
}

/** The run of the page, in any component under `/run/[id]`. */
export function getRun(): OpenedRun {
  return getContext<OpenedRun>(key);
}
