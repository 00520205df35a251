import { isHttpError } from '@sveltejs/kit';
import type { Manifest } from '$lib/run/types';
import { runOf } from '$lib/server/runs';

type Side = { manifest: Manifest; error?: undefined } | { manifest?: undefined; error?: string };

/** The run that the address names, or why there is none. */
async function side(id: string | null): Promise<Side> {
  if (!id) return {};
  try {
    return { manifest: (await runOf(id)).manifest };
  } catch (thrown) {
    if (isHttpError(thrown)) return { error: thrown.body.message };
    throw thrown;
  }
}

export async function load({ url }) {
  const [a, b] = await Promise.all(['a', 'b'].map((name) => side(url.searchParams.get(name))));
  return { a, b };
}
