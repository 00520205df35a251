import { proxy, wrap, type Remote } from 'comlink';
import { InputError } from '../errors.ts';

type Functions = Record<string, (...args: never[]) => unknown>;

/** Thrown to everyone who waits when a person stops the work. */
export class WorkStopped extends Error {
  constructor() {
    super('Stopped before it was done.');
    this.name = 'WorkStopped';
  }
}

/** What a worker threw, as the class it was: Comlink carries only its name and message. */
function revived(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  return thrown.name === 'InputError' ? new InputError(thrown.message, { cause: thrown }) : thrown;
}

/**
 * Calls the functions that a worker exposes. A promise rejects when its function throws (an InputError
 * stays one), when the worker dies, and when the work is stopped; the next call starts a new worker.
 */
export class WorkerClient<F extends Functions> {
  #spawn: () => Worker;
  #worker: Worker | undefined;
  #remote: Remote<F> | undefined;
  #waiting = new Set<(error: Error) => void>();

  /** @param spawn starts a worker that exposes `F` */
  constructor(spawn: () => Worker) {
    this.#spawn = spawn;
  }

  /** Function arguments are called back in this thread. */
  async ask<K extends keyof F & string>(
    name: K,
    ...args: Parameters<F[K]>
  ): Promise<Awaited<ReturnType<F[K]>>> {
    const remote = this.#start() as unknown as Record<string, (...a: unknown[]) => Promise<never>>;
    const sent = args.map((arg: unknown) =>
      typeof arg === 'function' ? proxy(arg as (...a: unknown[]) => unknown) : arg,
    );
    let fail!: (error: Error) => void;
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    this.#waiting.add(fail);
    try {
      return await Promise.race([remote[name](...sent), failed]);
    } catch (thrown) {
      throw revived(thrown);
    } finally {
      this.#waiting.delete(fail);
    }
  }

  /** Ends the worker, whatever it is at: a computation that never yields hears nothing else. */
  stop(): void {
    this.#end(new WorkStopped());
  }

  #start(): Remote<F> {
    if (this.#remote) return this.#remote;
    const worker = this.#spawn();
    worker.addEventListener('error', (event) => {
      if (worker !== this.#worker) return;
      const reason = event.message ? `: ${event.message}` : '';
      this.#end(new Error(`The analysis stopped working${reason}. Ask again to start it anew.`));
    });
    worker.addEventListener('messageerror', () => {
      if (worker === this.#worker) this.#end(new Error('An answer could not be read. Ask again.'));
    });
    this.#worker = worker;
    this.#remote = wrap<F>(worker);
    return this.#remote;
  }

  #end(error: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#remote = undefined;
    for (const fail of this.#waiting) fail(error);
  }
}
