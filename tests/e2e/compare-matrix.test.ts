import { expect, test } from 'vitest';
import { seriousFaults, settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

const small = [1, 2, 3].map((seed) => `movielens-mf-small-seed${seed}`);
const matrix = (runs: string[], more = '') => `/compare/matrix?runs=${runs.join(',')}${more}`;

test('the start page puts seeds in one card, and marking three leads to the matrix', async () => {
  const page = await visit('/');
  await settled(page);
  const movies = page.getByRole('list', { name: 'Runs of movies' });
  const card = movies.getByRole('article').filter({ hasText: 'Ten factors' });
  expect(await card.count()).toBe(1);
  expect(await card.innerText()).toMatch(/5 seeds[\s\S]+0\.667 mean MSE[\s\S]+0\.658 to 0\.673/);
  await card.getByText('The 5 seeds').click();
  const mark = (seed: number) =>
    card.getByRole('checkbox', { name: `Compare Ten factors, seed ${seed}` }).check();
  await mark(1);
  await mark(2);
  const bar = page.getByRole('complementary', { name: 'Comparison' });
  expect(await bar.getByRole('link').getAttribute('href')).toMatch(
    /\/compare\?a=movielens-mf-small-seed1&b=movielens-mf-small-seed2$/,
  );
  await mark(3);
  await bar.getByRole('link', { name: 'Compare 3 runs, each with each' }).click();
  await page.waitForURL(/\/compare\/matrix\?runs=/);
  expect(new URL(page.url()).searchParams.get('runs')).toBe(small.join(','));
});

test('all pairs stand in a table by likeness, and a cell leads to its two runs', async () => {
  const runs = [small[0], 'movielens-nn-seed1', small[1]];
  const page = await visit(matrix(runs));
  await settled(page);
  const table = page.getByRole('table', { name: /^Neighbour overlap of all pairs of 3 runs/ });
  const heads = await table.getByRole('rowheader').allInnerTexts();
  // The two seeds are more alike than either and the net, so they stand together.
  const net = heads.findIndex((text) => text.includes('Neural net'));
  expect([0, 2]).toContain(net);
  const figure = async (at: number, row: number) =>
    Number(
      await table
        .getByRole('row')
        .nth(row + 1)
        .getByRole('cell')
        .nth(at)
        .innerText(),
    );
  expect(await figure(0, 1)).toBe(await figure(1, 0));
  const seeds = net === 0 ? await figure(1, 2) : await figure(0, 1);
  const far = net === 0 ? await figure(0, 1) : await figure(2, 1);
  expect(seeds).toBeGreaterThan(far);
  expect(await page.locator('.answer').innerText()).toMatch(
    /The most alike are Ten factors, seed [12] and Ten factors, seed [12] with 0\.\d+/,
  );
  expect(
    await page
      .getByRole('img', { name: /^Dendrogram/ })
      .locator('path')
      .count(),
  ).toBe(2);
  await table.getByRole('link').first().click();
  await page.waitForURL(/\/compare\?a=movielens-[^&]+&b=movielens-/);
});

test('the measure and the runs stand in the address, and the keyboard reaches them', async () => {
  const page = await visit(matrix(small.slice(0, 2)));
  await settled(page);
  await page.getByLabel('Measure').selectOption('cka');
  await page.waitForURL(/measure=cka/);
  await expect
    .poll(() => page.locator('.answer').innerText())
    .toMatch(/have 0\.8\d+ \(1 is the same, chance has 0/);
  await page.getByRole('checkbox', { name: 'seed 3 of Ten factors' }).focus();
  await page.keyboard.press('Space');
  await expect.poll(() => new URL(page.url()).searchParams.get('runs')).toBe(small.join(','));
  await settled(page);
  expect(await page.getByRole('rowheader').count()).toBe(3);
  await page.goBack();
  await expect.poll(() => page.getByRole('rowheader').count()).toBe(2);
});

test('what cannot be compared is said in words', async () => {
  const page = await visit('/compare/matrix');
  await settled(page);
  expect(await page.locator('.answer').innerText()).toMatch(/^Tick two runs or more/);
  await page.getByRole('checkbox', { name: 'seed 1 of Ten factors' }).check();
  await expect
    .poll(() => page.locator('.answer').innerText())
    .toMatch(/^One run is only like itself: tick another/);

  const apart = await visit(matrix([...small.slice(0, 2), 'imdb-conv-seed1']));
  await settled(apart);
  expect(await apart.getByRole('alert').innerText()).toMatch(
    /neither an id nor a label of movielens-mf-small-seed1 is in imdb-conv-seed1; leave one of the two out/,
  );
  const few = await visit(matrix(['mapped-words', 'shares-6']));
  await few
    .getByRole('alert')
    .filter({ hasText: 'k is 10, but with 6 shared items each has only 5 others' })
    .waitFor();
  await few.getByRole('combobox', { name: 'Neighbours' }).selectOption('5');
  await expect.poll(() => few.getByRole('rowheader').count()).toBe(2);
  const single = await visit(matrix(['mapped-words', 'shares-1']));
  await single.getByRole('alert').filter({ hasText: 'the runs share only 1 item' }).waitFor();

  const strange = await visit(matrix([...small, 'no-such-run'], '&measure=luck&k=7'));
  await settled(strange);
  const notices = await strange.getByRole('list', { name: 'About this address' }).innerText();
  expect(notices).toMatch(/no run “no-such-run”; it is left out/);
  expect(notices).toMatch(/no measure “luck”/);
  expect(notices).toMatch(/k can be 5, 10, 20, 50; 10 is taken in place of “7”/);
  expect(await strange.getByRole('rowheader').count()).toBe(3);
});

test.each(['light', 'dark'] as const)(
  'a phone shows the matrix without a page that scrolls sideways, %s',
  async (colorScheme) => {
    const page = await visit(matrix(small), {
      viewport: { width: 390, height: 844 },
      colorScheme,
    });
    await settled(page);
    expect(await page.getByRole('rowheader').count()).toBe(3);
    // What is seen of their names tells the seeds apart.
    const seen = await page.getByRole('rowheader').locator('.short').allInnerTexts();
    expect(new Set(seen).size).toBe(3);
    const cut = await page
      .getByRole('rowheader')
      .locator('.short')
      .evaluateAll((all) => all.some((one) => one.scrollHeight > one.clientHeight + 1));
    expect(cut).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    expect(await seriousFaults(page)).toEqual([]);
  },
);
