import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { encodeItems } from '../../../src/lib/run/items.ts';
import { writeManifestText } from '../../../src/lib/run/manifest.ts';
import { readManifest, readRun, type RunSource } from '../../../src/lib/run/read.ts';
import { sha256 } from '../../../src/lib/run/sha256.ts';
import { urlSource } from '../../../src/lib/run/url.ts';
import { films, manifestOf } from './films.ts';

const items = encodeItems(films());
const digest = createHash('sha256').update(items).digest('hex');
const manifest = {
  ...manifestOf(films()),
  files: { 'items.arrow': { bytes: items.length, sha256: digest } },
};
const size = items.length.toLocaleString('en-GB');

const source = (files: Record<string, Uint8Array | string>): RunSource => ({
  name: 'runs/films',
  read: async (file, { onProgress } = {}) => {
    const bytes = files[file];
    const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    onProgress?.(whole.length, Infinity);
    return whole;
  },
});
const run = (bytes: Uint8Array, changed: object = {}) =>
  source({
    'run.json': writeManifestText({ ...manifest, ...changed } as typeof manifest),
    'items.arrow': bytes,
  });

/** The message of the InputError that a promise rejects with. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

describe('readRun', () => {
  it('gives manifest and items, and the progress of the items in the bytes of the manifest', async () => {
    const onProgress = vi.fn();
    expect(await readRun(run(items), { onProgress })).toEqual({
      manifest,
      items: films(),
      maps: [],
    });
    expect(onProgress.mock.calls).toEqual([[items.length, items.length]]);
    expect(await readManifest(run(items))).toEqual(manifest);
  });

  it('says that a file is shorter or longer than the manifest says', async () => {
    expect(await refusal(readRun(run(items.slice(0, 1024))))).toBe(
      `runs/films/items.arrow has 1,024 bytes, run.json says ${size}: the copy is incomplete; copy the folder again`,
    );
    const longer = new Uint8Array(items.length + 1);
    expect(await refusal(readRun(run(longer)))).toBe(
      `runs/films/items.arrow has ${longer.length.toLocaleString('en-GB')} bytes, run.json says ${size}: the two are not of the same run; copy the folder again`,
    );
  });

  it('says that a file was changed, unless checksums are not asked for', async () => {
    const changed = items.slice();
    const at = Buffer.from(changed).indexOf('Hamlet');
    changed[at] = 'B'.charCodeAt(0);
    expect(await refusal(readRun(run(changed)))).toMatch(
      /^runs\/films\/items\.arrow has been changed: its SHA-256 is [0-9a-f]{12}…, run\.json says [0-9a-f]{12}…; copy the folder again$/,
    );
    expect((await readRun(run(changed), { verify: false })).items.labels[1]).toBe('Bamlet');
  });

  it('reads a run whose manifest lists no files', async () =>
    expect((await readRun(run(items, { files: {} }))).items).toEqual(films()));

  it('says that count or dimensions differ', async () => {
    expect(await refusal(readRun(run(items, { count: 6 })))).toBe(
      'runs/films/items.arrow has 5 rows, run.json says 6; copy the folder again, or correct "count"',
    );
    expect(await refusal(readRun(run(items, { dimensions: 4 })))).toBe(
      'runs/films/items.arrow: column "vector" has 3 dimensions, run.json says 4; copy the folder again, or correct "dimensions"',
    );
  });

  it('stops when the signal is aborted', async () => {
    const abort = new AbortController();
    const reading = readRun(run(items), {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('sha256', () => {
  // FIPS 180-2, appendix B.1.
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const bytes = new TextEncoder().encode('abc');
  afterEach(() => vi.unstubAllGlobals());

  it('is that of the standard', async () => expect(await sha256(bytes)).toBe(abc));
  it('is the same where the platform has none', async () => {
    vi.stubGlobal('crypto', {});
    expect(await sha256(bytes)).toBe(abc);
    expect(await sha256(items)).toBe(digest);
  });
});

describe('folderSource', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-'));
    writeFileSync(join(folder, 'run.json'), writeManifestText(manifest));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads a run, with progress', async () => {
    writeFileSync(join(folder, 'items.arrow'), items);
    const onProgress = vi.fn();
    expect((await readRun(folderSource(folder), { onProgress })).items).toEqual(films());
    expect(onProgress).toHaveBeenLastCalledWith(items.length, items.length);
  });

  it('says what is missing', async () => {
    expect(await refusal(readRun(folderSource(folder)))).toMatch(
      /^(.*) lacks items\.arrow: the copy of run-\w+ is incomplete; copy the folder again$/,
    );
    const nowhere = join(folder, 'nowhere');
    expect(await refusal(readRun(folderSource(nowhere)))).toBe(
      `${nowhere} is not a run: it has no run.json (expected a folder that training or importing wrote)`,
    );
    mkdirSync(join(folder, 'items.arrow'));
    expect(await refusal(readRun(folderSource(folder)))).toBe(
      `${join(folder, 'items.arrow')} is not a file (expected one)`,
    );
  });

  it('stops when the signal is aborted', async () => {
    const reason = new Error('enough');
    const reading = folderSource(folder).read('run.json', { signal: AbortSignal.abort(reason) });
    await expect(reading).rejects.toBe(reason);
  });
});

describe('urlSource', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/runs/films`;
  }

  it('reads a run, with progress', async () => {
    const url = await serve((request, response) => {
      const isItems = request.url === '/runs/films/items.arrow';
      const body = isItems ? Buffer.from(items) : Buffer.from(writeManifestText(manifest));
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 100));
      setTimeout(() => response.end(body.subarray(100)), 20);
    });
    const seen: number[][] = [];
    const source = urlSource(`${url}/`, fetch);
    const onProgress = (done: number, total: number) => seen.push([done, total]);
    expect(await readRun(source, { onProgress })).toEqual({ manifest, items: films(), maps: [] });
    expect(seen[0][0]).toBe(100);
    expect(seen.at(-1)).toEqual([items.length, items.length]);
    await source.read('items.arrow', { onProgress });
    expect(seen.at(-1)).toEqual([items.length, items.length]);
  });

  it.each([
    [404, "does not exist (HTTP 404 Not Found); is the run's name right?"],
    [403, 'may not be read (HTTP 403 Forbidden); ask its owner for access'],
    [500, 'could not be served (HTTP 500 Internal Server Error); try again later'],
    [418, "was refused (HTTP 418 I'm a Teapot)"],
  ])('puts HTTP %i into words', async (status, words) => {
    const url = await serve((_, response) => response.writeHead(status).end());
    expect(await refusal(readRun(urlSource(url, fetch)))).toBe(`${url}/run.json ${words}`);
  });

  it.each([
    ['by its type', { 'content-type': 'text/html; charset=utf-8' }, 'Not here'],
    ['by its start', {}, '\n<!DOCTYPE html><html></html>'],
  ])('recognises a web page %s', async (_, headers, body) => {
    const url = await serve((_, response) => response.writeHead(200, headers).end(body));
    expect(await refusal(readRun(urlSource(url, fetch)))).toBe(
      `${url}/run.json is a web page, not a run's file; is the address right, and is the run there?`,
    );
  });

  it('says that the connection broke', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('x'.repeat(10));
      setTimeout(() => response.destroy(), 50);
    });
    expect(await refusal(urlSource(url, fetch).read('items.arrow'))).toMatch(
      /items\.arrow broke off after 10 of 1,000 bytes \(.+\); load it again$/,
    );
  });

  it('says that there is no server', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => server!.close(resolve));
    expect(await refusal(urlSource(url, fetch).read('run.json'))).toMatch(
      /run\.json cannot be reached \(.+\); is the server running, and the network up\?$/,
    );
  });

  it('stops when the signal is aborted, before and amid the answer', async () => {
    const url = await serve((_, response) => response.writeHead(200).write('x'));
    const reason = new Error('enough');
    const read = (signal: AbortSignal, onProgress?: () => void) =>
      urlSource(url, fetch).read('items.arrow', { signal, onProgress });
    await expect(read(AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    await expect(read(abort.signal, () => abort.abort(reason))).rejects.toBe(reason);
    server!.closeAllConnections();
  });
});
