import { WorkerClient } from './client.ts';
import type { PairFunctions } from './pair.ts';

export type PairClient = WorkerClient<PairFunctions>;

/** A client of the worker that compares two runs, which starts with the first question. */
export function pairClient(): PairClient {
  return new WorkerClient<PairFunctions>(
    () => new Worker(new URL('./pair.worker.ts', import.meta.url), { type: 'module' }),
  );
}
