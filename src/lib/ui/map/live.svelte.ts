import type { Matrix } from '../../math/matrix.ts';
import { WorkStopped } from '../../workers/client.ts';
import { tsneClient } from '../../workers/tsne.client.ts';
import type { TsneState } from '../../workers/tsne.ts';
import { firstRows, fitSquare, type MapPoints } from './layout.ts';

export interface LiveSettings {
  perplexity: number;
  iterations: number;
  seed: number;
}

/** The fewest items that t-SNE can place, and the most that a page watches. */
export const liveFewest = 4;
export const liveMost = 20_000;

/** A t-SNE that is watched as it runs. Made while a component is; its worker ends with the component. */
export class LiveMap {
  /** How far it has come; undefined before the first picture. */
  state = $state.raw<TsneState>();
  /** What is done before the first iteration. */
  phase = $state.raw<{ name: 'neighbours' | 'affinities'; done: number; total: number }>();
  running = $state(false);
  error = $state.raw<Error>();
  /** The run's rows that it places, rising. */
  rows = $state.raw<readonly number[]>([]);

  #client = tsneClient();
  /** Milliseconds of work between two pictures. */
  #slice = 25;
  #turn = 0;

  constructor() {
    $effect(() => () => this.close());
  }

  /** Whether there is anything to see or to wait for. */
  get open(): boolean {
    return this.running || this.state !== undefined || this.error !== undefined;
  }

  get done(): boolean {
    return this.state !== undefined && this.state.iteration >= this.state.iterations;
  }

  /** Starts anew over some of the run's rows, whose vectors `vectors` fetches. */
  async start(
    rows: readonly number[],
    vectors: (rows: readonly number[]) => Promise<Matrix>,
    { perplexity, iterations, seed }: LiveSettings,
  ): Promise<void> {
    this.close();
    const turn = ++this.#turn;
    this.running = true;
    this.phase = { name: 'neighbours', done: 0, total: rows.length };
    await this.#attempt(turn, async () => {
      const { data, columns } = await vectors(rows);
      if (turn !== this.#turn) return;
      const state = await this.#client.ask(
        'start',
        { data, rows: rows.length, columns, perplexity, iterations, seed },
        (name: 'neighbours' | 'affinities', done: number, total: number) => {
          if (turn === this.#turn && this.phase) this.phase = { name, done, total };
        },
      );
      if (turn !== this.#turn) return;
      this.rows = rows;
      this.state = state;
      this.phase = undefined;
      await this.#run(turn);
    });
  }

  /** Pauses it where it is; before the first picture there is nothing to keep, and it ends. */
  stop = (): void => {
    if (this.phase) this.close();
    else this.running = false;
  };

  /** Goes on from where it was paused. */
  go = async (): Promise<void> => {
    if (!this.state || this.running) return;
    const turn = ++this.#turn;
    this.running = true;
    await this.#attempt(turn, () => this.#run(turn));
  };

  /** Ends it and forgets its picture. */
  close = (): void => {
    this.#turn++;
    this.#client.stop();
    this.running = false;
    this.state = undefined;
    this.phase = undefined;
    this.error = undefined;
    this.rows = [];
  };

  /** The worker is at the next iterations while the page draws the last ones. */
  async #run(turn: number): Promise<void> {
    const ask = () => this.#client.ask('advance', this.#slice);
    let next = ask();
    for (;;) {
      const state = await next;
      if (turn !== this.#turn) return;
      const goesOn = this.running && state.iteration < state.iterations;
      if (goesOn) {
        next = ask();
        // Whoever closes the map ends the worker, and this with it.
        next.catch(() => undefined);
      }
      this.state = state;
      if (!goesOn) return;
      await new Promise(requestAnimationFrame);
      if (turn !== this.#turn) return;
    }
  }

  async #attempt(turn: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (turn === this.#turn && !(thrown instanceof WorkStopped)) this.error = thrown as Error;
    }
    if (turn !== this.#turn) return;
    this.running = false;
    this.phase = undefined;
  }
}

/** The points of a live map, or of a stored one of the first rows. */
export function livePoints(state: TsneState, rows: readonly number[]): MapPoints {
  return fitSquare(state.points, rows);
}

export function storedPoints(points: Float32Array): MapPoints {
  return fitSquare(points, firstRows(points.length / 2));
}
