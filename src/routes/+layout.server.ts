import { summaries } from '$lib/server/runs';

export async function load() {
  return { runs: await summaries() };
}
