import { json } from '@sveltejs/kit';
import { cards } from '$lib/server/runs';

/** Every run that the site knows: `{ runs, broken }`. */
export async function GET() {
  return json(await cards(), { headers: { 'cache-control': 'no-cache' } });
}
