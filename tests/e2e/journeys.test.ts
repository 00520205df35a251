import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { commandLine, settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

const id = 'movielens-mf-seed1';
const run = `/run/${id}`;

/** What formatNumber makes of a figure: three significant digits, a real minus sign. */
const shown = (value: number) =>
  value
    .toLocaleString('en-GB', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 })
    .replace('-', '−');

/** Ids, by the links of their rows, and last figures of a ranking's rows. */
async function ranking(page: Page, name: 'Highest' | 'Lowest') {
  const rows = page.getByRole('table', { name }).locator('tbody tr');
  await rows.first().waitFor();
  return rows.evaluateAll((elements) =>
    elements.map((row) => ({
      id: decodeURIComponent(row.querySelector('a')!.getAttribute('href')!.split('/').at(-1)!),
      score: row.querySelector('.score')!.textContent!.trim(),
    })),
  );
}

const expected = (items: { id: string; score?: number; bias?: number }[]) =>
  items.map((item) => ({ id: item.id, score: shown((item.score ?? item.bias)!) }));

/** Presses Tab until `condition` holds of the element that has the focus. */
async function tabTo(page: Page, condition: (element: Element) => boolean, most = 80) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`(${condition.toString()})(document.activeElement)`)) return;
  }
  throw new Error(`nothing of the kind was reached in ${most} presses of Tab`);
}

describe('by mouse, from the start page', () => {
  test('to a component, with the numbers of the command line', async () => {
    const page = await visit('/');
    await page.getByRole('link', { name: 'Matrix factorisation, seed 1' }).first().click();
    await page.waitForURL(`**${run}`);
    await page.getByRole('link', { name: 'Components', exact: true }).click();
    await page.waitForURL(`**${run}/components**`);
    const answer = await commandLine('components', id, '--component', '1');
    expect(await ranking(page, 'Highest')).toEqual(expected(answer.top));
    expect(await ranking(page, 'Lowest')).toEqual(expected(answer.bottom));

    const second = await commandLine('components', id, '--component', '2');
    await page
      .getByRole('link', { name: /component 2\b/i })
      .first()
      .click();
    await page.waitForURL(/component=2/);
    await expect.poll(() => ranking(page, 'Highest')).toEqual(expected(second.top));

    await page.goBack();
    await expect.poll(() => ranking(page, 'Highest')).toEqual(expected(answer.top));
  });

  test('to the biases, with the numbers of the command line', async () => {
    const page = await visit(run);
    await page.getByRole('link', { name: 'Bias', exact: true }).click();
    await page.waitForURL(`**${run}/bias**`);
    const answer = await commandLine('bias', id);
    expect(await ranking(page, 'Highest')).toEqual(expected(answer.top));
    expect(await ranking(page, 'Lowest')).toEqual(expected(answer.bottom));
  });

  test('to the neighbours of a movie whose name is typed wrongly', async () => {
    const page = await visit(run);
    await page.getByRole('link', { name: 'Neighbours', exact: true }).click();
    const field = page.getByRole('combobox', { name: /which movie/i });
    await field.fill('toy stroy 2');
    await page.getByRole('option', { name: /Toy Story 2/ }).click();
    await page.waitForURL(/item=3114/);
    const answer = await commandLine('neighbours', id, 'Toy Story 2 (1999)', '--count', '20');
    expect(answer.item.id).toBe('3114');
    const labels = page.getByRole('table', { name: /neighbours/i }).locator('tbody th[scope=row]');
    await expect
      .poll(() => labels.allInnerTexts())
      .toEqual(answer.neighbours.map(({ label }) => label));

    await labels.first().getByRole('link').click();
    await page.waitForURL(new RegExp(`item=${answer.neighbours[0].id}(&|$)`));
    await page.goBack();
    await page.waitForURL(/item=3114/);
  });

  test('a ranked movie leads to its page: numbers, neighbours, place on components', async () => {
    const page = await visit(`${run}/components`);
    await settled(page);
    const first = page.getByRole('table', { name: 'Highest' }).locator('tbody a').first();
    const title = await first.innerText();
    await first.click();
    await page.waitForURL(`**${run}/item/**`);
    await settled(page);
    expect(await page.locator('h1').innerText()).toContain(title);
    expect(
      await page
        .getByRole('table', { name: /neighbours/i })
        .locator('tbody tr')
        .count(),
    ).toBe(10);
  });
});

test('by keyboard alone: search, a movie, components, biases, back', async () => {
  const page = await visit(run);
  await settled(page);
  await page.keyboard.press('/');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('godfater');
  await page.getByRole('option', { name: /Godfather, The \(1972\)/ }).waitFor();
  for (let i = 0; i < 10; i++) {
    const active = page.locator('[role=option][aria-selected=true]');
    if ((await active.count()) && /Godfather, The \(1972\)/.test(await active.innerText())) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${run}/item/858`);
  await settled(page);

  await tabTo(page, (element) => element.textContent?.trim() === 'Components');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${run}/components**`);
  await settled(page);
  await tabTo(page, (element) => element.matches('input') && !element.matches('[role=combobox]'));
  await page.keyboard.press('ArrowUp');
  await page.waitForURL(/component=2/);
  await expect.poll(() => page.locator('h1').innerText()).toBe('What does component 2 separate?');

  await page.goBack();
  await page.waitForURL(`**${run}/item/858`);
});

describe('what is shown stands in the address', () => {
  test('a filter, a convention and a number of items are those of the command line', async () => {
    const page = await visit(
      `${run}/components?component=3&items=1000&convention=lesson&genre=Drama&from=1990&to=1999`,
    );
    const answer = await commandLine(
      ...['components', id, '--component', '3', '--items', '1000', '--convention', 'lesson'],
      ...['--genre', 'Drama', '--from-year', '1990', '--to-year', '1999'],
    );
    expect(await ranking(page, 'Highest')).toEqual(expected(answer.top));
    await settled(page);
    expect(await page.locator('main').innerText()).toMatch(/of 1,000 movies/);
  });

  test('a component that is not there is answered in words, and the page still works', async () => {
    const page = await visit(`${run}/components?component=99&count=many`);
    const rows = await ranking(page, 'Highest');
    expect(rows).toHaveLength(10);
    expect(await page.locator('main').innerText()).toMatch(/99/);
  });

  test('a changed setting makes a step back', async () => {
    const page = await visit(`${run}/neighbours?item=1`);
    await settled(page);
    await page.getByLabel('Measure').selectOption('euclidean');
    await page.waitForURL(/metric=euclidean/);
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has('metric'));
    await expect.poll(() => page.getByLabel('Measure').inputValue()).toBe('cosine');
  });
});

test('analysis runs in a worker', async () => {
  const page = await visit(`${run}/components`);
  await ranking(page, 'Highest');
  expect(page.workers()).toHaveLength(1);
});

describe('what is shown can be saved', () => {
  test('a table as CSV, with full figures', async () => {
    const page = await visit(`${run}/components`);
    await settled(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV: download the highest scores' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^movielens-mf-seed1.*\.csv$/);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    const answer = await commandLine('components', id);
    expect(lines).toHaveLength(11);
    const header = lines[0].split(',');
    expect(header).toContain('score');
    const score = Number(lines[1].split(',').at(header.indexOf('score') - header.length));
    expect(score).toBeCloseTo(answer.top[0].score, 6);
  });

  test('the scatter as SVG with its labels as text, and as PNG', async () => {
    const page = await visit(`${run}/components`);
    await settled(page);
    const [svg] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: /^SVG: download/ })
        .last()
        .click(),
    ]);
    const text = readFileSync(await svg.path(), 'utf8');
    expect(text).toMatch(/^(<\?xml[^>]*>\s*)?<svg[^>]*xmlns/);
    expect(text).toMatch(/<text[^>]*>[^<]*\(19\d\d\)/);
    const [png] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: /^PNG: download/ })
        .last()
        .click(),
    ]);
    const bytes = readFileSync(await png.path());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.readUInt32BE(16)).toBeGreaterThan(1000);
  });
});

describe('what is broken is answered', () => {
  test('an unknown run has a page with status 404 that names the runs there are', async () => {
    const page = await visit('/run/nope', { expectFaults: true });
    const response = await page.request.get(page.url());
    expect(response.status()).toBe(404);
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/nope/);
    await page
      .getByRole('link', { name: /Matrix factorisation, seed 1|runs/i })
      .first()
      .click();
    await page.waitForURL((url) => !url.pathname.includes('nope'));
  });

  test('a run whose items are cut short says which file and what to do', async () => {
    const page = await visit('/run/cut-short/components', { expectFaults: true });
    await expect
      .poll(() => page.locator('main').innerText(), { timeout: 20_000 })
      .toMatch(/items\.arrow[^]*100,000[^]*bytes/);
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await expect.poll(() => page.locator('main').innerText()).toMatch(/Cut short/);
  });

  test('a run of a newer format is refused by name', async () => {
    const page = await visit('/run/from-the-future', { expectFaults: true });
    await expect.poll(() => page.locator('main').innerText()).toMatch(/newer[^]*99/);
  });

  test('the start page shows broken runs as such, beside the others', async () => {
    const page = await visit('/');
    const broken = page.locator('.broken');
    expect(await broken.allInnerTexts()).toEqual([
      expect.stringMatching(/from-the-future[^]*newer/),
      expect.stringMatching(/not-json[^]*run\.json/),
    ]);
    expect(await page.getByRole('link', { name: /Matrix factorisation/ }).count()).toBeGreaterThan(
      1,
    );
  });

  test('an unknown movie is answered with movies that may be meant', async () => {
    const page = await visit(`${run}/item/toy story`, { expectFaults: true });
    await settled(page);
    await page
      .getByRole('link', { name: /Toy Story \(1995\)/ })
      .first()
      .click();
    await page.waitForURL(`**${run}/item/1`);
  });
});

test('two runs are compared: what differs, and both curves', async () => {
  const page = await visit('/');
  const cards = page.getByRole('list', { name: 'Runs of movies' });
  for (const name of ['Neural net', 'Neural net, batch norm']) {
    const card = cards
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name, exact: true }) });
    await card.getByRole('checkbox').check();
  }
  await page.getByRole('link', { name: /^Compare Neural net/ }).click();
  await page.waitForURL(/compare\?a=movielens-nn/);
  await settled(page);
  expect(await page.locator('main').innerText()).toMatch(/batch ?norm/i);
});

test('the choice of colours is kept, and there is no flash of the other', async () => {
  const page = await visit('/', { colorScheme: 'light' });
  await settled(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  for (let i = 0; i < 3 && (await background()) === light; i++) {
    await page.getByRole('button', { name: /^Colours/ }).click();
  }
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload({ waitUntil: 'commit' });
  await page.waitForLoadState('domcontentloaded');
  expect(await background()).toBe(dark);
});

test('the wheel zooms the scatter, which stands in the address; its points lead to movies', async () => {
  const page = await visit(`${run}/components?scatter=1-50`);
  await settled(page);
  const canvas = page.locator('canvas').last();
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -400);
  await page.keyboard.up('Control');
  await page.waitForURL(/view=/);
  await page.getByRole('button', { name: 'Show everything' }).click();
  await page.waitForURL((url) => !url.searchParams.has('view'));
  const named = page.getByRole('table', { name: /^Named points of the picture/ });
  const link = named.getByRole('link').first();
  const href = await link.getAttribute('href');
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${href}`);
});
