import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { grouped } from './movielens/records.ts';
import { reason } from '../reason.node.ts';
import { Stopped } from './types.ts';

/** A file that its publisher offers, and what is known of it. */
export interface Published {
  /** Its name in the cache. */
  name: string;
  url: string;
  /** What to do without the download, as messages end. */
  instead: string;
  /** Why the file at a path cannot be used; undefined when it is sound and holds what it should. */
  fault(path: string): Promise<string | undefined>;
}

export interface DownloadOptions {
  /** The folder that keeps the download; by default `embedscope` in the user's cache folder. */
  cache?: string;
  url?: string;
  signal?: AbortSignal;
  /** Bytes so far and in all; the total is undefined when the server does not say it. */
  onProgress?: (bytes: number, total: number | undefined) => void;
  /** How long a server may be silent before it counts as gone. */
  silenceMs?: number;
}

const ATTEMPTS = 3;

/** What tells whether the rest of a file still belongs to its beginning (RFC 9110, If-Range). */
interface Source {
  url: string;
  validator?: string;
}

/** A transfer that broke off; what has come is kept, so that another attempt goes on from there. */
class BrokeOff extends Error {}

/**
 * The path of the published file in the cache, downloaded first when it is not there or is not sound.
 *
 * A transfer that breaks off is taken up where it ended, within this call and by later ones. Several processes may
 * call it at once: each writes to a folder of its own, and the finished file is put in place by a rename.
 *
 * @throws Error saying what failed and how to do without the download
 * @throws Stopped when the signal is aborted
 */
export async function download(
  published: Published,
  options: DownloadOptions = {},
): Promise<string> {
  try {
    return await downloaded(published, options);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Error(`${error.message}. Without the download, ${published.instead}`, {
      cause: error,
    });
  }
}

async function downloaded(published: Published, options: DownloadOptions): Promise<string> {
  const { name, fault } = published;
  const cache = options.cache ?? cacheFolder();
  const url = options.url ?? published.url;
  const target = join(cache, name);
  if ((await fault(target)) === undefined) return target;
  const folder = await claimPartial(cache, name, url).catch((error: unknown) => {
    throw failure(
      url,
      `${cache} cannot be written: ${reason(error)} (XDG_CACHE_HOME names another cache folder)`,
    );
  });
  const data = join(folder, name);
  try {
    await transferWithRetries(folder, name, url, options);
    const wrong = await fault(data);
    if (wrong !== undefined) throw failure(url, wrong);
    await writeFile(`${target}.json`, JSON.stringify(await origin(data, url), null, 2) + '\n');
    await putInPlace(data, target, fault);
    await rm(folder, { recursive: true, force: true });
    return target;
  } catch (error) {
    if (error instanceof BrokeOff || error instanceof Stopped)
      await releasePartial(cache, name, folder);
    else await rm(folder, { recursive: true, force: true });
    if (error instanceof BrokeOff) throw failure(url, error.message);
    throw error;
  }
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'embedscope');
}

/** A download that failed for good. */
class Failure extends Error {}

function failure(url: string, what: string): Failure {
  return new Failure(`${url} was not downloaded: ${what}`);
}

async function transferWithRetries(
  folder: string,
  name: string,
  url: string,
  options: DownloadOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transfer(folder, name, url, options);
    } catch (error) {
      if (!(error instanceof BrokeOff) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** One request, for the whole file or for what is missing of it. */
async function transfer(
  folder: string,
  name: string,
  url: string,
  options: DownloadOptions,
): Promise<void> {
  const data = join(folder, name);
  const source = await readSource(folder);
  let have = source?.url === url && source.validator !== undefined ? await size(data) : 0;
  const silence = new AbortController();
  const silenceMs = options.silenceMs ?? 30_000;
  let timer = setTimeout(() => silence.abort(), silenceMs);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMs);
  };
  let total: number | undefined;
  try {
    const response = await fetch(url, {
      signal: options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal,
      headers: {
        'accept-encoding': 'identity',
        ...(have > 0 ? { range: `bytes=${have}-`, 'if-range': source!.validator! } : {}),
      },
    });
    if (response.status === 416 && have > 0) {
      await rm(data, { force: true });
      throw new BrokeOff('the server refused to send the rest');
    }
    if (!response.ok || response.body === null) {
      throw failure(url, `the server answered ${response.status} ${response.statusText}`.trim());
    }
    if (/text\/html/i.test(response.headers.get('content-type') ?? '')) {
      throw failure(url, 'a web page came instead (does the network ask for a login first?)');
    }
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    const resumed = response.status === 206 && range !== null && Number(range[1]) === have;
    if (response.status === 206 && !resumed) {
      await rm(data, { force: true });
      throw new BrokeOff('the server sent another part than was asked for');
    }
    if (!resumed) have = 0;
    const length = response.headers.get('content-length');
    if (length !== null) total = have + Number(length);
    await writeSource(folder, url, response.headers);
    const file = createWriteStream(data, { flags: resumed ? 'a' : 'w' });
    const failed = once(file, 'error').then(([error]) => {
      throw failure(url, `${data} cannot be written: ${reason(error)}`);
    });
    failed.catch(() => {});
    try {
      for await (const chunk of response.body) {
        heard();
        if (!file.write(chunk)) await Promise.race([once(file, 'drain'), failed]);
        have += (chunk as Uint8Array).length;
        options.onProgress?.(have, total);
      }
    } finally {
      await Promise.race([new Promise<void>((resolve) => file.end(resolve)), failed]);
    }
    if (total !== undefined && have < total) throw new Error('the connection was closed');
  } catch (error) {
    if (options.signal?.aborted) throw new Stopped();
    if (silence.signal.aborted) {
      throw new BrokeOff(`the server was silent for ${silenceMs / 1000} s${at(have, total)}`);
    }
    if (error instanceof BrokeOff || !isNetworkError(error)) throw error;
    if (have === 0 && total === undefined) throw failure(url, networkReason(error));
    throw new BrokeOff(`the transfer broke off${at(have, total)}`);
  } finally {
    clearTimeout(timer);
  }
}

function at(have: number, total: number | undefined): string {
  if (have === 0) return '';
  const all = total === undefined ? '' : ` of ${grouped(total)}`;
  return ` after ${grouped(have)}${all} bytes, and another try goes on from there`;
}

/** fetch reports every trouble with the network as a TypeError with the cause inside. */
function isNetworkError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    (error instanceof Error && error.message === 'the connection was closed')
  );
}

function networkReason(error: unknown): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  switch (cause?.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host was not found (is there a network?)';
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'the connection was closed before an answer came';
    default:
      return cause?.message || (error as Error).message;
  }
}

async function readStart(path: string): Promise<string | undefined> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** Why what is at `path` is no archive by its first bytes; undefined when it begins with `magic`. */
export async function wrongStart(
  path: string,
  magic: string,
  kind: string,
): Promise<string | undefined> {
  const start = await readStart(path);
  if (start === undefined) return 'there is no file';
  if (start.startsWith(magic)) return undefined;
  return /^\s*</.test(start)
    ? 'a web page came instead (does the network ask for a login first?)'
    : `what came is not a ${kind} archive`;
}

async function origin(path: string, url: string): Promise<Record<string, string | number>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { url, bytes: await size(path), sha256: hash.digest('hex') };
}

/** A rename, which fails on Windows while another process reads the file that it has put there. */
async function putInPlace(data: string, target: string, fault: Published['fault']): Promise<void> {
  try {
    await rename(data, target);
  } catch (error) {
    if ((await fault(target)) !== undefined) throw error;
  }
}

/**
 * A folder for this transfer alone, named `NAME.PID-UNIQUE.partial`. What a process that is gone has left is taken
 * over by renaming its folder, which only one of several takers can do.
 */
async function claimPartial(cache: string, name: string, url: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const mine = join(cache, `${name}.${process.pid}-${randomUUID()}.partial`);
  for (const left of await readdir(cache)) {
    const found = new RegExp(`^${name}\\.(\\d+)-.*\\.partial$`).exec(left);
    if (!found || isAlive(Number(found[1]))) continue;
    const claimed = await rename(join(cache, left), mine).then(
      () => true,
      () => false,
    );
    if (!claimed) continue;
    if ((await readSource(mine))?.url === url) return mine;
    await rm(mine, { recursive: true, force: true });
  }
  await mkdir(mine, { recursive: true });
  return mine;
}

/** Leaves the folder to the next call; process 0 stands for nobody. */
async function releasePartial(cache: string, name: string, folder: string): Promise<void> {
  await rename(folder, join(cache, `${name}.0-${randomUUID()}.partial`)).catch(() => {});
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readSource(folder: string): Promise<Source | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'source.json'), 'utf8')) as Source;
  } catch {
    return undefined;
  }
}

/** A weak ETag does not promise equal bytes, so it is no ground to resume on. */
async function writeSource(folder: string, url: string, headers: Headers): Promise<void> {
  const etag = headers.get('etag');
  const validator =
    etag !== null && !etag.startsWith('W/') ? etag : (headers.get('last-modified') ?? undefined);
  const source: Source = { url, validator };
  await writeFile(join(folder, 'source.json'), JSON.stringify(source));
}

async function size(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
