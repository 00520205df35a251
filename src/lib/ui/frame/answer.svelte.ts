import { untrack } from 'svelte';

type OnProgress = (done: number, total: number) => void;

/**
 * The answer to the latest query. While a new one is on its way the old `value` stays, so that nothing jumps;
 * queries that come meanwhile wait, and only the last of them is asked.
 */
export class Answer<Q, T> {
  value = $state.raw<T>();
  /** The query that `value` answers. */
  answered = $state.raw<Q>();
  error = $state.raw<Error>();
  pending = $state(true);
  /** Pending for over 300 ms: time to say so. */
  slow = $state(false);
  /** How far a long answer is, where its question tells. */
  progress = $state.raw<{ done: number; total: number }>();

  #ask: (query: Q, onProgress: OnProgress) => Promise<T>;
  #stop: () => void;
  #wanted: Q | undefined;
  #key: string | undefined;
  #busy = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /**
   * To be made while a component is.
   *
   * @param query is followed; nothing is asked while it is undefined
   */
  constructor(
    query: () => Q | undefined,
    ask: (query: Q, onProgress: OnProgress) => Promise<T>,
    stop: () => void,
  ) {
    this.#ask = ask;
    this.#stop = stop;
    $effect(() => {
      this.#wait();
      return () => clearTimeout(this.#patience);
    });
    $effect(() => {
      const wanted = query();
      const key = JSON.stringify(wanted);
      if (key === this.#key) return;
      this.#key = key;
      untrack(() => this.#want(wanted));
    });
  }

  /** Asks the same again, after an error or a stop. */
  again = (): void => {
    this.#want(this.#wanted);
  };

  stop = (): void => {
    this.#stop();
  };

  #want(query: Q | undefined): void {
    this.#wanted = query;
    if (query === undefined) return;
    this.pending = true;
    this.#wait();
    if (!this.#busy) void this.#work();
  }

  #wait(): void {
    this.#patience ??= setTimeout(() => (this.slow = true), 300);
  }

  async #work(): Promise<void> {
    this.#busy = true;
    let asked: Q | undefined;
    while (asked !== this.#wanted && this.#wanted !== undefined) {
      asked = this.#wanted;
      try {
        const value = await this.#ask(asked, (done, total) => (this.progress = { done, total }));
        if (asked !== this.#wanted) continue;
        this.value = value;
        this.answered = asked;
        this.error = undefined;
      } catch (thrown) {
        if (asked === this.#wanted) this.error = thrown as Error;
      }
    }
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.slow = false;
    this.progress = undefined;
    this.pending = false;
    this.#busy = false;
  }
}
