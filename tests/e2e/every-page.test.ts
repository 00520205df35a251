import { describe, expect, test } from 'vitest';
import { seriousFaults, settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

const run = '/run/movielens-mf-seed1';
const pages = [
  '/',
  run,
  `${run}/components?component=2`,
  `${run}/bias`,
  `${run}/neighbours?item=1`,
  `${run}/map`,
  '/run/mapped-words/map?word=word0&colour=cluster&area=-600.-600_600.-600_600.600_-600.600',
  `${run}/item/260`,
  `${run}/model`,
  '/run/drawn-lstm/model?recurrence=unrolled&layer=reading',
  `${run}/relations`,
  '/run/planted-judgement/neighbours?item=terrible&beside=planted-topics',
  '/run/planted-judgement/relations?a=man&b=woman&c=boy',
  '/run/planted-judgement/relations/line?from=terrible&to=wonderful',
  '/run/glove-6b-50d',
  '/run/glove-6b-50d/map',
  '/run/glove-6b-50d/item/king',
  '/run/imdb-glove-50d/components?component=1',
  '/run/imdb-conv-seed1/bias',
  '/run/imdb-conv-seed1/neighbours?item=bad&beside=glove-6b-50d',
  '/run/imdb-conv-seed1/model',
  '/compare?a=movielens-nn-seed1&b=movielens-nn-bn-seed1',
  '/compare/maps?a=mapped-words&b=moved-words&item=word42&area=0*-600.-600_600.-600_600.600_-600.600',
  '/compare/matrix?runs=movielens-mf-small-seed1,movielens-mf-small-seed2,movielens-mf-small-seed3',
];

describe.each(pages)('%s', (path) => {
  test.each(['light', 'dark'] as const)(
    'has no serious accessibility fault (%s)',
    async (scheme) => {
      const page = await visit(path, { colorScheme: scheme });
      await settled(page);
      expect(await seriousFaults(page)).toEqual([]);
    },
  );

  test('fits a phone: nothing sticks out to the side, and axe finds nothing serious', async () => {
    const page = await visit(path, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await settled(page);
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    expect(scroll).toBeLessThanOrEqual(client);
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('has one heading of the first rank and a title of its own', async () => {
    const page = await visit(path);
    await settled(page);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.title()).toMatch(/Embedscope/);
  });
});

test('every page has another title', async () => {
  const titles = new Set<string>();
  for (const path of pages) {
    const page = await visit(path);
    titles.add(await page.title());
  }
  expect(titles.size).toBe(pages.length);
});

test('the first page loads under 150 kB of compressed JavaScript', async () => {
  const page = await visit('/');
  await settled(page);
  const context = page.context();
  const fresh = await context.browser()!.newContext();
  const counted = await fresh.newPage();
  const session = await fresh.newCDPSession(counted);
  await session.send('Network.enable');
  const scripts = new Map<string, number>();
  const types = new Map<string, string>();
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (type === 'Script' || /javascript/.test(response.mimeType))
      types.set(requestId, response.url);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (types.has(requestId)) scripts.set(types.get(requestId)!, encodedDataLength);
  });
  await counted.goto(page.url());
  await settled(counted);
  await fresh.close();
  const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
  expect(scripts.size).toBeGreaterThan(0);
  expect(total).toBeLessThan(150_000);
});

test('the first page shows its runs without JavaScript', async () => {
  const page = await visit('/', { javaScriptEnabled: false });
  expect(await page.getByRole('link', { name: /Matrix factorisation/ }).count()).toBeGreaterThan(0);
  expect(await page.locator('main').innerText()).toMatch(/0\.\d{3}/);
});
