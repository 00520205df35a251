/**
 * Seconds and bytes to open a shipped run in the browser, against the same items as the Embedding
 * Projector's two TSV files and as JSON. Cold cache, loopback, so that what is measured is reading.
 */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { build } from 'vite';
import { launchBrowser } from '../scripts/tooling/browser.mjs';
import { buildSite } from '../scripts/tooling/build-site.mjs';
import { serve } from '../scripts/tooling/serve.mjs';
import { readRun } from '../src/lib/run/read.ts';
import { findRun } from '../src/lib/run/catalogue.node.ts';
import { folderSource } from '../src/lib/run/folder.node.ts';
import type { Result } from './run.ts';

const runId = 'movielens-mf-seed1';

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** The files that the page fetches, by path. */
async function filesOfRun(): Promise<Map<string, Buffer>> {
  const { folder } = await findRun(runId);
  const { items } = await readRun(folderSource(folder));
  const d = items.vectors.columns;
  const vector = (i: number) => Array.from(items.vectors.data.subarray(i * d, (i + 1) * d));
  const rows = items.ids.map((id, i) => ({
    id,
    label: items.labels[i],
    count: items.counts[i],
    bias: items.bias?.[i],
    vector: vector(i),
  }));
  return new Map([
    ['/run.json', readFileSync(`${folder}/run.json`)],
    ['/items.arrow', readFileSync(`${folder}/items.arrow`)],
    ['/vectors.tsv', Buffer.from(rows.map((row) => row.vector.join('\t')).join('\n') + '\n')],
    [
      '/metadata.tsv',
      Buffer.from(
        ['id\tlabel\tcount\tbias']
          .concat(rows.map((row) => [row.id, row.label, row.count, row.bias].join('\t')))
          .join('\n') + '\n',
      ),
    ],
    ['/items.json', Buffer.from(JSON.stringify(rows))],
  ]);
}

async function bundle(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: {
        entry: new URL('./page/open-run.page.ts', import.meta.url).pathname,
        formats: ['iife'],
        name: 'bench',
      },
    },
  });
  const first = (Array.isArray(output) ? output[0] : output) as { output: { code: string }[] };
  return first.output[0].code;
}

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const files = await filesOfRun();
  const code = await bundle();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const body = files.get(path);
    response.setHeader('cache-control', 'no-store');
    if (path === '/') response.setHeader('content-type', 'text/html').end('<title>bench</title>');
    else if (body) response.setHeader('content-length', body.length).end(body);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const base = `http://127.0.0.1:${port}/`;
  const browser = await launchBrowser();
  const formats = {
    openRun: ['run.json', 'items.arrow'],
    openTsv: ['vectors.tsv', 'metadata.tsv'],
    openJson: ['items.json'],
  };
  const times: Record<string, number[]> = { openRun: [], openTsv: [], openJson: [] };
  const pageTimes: number[] = [];
  let rows = 0;
  let pageBytes = 0;
  try {
    for (let repeat = 0; repeat < (quick ? 3 : 9); repeat++) {
      for (const name of Object.keys(times)) {
        const page = await browser.newPage();
        await page.goto(base);
        await page.addScriptTag({ content: code });
        const opened = (await page.evaluate(`bench.${name}(${JSON.stringify(base)})`)) as {
          milliseconds: number;
          rows: number;
          checksum: number;
        };
        times[name].push(opened.milliseconds / 1000);
        rows = opened.rows;
        await page.close();
      }
    }
    await buildSite();
    const site = await serve({ port: 0 });
    // Of the sockets, since what a worker fetches is not among a page's own requests.
    let sockets: Socket[] = [];
    site.server.on('connection', (socket: Socket) => sockets.push(socket));
    for (let repeat = 0; repeat < (quick ? 2 : 5); repeat++) {
      const context = await browser.newContext();
      sockets = [];
      const page = await context.newPage();
      const start = performance.now();
      await page.goto(`http://127.0.0.1:${site.port}/run/${runId}/components`);
      await page.getByRole('table', { name: 'Highest' }).locator('tbody tr').first().waitFor();
      pageTimes.push((performance.now() - start) / 1000);
      pageBytes = sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0);
      await context.close();
    }
    site.server.close();
    site.server.closeAllConnections();
  } finally {
    await browser.close();
    server.close();
  }
  const ours = median(times.openRun);
  const size = (names: string[]) =>
    names.reduce((sum, name) => sum + (files.get(`/${name}`)?.length ?? 0), 0);
  const labels: Record<string, string> = {
    openRun: 'run.json + items.arrow, verified',
    openTsv: 'Embedding Projector TSV',
    openJson: 'JSON',
  };
  return {
    results: [
      ...Object.entries(formats).map(([name, names]) => ({
        name: labels[name],
        n: rows,
        seconds: median(times[name]),
        ratioToOurs: median(times[name]) / ours,
        quality: { bytes: size(names) },
      })),
      {
        name: 'components page from an empty cache to its first table',
        n: rows,
        seconds: median(pageTimes),
        quality: { bytes: pageBytes },
      },
    ],
  };
}
