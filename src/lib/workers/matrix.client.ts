import { WorkerClient } from './client.ts';
import type { MatrixFunctions } from './matrix.ts';

export type MatrixClient = WorkerClient<MatrixFunctions>;

/** A client of the worker of the matrix, which starts with the first question. */
export function matrixClient(): MatrixClient {
  return new WorkerClient<MatrixFunctions>(
    () => new Worker(new URL('./matrix.worker.ts', import.meta.url), { type: 'module' }),
  );
}
