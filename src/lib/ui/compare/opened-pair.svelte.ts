import type { Manifest } from '../../run/types.ts';
import { pairClient, type PairClient } from '../../workers/pair.client.ts';
import type { PairAddress, PairFunctions } from '../../workers/pair.ts';
import { Answer } from '../frame/answer.svelte.ts';

/** The questions that one can ask of a pair. */
export type PairQuestion = Exclude<keyof PairFunctions, 'open'>;
type QueryOf<K extends PairQuestion> = Parameters<PairFunctions[K]>[1];
type ValueOf<K extends PairQuestion> = Awaited<ReturnType<PairFunctions[K]>>;

/** Those that tell how far they are. */
const telling: readonly PairQuestion[] = ['exact', 'seeds'];

let client: PairClient | undefined;

/** Two runs that a page compares; made anew for another two. */
export class OpenedPair {
  readonly a: Manifest;
  readonly b: Manifest;
  readonly address: PairAddress;
  /** While they are read, in bytes. */
  progress = $state.raw<{ done: number; total: number }>();

  #opening: Promise<void> | undefined;

  /** @param address the folder of each */
  constructor([a, b]: readonly [Manifest, Manifest], address: PairAddress) {
    this.a = a;
    this.b = b;
    this.address = address;
  }

  /** Follows `query` (undefined: nothing to ask yet) and keeps the answer to the latest. */
  answer<K extends PairQuestion>(
    question: K,
    query: () => QueryOf<K> | undefined,
  ): Answer<QueryOf<K>, ValueOf<K>> {
    return new Answer(
      query,
      (asked, onProgress) => this.#ask(question, asked, onProgress),
      this.stop,
    );
  }

  stop = (): void => {
    client?.stop();
    // Another worker has to read them again, and says how far it is.
    this.#opening = undefined;
  };

  async #ask<K extends PairQuestion>(
    question: K,
    query: QueryOf<K>,
    onProgress: (done: number, total: number) => void,
  ): Promise<ValueOf<K>> {
    await this.#open();
    const told = telling.includes(question) ? [onProgress] : [];
    const worker = (client ??= pairClient());
    return worker.ask(question, ...([this.address, query, ...told] as never)) as Promise<
      ValueOf<K>
    >;
  }

  #open(): Promise<void> {
    this.#opening ??= (client ??= pairClient())
      .ask('open', this.address, (done: number, total: number) => {
        this.progress = { done, total };
      })
      .catch((error: unknown) => {
        this.#opening = undefined;
        throw error;
      })
      .finally(() => {
        this.progress = undefined;
      });
    return this.#opening;
  }
}
