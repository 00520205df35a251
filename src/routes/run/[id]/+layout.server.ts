import { error } from '@sveltejs/kit';
import { findRun } from '$lib/server/runs';

export async function load({ params }) {
  const entry = await findRun(params.id);
  if (!entry) {
    error(404, `There is no run called “${params.id}”.`);
  }
  if ('error' in entry) error(422, entry.error);
  return { manifest: entry.manifest };
}
