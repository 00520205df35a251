import { InputError } from '../errors.ts';
import type { ReadProgress, RunSource } from './read.ts';

/** What is asked of the platform's fetch, or of SvelteKit's. */
export type Fetch = (url: string, options?: { signal?: AbortSignal }) => Promise<Response>;

/**
 * A run behind an address, e.g. `/runs/movielens-mf-1`.
 *
 * @param base the folder's address, with or without a slash at its end
 */
export function urlSource(base: string, fetch: Fetch = globalThis.fetch): RunSource {
  const name = base.replace(/\/+$/, '');
  return {
    name,
    async read(file, progress = {}) {
      const url = `${name}/${encodeURIComponent(file)}`;
      const response = await request(url, fetch, progress.signal);
      const bytes = await download(response, url, progress);
      refuseHtml(response, bytes, url);
      return bytes;
    },
  };
}

async function request(url: string, fetch: Fetch, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new InputError(
      `${url} cannot be reached (${reasonOf(error)}); is the server running, and the network up?`,
      { cause: error },
    );
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new InputError(`${url} ${explainStatus(response)}`);
}

function explainStatus({ status, statusText }: Response): string {
  const code = `HTTP ${status}${statusText ? ` ${statusText}` : ''}`;
  if (status === 404 || status === 410) return `does not exist (${code}); is the run's name right?`;
  if (status === 401 || status === 403)
    return `may not be read (${code}); ask its owner for access`;
  if (status >= 500) return `could not be served (${code}); try again later`;
  return `was refused (${code})`;
}

async function download(
  response: Response,
  url: string,
  { signal, onProgress }: ReadProgress,
): Promise<Uint8Array> {
  // With a content encoding the length is that of the compressed bytes.
  const length = response.headers.get('content-encoding')
    ? null
    : response.headers.get('content-length');
  const total = length === null ? Infinity : Number(length);
  let done = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      done += chunk.byteLength;
      onProgress?.(done, total);
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
    },
  });
  try {
    const body = response.body?.pipeThrough(counter, { signal });
    const bytes = new Uint8Array(await new Response(body ?? null).arrayBuffer());
    if (total !== Infinity && bytes.length < total) throw new Error('the connection closed early');
    return bytes;
  } catch (error) {
    signal?.throwIfAborted();
    const of = total === Infinity ? '' : ` of ${total.toLocaleString('en-GB')}`;
    throw new InputError(
      `${url} broke off after ${done.toLocaleString('en-GB')}${of} bytes (${reasonOf(error)}); load it again`,
      { cause: error },
    );
  }
}

/** A server that answers unknown addresses with its start page says 200 OK and sends HTML. */
function refuseHtml(response: Response, bytes: Uint8Array, url: string): void {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  const saysSo = response.headers.get('content-type')?.startsWith('text/html');
  if (saysSo || start.startsWith('<!doctype html') || start.startsWith('<html')) {
    throw new InputError(
      `${url} is a web page, not a run's file; is the address right, and is the run there?`,
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
