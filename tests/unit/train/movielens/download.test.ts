import { spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  downloadMovieLens,
  type DownloadOptions,
} from '../../../../src/lib/train/movielens/download.node.ts';
import { openMovieLens } from '../../../../src/lib/train/movielens/movielens.node.ts';
import { Stopped } from '../../../../src/lib/train/types.ts';
import { fixture } from './files.ts';

const FILES = {
  'ml-latest-small/ratings.csv': readFileSync(fixture('csv/ratings.csv')),
  'ml-latest-small/movies.csv': readFileSync(fixture('csv/movies.csv')),
  'ml-latest-small/README.txt': readFileSync(fixture('README.txt')),
};
const ARCHIVE = Buffer.from(zipSync(FILES));
const HALF = Math.floor(ARCHIVE.length / 2);
const ETAG = '"one"';
const INSTEAD = '. Without the download, name a MovieLens folder or zip with --data';

let server: Server;
let cache: string;
let url: string;
let requests: { range?: string; ifRange?: string }[];
let breaking: ServerResponse | undefined;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  cache = join(mkdtempSync(join(tmpdir(), 'embedscope-download-')), 'cache');
  requests = [];
  answer = sendWhole;
  server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    requests.push({ range, ifRange: ifRange as string | undefined });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ml-latest-small.zip`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(join(cache, '..'), { recursive: true, force: true });
});

function sendWhole(_: IncomingMessage, response: ServerResponse) {
  response.writeHead(200, { 'content-length': ARCHIVE.length, etag: ETAG });
  response.end(ARCHIVE);
}

/** Sends the first half of the archive; the connection closes once the client has it (see `download`). */
function breakOff(response: ServerResponse, headers: Record<string, string> = { etag: ETAG }) {
  response.writeHead(200, { 'content-length': ARCHIVE.length, ...headers });
  response.write(ARCHIVE.subarray(0, HALF));
  breaking = response;
}

function sendRest({ headers }: IncomingMessage, response: ServerResponse) {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range!)![1]);
  response.writeHead(206, {
    'content-length': ARCHIVE.length - from,
    'content-range': `bytes ${from}-${ARCHIVE.length - 1}/${ARCHIVE.length}`,
    etag: ETAG,
  });
  response.end(ARCHIVE.subarray(from));
}

const download = (options: DownloadOptions = {}) =>
  downloadMovieLens({
    cache,
    url,
    onProgress(bytes) {
      if (bytes !== HALF) return;
      breaking?.destroy();
      breaking = undefined;
    },
    ...options,
  });

async function messageOf(options: DownloadOptions = {}): Promise<string> {
  const error = await download(options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe('downloadMovieLens', () => {
  it('downloads once, with progress, and notes where the file came from', async () => {
    const seen: (number | undefined)[][] = [];
    const path = await download({ onProgress: (...at) => seen.push(at) });
    expect(path).toBe(join(cache, 'ml-latest-small.zip'));
    expect(readFileSync(path).equals(ARCHIVE)).toBe(true);
    expect(seen.at(-1)).toEqual([ARCHIVE.length, ARCHIVE.length]);
    expect(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).toEqual({
      url,
      bytes: ARCHIVE.length,
      sha256: createHash('sha256').update(ARCHIVE).digest('hex'),
    });
    expect(readdirSync(cache).sort()).toEqual(['ml-latest-small.zip', 'ml-latest-small.zip.json']);
    expect(await download()).toBe(path);
    expect(requests.length).toBe(1);
  });

  it('is what openMovieLens reads without a path', async () => {
    const { ratings } = await openMovieLens(undefined, { cache, url });
    expect(ratings).toEqual((await openMovieLens(fixture('csv'))).ratings);
  });

  it('takes a transfer up where it broke off, in the same call', async () => {
    answer = (request, response) =>
      requests.length === 1 ? breakOff(response) : sendRest(request, response);
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests).toEqual([{}, { range: `bytes=${HALF}-`, ifRange: ETAG }]);
  });

  it('takes it up in a later call, and by the date where there is no ETag', async () => {
    const date = 'Wed, 26 Sep 2018 21:50:00 GMT';
    answer = (_, response) => breakOff(response, { 'last-modified': date });
    expect(await messageOf()).toBe(
      `${url} was not downloaded: the transfer broke off after ${HALF.toLocaleString('en-GB')} of ${ARCHIVE.length.toLocaleString('en-GB')} bytes, and another try goes on from there${INSTEAD}`,
    );
    expect(existsSync(join(cache, 'ml-latest-small.zip'))).toBe(false);
    requests = [];
    answer = sendRest;
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests).toEqual([{ range: `bytes=${HALF}-`, ifRange: date }]);
    expect(readdirSync(cache).length).toBe(2);
  });

  it('starts anew when the server ignores Range, or has another file by now', async () => {
    answer = (request, response) =>
      requests.length === 1 ? breakOff(response) : sendWhole(request, response);
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests.length).toBe(2);
  });

  it('starts anew when nothing tells whether the rest belongs to the beginning', async () => {
    answer = (request, response) =>
      requests.length === 1
        ? breakOff(response, { etag: 'W/"weak"' })
        : sendWhole(request, response);
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests).toEqual([{}, {}]);
  });

  it('starts anew when the server refuses the rest or sends another part', async () => {
    answer = (request, response) => {
      if (requests.length === 1) breakOff(response);
      else if (requests.length === 2) response.writeHead(416).end();
      else sendWhole(request, response);
    };
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests.map(({ range }) => range)).toEqual([undefined, `bytes=${HALF}-`, undefined]);
  });

  it('downloads again when the file in the cache is damaged', async () => {
    const path = await download();
    writeFileSync(path, ARCHIVE.subarray(0, HALF));
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests.length).toBe(2);
  });

  it('may run several times at once', async () => {
    const paths = await Promise.all([download(), download(), download()]);
    expect(new Set(paths).size).toBe(1);
    expect(readFileSync(paths[0]).equals(ARCHIVE)).toBe(true);
    expect(readdirSync(cache).length).toBe(2);
  });

  it('takes over what a process that is gone has left, and leaves a living one alone', async () => {
    const leave = (pid: number) => {
      const folder = join(cache, `ml-latest-small.zip.${pid}-x.partial`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'ml-latest-small.zip'), ARCHIVE.subarray(0, HALF));
      writeFileSync(join(folder, 'source.json'), JSON.stringify({ url, validator: ETAG }));
      return folder;
    };
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const living = leave(process.pid);
    const left = leave(gone);
    answer = sendRest;
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests).toEqual([{ range: `bytes=${HALF}-`, ifRange: ETAG }]);
    expect([existsSync(living), existsSync(left)]).toEqual([true, false]);
  });

  it('does not build on what came from another address', async () => {
    const folder = join(cache, 'ml-latest-small.zip.0-x.partial');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ml-latest-small.zip'), ARCHIVE.subarray(0, HALF));
    const source = { url: 'http://example.org/other.zip', validator: ETAG };
    writeFileSync(join(folder, 'source.json'), JSON.stringify(source));
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests).toEqual([{}]);
    expect(readdirSync(cache).length).toBe(2);
  });

  it('says what the server answered', async () => {
    answer = (_, response) => response.writeHead(404).end('nothing here');
    expect(await messageOf()).toBe(
      `${url} was not downloaded: the server answered 404 Not Found${INSTEAD}`,
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each([
    [
      'text/html; charset=utf-8',
      'a web page came instead (does the network ask for a login first?)',
    ],
    ['application/zip', 'a web page came instead (does the network ask for a login first?)'],
  ])('recognises the page of a captive network, sent as %s', async (type, what) => {
    answer = (_, response) => response.writeHead(200, { 'content-type': type }).end('<html>Log in');
    expect(await messageOf()).toBe(`${url} was not downloaded: ${what}${INSTEAD}`);
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each([
    ['no zip', Buffer.from('hello'), 'what came is not a zip archive'],
    [
      'another zip',
      Buffer.from(zipSync({ 'a/ratings.csv': FILES['ml-latest-small/ratings.csv'] })),
      'the archive that came holds no movies.csv',
    ],
    ['a damaged zip', Buffer.from(ARCHIVE).fill(0xff, 2000, 2100), 'the archive is damaged: '],
  ])('refuses %s', async (_, content, what) => {
    answer = (_, response) => response.end(content);
    expect(await messageOf()).toContain(`${url} was not downloaded: ${what}`);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('says that there is no network, and what to do', async () => {
    url = 'http://nowhere.invalid/ml-latest-small.zip';
    expect(await messageOf()).toBe(
      `${url} was not downloaded: the host was not found (is there a network?)${INSTEAD}`,
    );
    url = 'http://127.0.0.1:1/ml-latest-small.zip';
    expect(await messageOf()).toMatch(/was not downloaded: (the connection was refused|bad port)/);
  });

  it('gives up on a server that falls silent', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': ARCHIVE.length, etag: ETAG });
      response.write(ARCHIVE.subarray(0, HALF));
    };
    expect(await messageOf({ silenceMs: 100 })).toMatch(
      /was not downloaded: the server was silent for 0.1 s after [\d,]+ of [\d,]+ bytes, and another try/,
    );
  });

  it('says that the cache cannot be written', async () => {
    writeFileSync(join(cache, '..', 'file'), '');
    cache = join(cache, '..', 'file', 'cache');
    expect(await messageOf()).toMatch(
      /was not downloaded: .*cache cannot be written: .* \(XDG_CACHE_HOME names another cache folder\)\. Without/,
    );
    cache = join(cache, '..', '..', 'cache');
  });

  it('stops when asked to, and keeps what has come', async () => {
    const controller = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': ARCHIVE.length, etag: ETAG });
      response.write(ARCHIVE.subarray(0, HALF));
    };
    const stopped = download({
      signal: controller.signal,
      onProgress: (bytes) => bytes === HALF && controller.abort(),
    });
    await expect(stopped).rejects.toBeInstanceOf(Stopped);
    answer = sendRest;
    expect(readFileSync(await download()).equals(ARCHIVE)).toBe(true);
    expect(requests[1].range).toBe(`bytes=${HALF}-`);
  });
});
