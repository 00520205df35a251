import { json } from '@sveltejs/kit';
import { listRuns } from '$lib/server/runs';
import { cardOf } from '$lib/ui/run/summary';

/** Every run that the site knows, broken ones with what is wrong with them. */
export async function GET() {
  const entries = await listRuns();
  return json(
    entries.map((entry) =>
      'manifest' in entry ? cardOf(entry.manifest) : { id: entry.id, error: entry.error },
    ),
    { headers: { 'cache-control': 'no-cache' } },
  );
}
