import { createServer, type Server } from 'node:http';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImdb } from '../../../../src/lib/train/imdb/imdb.node.ts';
import { smallSet, tarGz } from './archives.ts';

let server: Server;
let cache: string;
let url: string;
let archive: Buffer;
let requests = 0;

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'embedscope-imdb-cache-'));
  archive = await tarGz(smallSet());
  requests = 0;
  server = createServer((_, response) => {
    requests++;
    response.writeHead(200, { 'content-length': archive.length });
    response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/aclImdb_v1.tar.gz`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(cache, { recursive: true, force: true });
});

describe('openImdb without a path', () => {
  it('downloads the archive once, with progress', async () => {
    const labels = new Set<string>();
    const options = {
      cache,
      url,
      onProgress: (_done: number, _total: number | undefined, label: string) => labels.add(label),
    };
    const { dataset } = await openImdb(undefined, options);
    expect(dataset.counts).toEqual({ train: 8, test: 8, unlabelled: 1 });
    expect([...labels]).toEqual(['downloading the reviews', 'reading the reviews']);
    await openImdb(undefined, options);
    expect(requests).toBe(1);
    expect(readdirSync(cache).sort()).toEqual(['aclImdb_v1.tar.gz', 'aclImdb_v1.tar.gz.json']);
  });

  it.each([
    ['no archive', Buffer.from('hello'), 'what came is not a gzipped archive'],
    ['a cut one', undefined, 'the archive is damaged: unexpected end of file'],
  ])('refuses %s, and says how to do without', async (_, sent, what) => {
    archive = sent ?? archive.subarray(0, archive.length - 20);
    await expect(openImdb(undefined, { cache, url })).rejects.toThrow(
      `${url} was not downloaded: ${what}. Without the download, name aclImdb_v1.tar.gz, or the folder unpacked from it, with --data`,
    );
    expect(readdirSync(cache)).toEqual([]);
  });
});
