import { describe, expect, test } from 'vitest';
import { settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

// Both hold words that are planted in tests/fixtures/words/planted.ts.
const planted = '/compare?a=planted-topics&b=planted-judgement';

describe('whether two runs are the same', () => {
  test('is said in words, with each figure against its baseline, and what was left out', async () => {
    const page = await visit(planted);
    await settled(page);
    expect(await page.locator('.verdict').innerText()).toMatch(
      /^In part: of a word’s 10 nearest in one run, \d\.\d\d on average are among its 10 nearest/,
    );
    const figures = page.getByRole('table', { name: 'Overall figures of both runs' });
    const text = await figures.innerText();
    for (const name of ['Neighbour overlap at 10', 'Linear CKA', 'RSA', 'Procrustes residual']) {
      expect(text).toContain(name);
    }
    expect(text).toMatch(/Second-order similarity\s+0\.\d+/);
    expect(text).toMatch(/Space in common\s+0\.\d+[\s\S]+16 directions[\s\S]+chance gives 0\.\d+/);
    expect(text).toMatch(/Between 0\.\d+ and 0\.\d+ with 95% confidence/);
    await page.getByText('What could not be compared').click();
    await page.getByText('1 word of A is not shared: queen').waitFor();
    await figures.getByRole('button', { name: 'Linear CKA' }).click();
    await page.getByText('Kornblith, Norouzi, Lee and Hinton 2019').waitFor();
  });

  test('reads each run once, for the figures, the spectra and the maps together', async () => {
    const page = await visit('/');
    const read: string[] = [];
    page.context().on('request', (request) => {
      const id = /runs\/([^/]+)\/items\.arrow/.exec(request.url())?.[1];
      if (id) read.push(id);
    });
    await page.goto(new URL(planted, page.url()).href);
    await settled(page);
    await page.getByRole('link', { name: /^Both maps/ }).click();
    await page.getByRole('application', { name: /^B’s map/ }).waitFor();
    await page.getByRole('combobox', { name: 'Colour' }).selectOption('overlap');
    await page.getByRole('group', { name: 'Overlap of neighbours: show or hide' }).waitFor();
    expect(read.sort()).toEqual(['planted-judgement', 'planted-topics']);
  });

  test('is yes for a run against itself', async () => {
    const page = await visit('/compare?a=planted-topics&b=planted-topics');
    await settled(page);
    expect(await page.locator('.verdict').innerText()).toMatch(/^Yes: /);
    const figures = await page
      .getByRole('table', { name: 'Overall figures of both runs' })
      .innerText();
    expect(figures).toMatch(/Procrustes residual\s+0\s/);
    expect(figures).not.toContain('× 10');
  });

  test('few shared items have few neighbours, and too few are said, with what to do', async () => {
    const page = await visit('/compare?a=mapped-words&b=shares-6');
    await settled(page);
    const figures = page.getByRole('table', { name: 'Overall figures of both runs' });
    expect(await figures.innerText()).toContain('Neighbour overlap at 2');
    expect(
      await page
        .getByRole('table', { name: /^Shared words/ })
        .locator('tbody tr')
        .count(),
    ).toBe(6);
    await page.goto(new URL('/compare?a=mapped-words&b=shares-1', page.url()).href);
    await page
      .getByRole('alert')
      .filter({ hasText: 'the runs share only 1 item, and a comparison needs 4 at least' })
      .waitFor();
    // The spectra are of each run alone.
    await page.getByRole('group', { name: /^Explained variance of both runs/ }).waitFor();
  });

  test('a run that there is not is named, and the other stays chosen', async () => {
    const page = await visit('/compare?a=gone&b=mapped-words');
    await settled(page);
    expect(await page.getByRole('alert').innerText()).toMatch(/gone/);
    expect(await page.getByRole('combobox', { name: 'Run B' }).inputValue()).toBe('mapped-words');
    await page.getByRole('combobox', { name: 'Run A' }).selectOption('moved-words');
    await page.getByRole('heading', { name: 'Are they the same?' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('reading can be stopped and tried again', async () => {
    const page = await visit('/');
    const context = page.context();
    await context.route('**/moved-words/items.arrow', () => new Promise(() => undefined));
    await page.goto(new URL('/compare?a=mapped-words&b=moved-words', page.url()).href);
    const same = page.locator('section', { hasText: 'Are they the same?' });
    await same.getByRole('button', { name: 'Stop' }).click();
    await same.getByRole('alert').filter({ hasText: 'Stopped before it was done.' }).waitFor();
    await context.unroute('**/moved-words/items.arrow');
    await same.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.verdict').waitFor();
    await page.getByRole('table', { name: /^Shared words/ }).waitFor();
  });

  test('is measured against seeds, each figure and each film', async () => {
    const page = await visit('/compare?a=movielens-mf-small-seed1&b=movielens-mf-small-seed2');
    await expect
      .poll(() => page.locator('.verdict').innerText(), { timeout: 30_000 })
      .toMatch(/Both are seeds of Ten factors, /);
    const figures = page.getByRole('table', { name: 'Overall figures of both runs' });
    const spreads = (await figures.innerText()).match(
      /Seeds: 0\.\d+ to 0\.\d+ \(9 other pairs\); (as near as|(nearer|further) than)/g,
    );
    expect(spreads).toHaveLength(4);
    const films = page.getByRole('table', { name: /^Shared movies/ });
    // The last figure is the most that the film has between two seeds.
    const mean = async () => {
      const cells = films.locator('tbody tr td:nth-of-type(5)');
      return (await cells.allInnerTexts()).map((text) => text.match(/\d[.\d]*/g)!.at(-1)!);
    };
    await page.getByLabel('Order').selectOption('accident');
    await page.waitForURL(/order=accident/);
    const accidents = await mean();
    await page.getByLabel('Order').selectOption('steady');
    await expect.poll(mean).not.toEqual(accidents);
    const most = (values: string[]) => Math.max(...values.map(Number));
    expect(most(accidents)).toBeLessThan(most(await mean()));
    // Five seeds stand under one name where a run is chosen, and lead to the matrix.
    const group = page.getByRole('combobox', { name: 'Run A' }).locator('optgroup');
    expect(await group.first().getAttribute('label')).toMatch(/, \d seeds$/);
    await page.getByRole('link', { name: 'These two and the other seeds, each with each' }).click();
    await page.waitForURL(/compare\/matrix\?runs=/);
    expect(new URL(page.url()).searchParams.get('runs')!.split(',')).toHaveLength(5);
  });

  test('runs that share nothing are answered in place, and the rest of the page stays', async () => {
    const page = await visit('/compare?a=movielens-mf-seed1&b=planted-topics');
    await settled(page);
    expect(await page.locator('section', { hasText: 'Are they the same?' }).innerText()).toContain(
      'the runs share no item',
    );
    expect(await page.getByRole('heading', { name: 'What differs' }).count()).toBe(1);
  });
});

describe('the items that changed', () => {
  test('are listed either way and filtered; an item stands in the address, and back undoes', async () => {
    const page = await visit(planted);
    await settled(page);
    const names = page.getByRole('table', { name: /^Shared words/ }).locator('tbody th');
    const changed = await names.allInnerTexts();
    expect(changed).toHaveLength(20);
    await page.getByLabel('Order').selectOption('stable');
    await page.waitForURL(/order=stable/);
    await expect.poll(() => names.allInnerTexts()).not.toEqual(changed);
    await page.getByLabel('Find in the list').fill('TERR');
    await expect.poll(() => names.allInnerTexts()).toEqual(['terrible']);

    await page.getByRole('link', { name: 'terrible', exact: true }).click();
    await page.waitForURL(/item=terrible/);
    const region = page.getByRole('region', { name: 'What is near “terrible”?' });
    await region.waitFor();
    await settled(page);
    const count = async (text: RegExp) =>
      (await region.getByRole('listitem').allInnerTexts()).filter((row) => text.test(row)).length;
    const lines = await region.locator('svg line').count();
    expect(lines).toBeGreaterThan(0);
    expect(await count(/in both: \d+(st|nd|rd|th) in B/)).toBe(lines);
    expect(await count(/in both: \d+(st|nd|rd|th) in A/)).toBe(lines);
    expect(await count(/left: /)).toBe(10 - lines);
    expect(await count(/entered: /)).toBe(10 - lines);
    expect(await region.innerText()).toContain(`${lines} of 10 words stay`);
    expect(await region.innerText()).toMatch(
      /Its overlap is 0\.\d+ \(all on average 0\.\d+\), its second-order similarity −?0\.\d+ \(0\.\d+\)\. Once B is laid on A it is \d\.\d+ times as far off/,
    );

    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has('item'));
    await expect.poll(() => region.count()).toBe(0);
  });

  test('an item that is not shared is said', async () => {
    const page = await visit(`${planted}&item=queen`);
    await settled(page);
    expect(await page.locator('main').innerText()).toContain('“queen” is not shared');
  });
});

test('matched components show the items at both ends, and the choice stands in the address', async () => {
  const page = await visit(planted);
  await settled(page);
  const heading = page.getByRole('heading', { name: /^Component 1 of A is component \d+ of B/ });
  await heading.waitFor();
  const top = page.getByRole('list', { name: 'Top in A' });
  const first = await top.innerText();
  await page.getByRole('button', { name: 'Component 3', exact: true }).click();
  await page.waitForURL(/match=3/);
  await page.getByRole('heading', { name: /^Component 3 of A is component \d+ of B/ }).waitFor();
  expect(await top.innerText()).not.toBe(first);
  expect(await page.getByRole('list', { name: 'Bottom in B' }).getByRole('listitem').count()).toBe(
    8,
  );
});
