import { isHttpError } from '@sveltejs/kit';
import type { Manifest } from '$lib/run/types';
import { runOf } from '$lib/server/runs';

/** The run beside the page's own, or why it cannot stand there. */
type Beside = { manifest: Manifest; error?: undefined } | { manifest?: undefined; error: string };

export async function load({ url, params }): Promise<{ beside?: Beside }> {
  const id = url.searchParams.get('beside');
  if (id === null || id === '') return {};
  if (id === params.id) {
    return {
      beside: { error: `${id} is the run of this page: choose another to stand beside it.` },
    };
  }
  try {
    return { beside: { manifest: (await runOf(id)).manifest } };
  } catch (thrown) {
    if (isHttpError(thrown)) return { beside: { error: thrown.body.message } };
    throw thrown;
  }
}
