/**
 * `npm run screenshots`: makes the pictures of README.md and docs/ from the built site with the shipped
 * runs, wide and phone, light and dark, so that they show what the site shows.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';
import { buildSite } from './build-site.mjs';
import { serve } from './serve.mjs';

const run = '/run/movielens-mf-seed1';
const pages = {
  start: '/',
  overview: run,
  components: `${run}/components?component=1`,
  bias: `${run}/bias`,
  neighbours: `${run}/neighbours?item=1`,
  item: `${run}/item/260`,
  map: '/run/glove-6b-50d/map',
  relations: '/run/glove-6b-50d/relations?a=man&b=woman&c=king',
  line: '/run/imdb-conv-seed1/relations/line?from=bad&to=good',
  beside: '/run/imdb-conv-seed1/neighbours?item=bad&beside=glove-6b-50d',
  model: '/run/imdb-conv-seed1/model',
  compare: '/compare?a=movielens-mf-seed1&b=movielens-mf-seed2',
  maps: '/compare/maps?a=movielens-mf-seed1&b=movielens-mf-seed2&colour=overlap',
  matrix:
    '/compare/matrix?runs=' +
    [1, 2, 3, 4, 5].map((seed) => `movielens-mf-small-seed${seed}`).join(','),
};
const sizes = { wide: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;

const only = process.argv.slice(2);
const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
mkdirSync(images, { recursive: true });
// Runs of one's own stay out of the pictures.
process.env.EMBEDSCOPE_RUNS = fileURLToPath(new URL('../../static/runs', import.meta.url));
await buildSite();
const { server, port } = await serve({ port: 0 });
const browser = await launchBrowser();
try {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of schemes) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        reducedMotion: 'reduce',
        deviceScaleFactor: 1,
      });
      for (const [name, path] of Object.entries(pages)) {
        if (only.length > 0 && !only.includes(name)) continue;
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${port}${path}`, { waitUntil: 'networkidle' });
        await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
        await page.waitForTimeout(300);
        const file = `${name}-${size}-${colorScheme}.png`;
        await page.screenshot({ path: `${images}${file}` });
        console.log(file);
        await page.close();
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
