import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer as createVite, preview, type InlineConfig } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { isolation } from '../../scripts/tooling/isolation.mjs';
import { settled, useBrowser } from './browsing.ts';

const { visit, open } = useBrowser();

const root = fileURLToPath(new URL('threads/', import.meta.url));
const shared: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'error',
  plugins: [isolation()],
  worker: { format: 'es' },
};
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};
let built: string;

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'embedscope-threads-'));
  await build({ ...shared, build: { outDir: built, emptyOutDir: true } });
});
afterAll(() => rmSync(built, { recursive: true }));

/** What the page's worker says of its team. */
async function answered(address: string) {
  const page = await open(address);
  await page.waitForFunction(() => 'answer' in globalThis);
  return page.evaluate(() => (globalThis as unknown as { answer: unknown }).answer);
}

const TEAM = {
  isolated: true,
  count: 3,
  shuffles: 600,
  failures: ['thread 3 of 3 failed in "shuffle": memory access out of bounds'],
};

describe('a team of threads in a browser', () => {
  test('runs from within a worker, built', async () => {
    const server = await preview({
      ...shared,
      build: { outDir: built },
      preview: { port: 0, host: '127.0.0.1' },
    });
    try {
      expect(await answered(server.resolvedUrls!.local[0])).toEqual(TEAM);
    } finally {
      await server.close();
    }
  });

  test('runs from within a worker, in development', async () => {
    const server = await createVite({ ...shared, server: { port: 0, host: '127.0.0.1' } });
    await server.listen();
    try {
      expect(await answered(server.resolvedUrls!.local[0])).toEqual(TEAM);
    } finally {
      await server.close();
    }
  });

  test('is one thread where a server sends no headers of isolation', async () => {
    const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };
    const server = createServer((request, response) => {
      const path = request.url === '/' ? '/index.html' : request.url!;
      response.setHeader('content-type', types[extname(path)] ?? 'text/plain');
      response.end(path === '/favicon.ico' ? '' : readFileSync(join(built, path)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const alone = { isolated: false, count: 1, shuffles: 0, failures: [] };
      expect(await answered(`http://127.0.0.1:${port}/`)).toEqual(alone);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('the site', () => {
  test('is cross-origin isolated, and so is its worker', async () => {
    const page = await visit('/run/movielens-mf-seed1/neighbours?item=1');
    await settled(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(page.workers()).toHaveLength(1);
    const [worker] = page.workers();
    expect(await worker.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  test.each([
    '/',
    '/run/movielens-mf-seed1/components',
    '/runs/movielens-mf-seed1/run.json',
    '/runs/movielens-mf-seed1/items.arrow',
    '/nothing-of-the-kind',
  ])('sends the headers with %s', async (path) => {
    const response = await fetch(inject('site') + path);
    await response.arrayBuffer();
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
  });

  test('sends the headers with its scripts, and when it has nothing new to say', async () => {
    const html = await (await fetch(inject('site') + '/')).text();
    const [, script] = /"([^"]+\/_app\/immutable\/[^"]+\.js)"/.exec(
      html.replaceAll('"./', '"/./'),
    )!;
    const address = new URL(script, inject('site') + '/');
    const response = await fetch(address);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    const again = await fetch(address, {
      headers: { 'if-none-match': response.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
    expect(Object.fromEntries(again.headers)).toMatchObject(headers);
  });
});
