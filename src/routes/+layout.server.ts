import { listRuns } from '$lib/server/runs';
import { summaryOf } from '$lib/ui/run/summary';

export async function load() {
  const entries = await listRuns();
  return {
    runs: entries.flatMap((entry) => ('manifest' in entry ? [summaryOf(entry.manifest)] : [])),
  };
}
