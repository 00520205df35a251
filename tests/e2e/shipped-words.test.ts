import { expect, test } from 'vitest';
import { commandLine, settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

test('the start page has movies and words, each under its name', async () => {
  const page = await visit('/');
  await settled(page);
  const cards = (kind: string) =>
    page.getByRole('list', { name: `Runs of ${kind}` }).getByRole('article');
  const factors = cards('movies').filter({ hasText: 'Matrix factorisation' });
  expect(await factors.count()).toBe(1);
  expect(await factors.getByRole('link', { name: /^Matrix factorisation, seed/ }).count()).toBe(2);
  const words = await cards('words').allInnerTexts();
  for (const title of ['GloVe 6B', 'GloVe on film reviews', 'Convolutional net on film reviews']) {
    expect(words.filter((text) => text.startsWith(title))).toHaveLength(1);
  }
  expect(words.find((text) => text.startsWith('GloVe 6B'))).toMatch(/glove, imported/);
});

test('an imported run does not pretend to know counts', async () => {
  const page = await visit('/run/glove-6b-50d');
  await settled(page);
  const text = await page.locator('main').innerText();
  expect(text).toMatch(/20,000 words, which another program learnt, from GloVe 6B/);
  expect(text).not.toMatch(/Seed|epochs/);
  await page.goto(new URL('/run/glove-6b-50d/item/king', page.url()).href);
  await settled(page);
  expect(await page.locator('.answer').innerText()).toMatch(/^Number 692 of 20,000/);
  expect(await page.locator('main').innerText()).not.toMatch(/occurrences/i);
});

test('man is to woman as king is to queen, on the page and on the command line', async () => {
  const page = await visit('/run/glove-6b-50d/relations?a=man&b=woman&c=king');
  await settled(page);
  expect(await page.locator('.answer').first().innerText()).toMatch(/^To queen/);
  const { answers } = (await commandLine(
    ...['analogy', 'glove-6b-50d', 'man', 'woman', 'king'],
  )) as unknown as { answers: { label: string }[] };
  expect(answers[0].label).toBe('queen');
});

test('a word on the shipped map is found, with its neighbours in the embedding', async () => {
  const page = await visit('/run/glove-6b-50d/map?word=iraq');
  await settled(page);
  const { neighbours } = await commandLine('neighbours', 'glove-6b-50d', 'iraq', '--count', '3');
  const shown = page
    .getByRole('table', { name: /^Nearest in the embedding/ })
    .getByRole('rowheader');
  await expect.poll(() => shown.count()).toBeGreaterThan(2);
  expect((await shown.allInnerTexts()).slice(0, 3)).toEqual(neighbours.map(({ label }) => label));
});

test('a net groups by judgement what GloVe groups by topic', async () => {
  const page = await visit('/run/imdb-conv-seed1/neighbours?item=bad&beside=glove-6b-50d');
  await settled(page);
  const said = await page.locator('main').innerText();
  expect(said).toMatch(/Convolutional net on film reviews groups “bad” (partly )?by judgement/);
  expect(said).toMatch(/GloVe 6B, 20,000 words groups “bad” by something other than judgement/);
});
