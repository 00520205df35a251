import { askChild, tryRung, type NodePlatformOptions } from './backend.node.ts';
import type { Benchmark } from './rungBenchmark.node.ts';

/** The rungs that the command line offers, highest first. */
export const LADDER = ['cuda', 'webgpu', 'webgpu-software', 'tensorflow', 'wasm'] as const;

/** What is known of a rung of the compute ladder on this machine. */
export interface RungReport {
  name: (typeof LADDER)[number];
  isThere: boolean;
  /** Why it is not there, and what to do about it. */
  reason?: string;
  remedy?: string;
  device?: string;
  software?: Record<string, string>;
  adapter?: { vendor: string; architecture: string; limits: Record<string, number> };
  /** What it does in a second, or why that is not known. */
  benchmark?: Benchmark | { failure: string };
}

export interface SurveyOptions extends NodePlatformOptions {
  /** Those to try; all of them unless given. */
  rungs?: readonly RungReport['name'][];
  isMeasured: boolean;
  /** After so long a benchmark counts as hanging. */
  benchmarkMs?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number, label: string) => void;
}

/** A first benchmark compiles its shaders. */
const BENCHMARK_MS = 60_000;

/**
 * Tries every rung in a process of its own, one after another, and measures those that are there: whatever a driver
 * does to its process is reported and does no more.
 */
export async function surveyLadder({
  rungs = LADDER,
  isMeasured,
  benchmarkMs = BENCHMARK_MS,
  signal,
  onProgress,
  ...platform
}: SurveyOptions): Promise<RungReport[]> {
  const reports: RungReport[] = [];
  const script = new URL('./rungBenchmark.node.ts', import.meta.url);
  for (const [i, name] of rungs.entries()) {
    signal?.throwIfAborted();
    onProgress?.(2 * i, 2 * rungs.length, `trying ${name}`);
    const tried = await tryRung(name, { ...platform, signal });
    if ('reason' in tried) {
      reports.push({ name, isThere: false, ...tried });
      continue;
    }
    const { device, software, adapter, urls } = tried;
    const report: RungReport = {
      name,
      isThere: true,
      device,
      software,
      ...(adapter && { adapter }),
    };
    if (isMeasured) {
      signal?.throwIfAborted();
      onProgress?.(2 * i + 1, 2 * rungs.length, `measuring ${name}`);
      report.benchmark = await askChild<Benchmark>(script, [name, ...urls], {
        timeout: benchmarkMs,
        signal,
      });
    }
    reports.push(report);
  }
  signal?.throwIfAborted();
  return reports;
}

/** What computes on the processor but more slowly than WASM is taken by hand only. */
const BY_HAND: readonly RungReport['name'][] = ['webgpu-software', 'tensorflow'];

/** The rung that `auto` takes. */
export function automatic(reports: readonly RungReport[]): RungReport | undefined {
  return reports.find(({ name, isThere }) => isThere && !BY_HAND.includes(name));
}
