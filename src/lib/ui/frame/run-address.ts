import { base } from '$app/paths';

/** The whole address of a run's folder, ending in a slash: a worker has another base than the page. */
export function runAddress(id: string, page: URL): string {
  return new URL(`${base}/runs/${encodeURIComponent(id)}/`, page).href;
}
