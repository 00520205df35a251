import { WorkerClient } from './client.ts';
import type { TsneFunctions } from './tsne.ts';

export type TsneClient = WorkerClient<TsneFunctions>;

/** A client of the t-SNE worker, which starts with the first question. */
export function tsneClient(): TsneClient {
  return new WorkerClient<TsneFunctions>(
    () => new Worker(new URL('./tsne.worker.ts', import.meta.url), { type: 'module' }),
  );
}
