import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { launchBrowser } from '../../scripts/tooling/browser.mjs';
import { buildSite } from '../../scripts/tooling/build-site.mjs';
import { matrix } from '../../src/lib/math/matrix.ts';
import { random } from '../../src/lib/math/random.ts';
import type { Manifest, RunMap } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built site is served, without a slash at the end. */
    site: string;
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const shipped = join(root, 'static/runs');

/** Copies of a shipped run, each broken in one way that a user's run can be. */
function breakRuns(folder: string): void {
  const copy = (id: string, change: (manifest: Record<string, unknown>) => void) => {
    cpSync(join(shipped, 'movielens-nn-seed1'), join(folder, id), { recursive: true });
    const file = join(folder, id, 'run.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    manifest.id = id;
    change(manifest);
    writeFileSync(file, JSON.stringify(manifest));
  };
  copy('cut-short', (manifest) => (manifest.title = 'Cut short'));
  truncateSync(join(folder, 'cut-short', 'items.arrow'), 100_000);
  copy('from-the-future', (manifest) => (manifest.schemaVersion = 99));
  copy('not-json', () => undefined);
  writeFileSync(join(folder, 'not-json', 'run.json'), '{"schemaVersion": 1,');
}

/**
 * A run of 400 words in four groups of direction, word i in group i mod 4, with two maps: on `grid` word i stands in
 * column i mod 20 and row ⌊i / 20⌋ from the top, on `groups` each group in a corner.
 */
async function mapWords(folder: string): Promise<void> {
  const file = join(shipped, 'movielens-nn-seed1', 'run.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const n = 400;
  const d = 8;
  const draw = random(5);
  const vectors = matrix(n, d);
  const grid = new Float32Array(2 * n);
  const groups = new Float32Array(2 * n);
  const labels = Array.from({ length: n }, (_, i) => `word${i}`);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      vectors.data[i * d + j] = (j === i % 4 ? 2 : 0) + 0.3 * draw.normal();
    }
    grid.set([i % 20, -Math.floor(i / 20)], 2 * i);
    groups.set([(i % 2) * 10 + draw.normal(), (i % 4 < 2 ? 0 : 10) + draw.normal()], 2 * i);
  }
  const quality = { trustworthiness12: 0.75, continuity12: 0.7, klDivergence: 1.5 };
  const map = (name: string, points: Float32Array): RunMap => ({
    info: { name, method: 'tsne', parameters: { perplexity: 20 }, seed: 1, of: n, quality },
    points,
  });
  await writeRun(join(folder, 'mapped-words'), {
    manifest: {
      ...manifest,
      id: 'mapped-words',
      title: 'Mapped words',
      kind: 'words',
      dimensions: d,
      count: n,
    },
    items: {
      ids: labels,
      labels,
      counts: Uint32Array.from(labels, (_, i) => 100_000 - 200 * i),
      columns: {
        polarity: {
          kind: 'number',
          storage: 'float32',
          values: Float64Array.from(labels, (_, i) => (i % 9) - 4),
        },
      },
      vectors,
    },
    maps: [map('grid', grid), map('groups', groups)],
  });
}

/** Makes sure of a browser, builds the site if need be, and serves it with `npm start`'s own script. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const browser = await launchBrowser();
  await browser.close();
  await buildSite();
  const broken = mkdtempSync(join(tmpdir(), 'embedscope-e2e-'));
  breakRuns(broken);
  await mapWords(broken);
  const child = spawn(process.execPath, [join(root, 'scripts/tooling/start.mjs')], {
    env: {
      ...process.env,
      PORT: '0',
      NODE_ENV: 'production',
      EMBEDSCOPE_RUNS: shipped + delimiter + broken,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      const match = /at (http:\S+)\//.exec(output);
      if (match) resolve(match[1].replace('localhost', '127.0.0.1'));
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  project.provide('site', address);
  return async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(broken, { recursive: true, force: true });
  };
}
