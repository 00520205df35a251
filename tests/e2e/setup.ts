import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { launchBrowser } from '../../scripts/tooling/browser.mjs';
import { buildSite } from '../../scripts/tooling/build-site.mjs';
import { writePlantedRuns } from '../fixtures/words/planted.ts';
import { breakRuns, drawRuns, mapWords, shipped } from './runs.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built site is served, without a slash at the end. */
    site: string;
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Makes sure of a browser, builds the site if need be, and serves it with `npm start`'s own script. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const browser = await launchBrowser();
  await browser.close();
  await buildSite();
  const made = mkdtempSync(join(tmpdir(), 'embedscope-e2e-'));
  breakRuns(made);
  drawRuns(made);
  await mapWords(made);
  await writePlantedRuns(made);
  const child = spawn(process.execPath, [join(root, 'scripts/tooling/start.mjs')], {
    env: {
      ...process.env,
      PORT: '0',
      NODE_ENV: 'production',
      EMBEDSCOPE_RUNS: [shipped, made].join(delimiter),
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
    rmSync(made, { recursive: true, force: true });
  };
}
