import type { RunSummary } from './summary.ts';

/** Runs that differ in their seed alone, in place of one run in a list. */
export interface RunGroup<Run extends RunSummary = RunSummary> {
  /** The id of its first run. */
  id: string;
  /** What their names have in common: `Ten factors`; of a single run its name. */
  name: string;
  runs: Run[];
  /** Of the metric that all of them have. */
  metric?: { label: string; mean: number; least: number; most: number };
}

/** The list with runs of several seeds put together, each group in the place of its first run. */
export function bySeed<Run extends RunSummary>(runs: readonly Run[]): RunGroup<Run>[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = run.seedsOf ?? run.id;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((members) => ({
    id: members[0].id,
    name: commonName(members),
    runs: members,
    metric: metricOf(members),
  }));
}

/** What the names begin with, less the word before the seed. */
function commonName(runs: readonly RunSummary[]): string {
  const [{ name: first, model }] = runs;
  if (runs.length === 1) return first;
  let length = first.length;
  for (const { name } of runs) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length).replace(/[\s,;:(-]*(seed)?[\s,;:(-]*$/i, '') || model;
}

function metricOf(runs: readonly RunSummary[]): RunGroup['metric'] {
  const [{ metric }] = runs;
  const values = runs.flatMap((run) =>
    run.metric?.name === metric?.name ? (run.metric?.value ?? []) : [],
  );
  if (!metric || values.length < runs.length) return undefined;
  return {
    label: metric.label,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    least: Math.min(...values),
    most: Math.max(...values),
  };
}
