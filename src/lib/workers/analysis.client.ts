import type { AnalysisFunctions } from './analysis.ts';
import { WorkerClient } from './client.ts';

export type AnalysisClient = WorkerClient<AnalysisFunctions>;

/** A client of the analysis worker, which starts with the first question. */
export function analysisClient(): AnalysisClient {
  return new WorkerClient<AnalysisFunctions>(
    () => new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' }),
  );
}
