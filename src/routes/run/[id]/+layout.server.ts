import { runOf } from '$lib/server/runs';

export async function load({ params }) {
  const { manifest } = await runOf(params.id);
  return { manifest };
}
