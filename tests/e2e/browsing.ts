import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launchBrowser } from '../../scripts/tooling/browser.mjs';

const program = fileURLToPath(new URL('../../scripts/embedscope.mjs', import.meta.url));

interface AnsweredItem {
  id: string;
  label: string;
  score?: number;
  bias?: number;
}

/** What the commands answer, as far as these tests read it. */
interface Answer {
  top: (AnsweredItem & { score: number })[];
  bottom: AnsweredItem[];
  item: AnsweredItem;
  neighbours: AnsweredItem[];
}

/** The last line of what `embedscope ARGUMENTS --json` prints, parsed. */
export async function commandLine(...args: string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json'], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Answer;
}

/** A browser for the tests of one file; each page that it opens must end without an error on its console. */
export function useBrowser() {
  let browser: Browser;
  let open: Page[] = [];
  let faults: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(open.map((page) => page.context().close()));
    const seen = faults;
    open = [];
    faults = [];
    expect(seen).toEqual([]);
  });

  /** Opens an address in a window of its own. `expectFaults` for pages that are to answer with an error status. */
  async function visitAddress(
    address: string,
    options: BrowserContextOptions & { expectFaults?: boolean } = {},
  ): Promise<Page> {
    const { expectFaults, ...rest } = options;
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      reducedMotion: 'reduce',
      ...rest,
    });
    const page = await context.newPage();
    open.push(page);
    if (!expectFaults) {
      page.on('pageerror', (error) => faults.push(`${address}: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`${address}: ${message.text()}`);
      });
    }
    await page.goto(address);
    return page;
  }

  return {
    open: visitAddress,
    /** Opens a path of the site, likewise. */
    visit: (path: string, options?: BrowserContextOptions & { expectFaults?: boolean }) =>
      visitAddress(inject('site') + path, options),
  };
}

/** Resolves when nothing on the page says that it is still waiting for data. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: 30_000 }).toBe(0);
}

/** What axe-core finds of serious and critical faults: `rule: element`. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
  });
}
