import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { launchBrowser } from '../../scripts/tooling/browser.mjs';
import { buildSite } from '../../scripts/tooling/build-site.mjs';
import { drawRuns } from './drawnRuns.ts';

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

/** Makes sure of a browser, builds the site if need be, and serves it with `npm start`'s own script. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const browser = await launchBrowser();
  await browser.close();
  await buildSite();
  const broken = mkdtempSync(join(tmpdir(), 'embedscope-e2e-'));
  breakRuns(broken);
  drawRuns(join(shipped, 'movielens-nn-seed1'), broken);
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
