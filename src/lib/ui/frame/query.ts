import { goto } from '$app/navigation';
import { page } from '$app/state';

export type QueryChanges = Record<string, string | number | boolean | string[] | undefined>;

/** The page's address with some of its query changed; what is undefined, false or empty leaves it. */
export function withQuery(url: URL, changes: QueryChanges): string {
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    if (value === undefined || value === false || value === '') continue;
    for (const part of Array.isArray(value) ? value : [value]) {
      query.append(name, part === true ? '1' : String(part));
    }
  }
  const text = query.toString();
  return url.pathname + (text ? `?${text}` : '');
}

let wanted: URL | undefined;

/** The address that the page has, or is on its way to: two changes in a row both count. */
export function latestUrl(): URL {
  return wanted ?? page.url;
}

/**
 * Puts state into the address, keeping focus and scroll.
 *
 * @param replace for what is typed or dragged, which is not a step to go back to
 */
export async function setQuery(changes: QueryChanges, { replace = false } = {}): Promise<void> {
  const next = new URL(withQuery(latestUrl(), changes), page.url);
  wanted = next;
  try {
    await goto(next, { replaceState: replace, keepFocus: true, noScroll: true });
  } finally {
    if (wanted === next) wanted = undefined;
  }
}

/** A whole number from the address, kept within bounds; `fallback` when it is missing or none. */
export function wholeNumber(
  text: string | null,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number {
  const value = text === null || text.trim() === '' ? NaN : Number(text);
  return Number.isInteger(value) ? Math.min(max, Math.max(min, value)) : fallback;
}
