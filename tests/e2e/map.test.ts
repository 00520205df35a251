import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { settled, useBrowser } from './browsing.ts';
import { colouredPixels } from './pixels.ts';

const { visit } = useBrowser();

/** 400 words; on its first map, `grid`, word i stands in column i mod 20 and row ⌊i / 20⌋ from the top. */
const address = '/run/mapped-words/map';

const stage = (page: Page) => page.getByRole('application', { name: /map|t-SNE/i });
const list = (page: Page, name: string) => page.getByRole('list', { name }).getByRole('listitem');

const select = (page: Page, label: 'Map' | 'Colour') =>
  page.locator('.controls label', { hasText: new RegExp(`^\\s*${label}\\b`) }).locator('select');

async function open(query = '', options: Parameters<typeof visit>[1] = {}): Promise<Page> {
  const page = await visit(address + query, options);
  await stage(page).waitFor();
  await settled(page);
  return page;
}

/** The pixel of the window at which word i of the grid stands, without zoom. */
async function pixelOf(page: Page, word: number): Promise<[number, number]> {
  const box = (await stage(page).boundingBox())!;
  const radius = Math.min(box.width - 2, box.height - 2) / 2 - 24;
  return [
    box.x + box.width / 2 + (((word % 20) - 9.5) / 9.5) * radius,
    box.y + box.height / 2 + ((Math.floor(word / 20) - 9.5) / 9.5) * radius,
  ];
}

test('draws its points and says what map it is and how good', async () => {
  const page = await open();
  await expect.poll(() => colouredPixels(stage(page))).toBeGreaterThan(2000);
  const answer = page.locator('.answer');
  expect(await answer.innerText()).toMatch(/All 400 words, placed by t-SNE, perplexity 20\./);
  expect(await answer.innerText()).toMatch(/Trustworthiness 0\.750/);
  expect(await answer.innerText()).toMatch(/KL divergence 1\.50/);
  expect(await list(page, 'Words in sight').count()).toBe(100);
  expect(await list(page, 'Words in sight').first().innerText()).toMatch(/word0\s+100,000/);
});

test('colours by how far the map can be trusted, measured in the page, with a legend', async () => {
  // What the run says of its map is made up; what is measured is not.
  const page = await open('?colour=trust');
  const answer = page.locator('.answer');
  await expect.poll(() => answer.innerText()).not.toMatch(/Trustworthiness 0\.750/);
  const figures = await answer.innerText();
  const trust = Number(/Trustworthiness (0\.\d{3})/.exec(figures)![1]);
  // On the grid groups lie mixed, and places say nothing of the vectors.
  expect(trust).toBeGreaterThan(0.4);
  expect(trust).toBeLessThan(0.6);
  expect(figures).toMatch(/Neighbourhood hit [\d.]+% by polarity/);
  expect(figures).toMatch(/KL divergence 1\.50/);
  const title = page.getByText('How far the map can be trusted here');
  await title.waitFor();
  await select(page, 'Map').selectOption('groups');
  // Each group has a corner of its own there.
  await expect
    .poll(async () => Number(/Trustworthiness (0\.\d{3})/.exec(await answer.innerText())?.[1]))
    .toBeGreaterThan(0.8);
  await title.waitFor();
  await select(page, 'Colour').selectOption('none');
  await expect.poll(() => answer.innerText()).toMatch(/Trustworthiness 0\.750/);
});

/** Words of the upper rows. */
const farOff = /^word[2-9]\d$/;

test('search flies to a word, and back undoes it', async () => {
  const page = await open();
  expect(await page.locator('.labels').getByText(farOff).count()).toBeGreaterThan(5);
  await page.getByRole('combobox', { name: 'Find a word' }).fill('word377');
  await page.getByRole('option', { name: /^word377/ }).click();
  await page.waitForURL(/word=word377/);
  expect(new URL(page.url()).searchParams.get('view')).toMatch(/^8,/);
  await expect
    .poll(() => page.locator('.labels').getByText('word377', { exact: true }).count())
    .toBe(1);
  expect(await page.locator('.labels').getByText(farOff).count()).toBe(0);
  await page.getByRole('heading', { name: 'word377' }).waitFor();
  await page.goBack();
  await expect.poll(() => page.getByRole('heading', { name: 'word377' }).count()).toBe(0);
  await expect.poll(() => page.locator('.labels').getByText(farOff).count()).toBeGreaterThan(5);
});

test('a click on a word draws lines to its neighbours in the embedding and says how far off they are', async () => {
  const page = await open();
  await page.mouse.move(...(await pixelOf(page, 42)));
  await page.locator('.tip').getByText('word42', { exact: true }).waitFor();
  await page.mouse.click(...(await pixelOf(page, 42)));
  await page.waitForURL(/word=word42/);
  const table = page.getByRole('table', { name: /Nearest in the embedding/ });
  await table.waitFor();
  await settled(page);
  expect(await table.locator('tbody tr').count()).toBe(10);
  // Groups are every fourth word, so that all neighbours have the same remainder as 42.
  const names = await table.locator('tbody th').allInnerTexts();
  expect(new Set(names.map((name) => Number(name.replace('word', '')) % 4))).toEqual(new Set([2]));
  expect(await page.locator('.lines line').count()).toBe(10);
  await table.locator('tbody').getByRole('button').first().click();
  await page.waitForURL(new RegExp(`word=${names[0]}$`));
  await page.goBack();
  await page.waitForURL(/word=word42$/);
  await stage(page).press('Escape');
  await expect.poll(() => page.url()).not.toMatch(/word=/);
});

describe('a selection', () => {
  test('by box is listed, saved as CSV and TSV, kept in the address and undone by back', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Box' }).click();
    const [left, top] = await pixelOf(page, 210);
    const [right, bottom] = await pixelOf(page, 231);
    await page.mouse.move(left - 8, top - 8);
    await page.mouse.down();
    await page.mouse.move(right + 3, bottom + 3, { steps: 4 });
    await page.mouse.move(right + 8, bottom + 8);
    await page.mouse.up();
    await page.getByRole('heading', { name: '4 words selected' }).waitFor();
    const words = ['word210', 'word211', 'word230', 'word231'];
    const names = await list(page, 'Selected words').locator('.name').allInnerTexts();
    expect(names).toEqual(words);
    for (const [kind, delimiter] of [
      ['CSV', ','],
      ['TSV', '\t'],
    ]) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `${kind}: download the selection` }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(
        new RegExp(`^mapped-words_map_grid_selection\\.${kind.toLowerCase()}$`),
      );
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\r\n');
      expect(lines.map((line) => line.split(delimiter)[0])).toEqual(['word', ...words]);
      // Word 210 has 100,000 − 200 × 210 occurrences and polarity 210 mod 9 − 4.
      expect(lines[1].split(delimiter).slice(1)).toEqual(['58000', 'word210', '-1']);
    }
    const again = await visit(new URL(page.url()).pathname + new URL(page.url()).search);
    await again.getByRole('heading', { name: '4 words selected' }).waitFor();
    await page.goBack();
    await expect.poll(() => page.getByRole('heading', { name: /selected/ }).count()).toBe(0);
  });

  test('by lasso takes what lies inside the outline, and stays selected on another map', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Lasso' }).click();
    // A triangle around words 210, 211 and 230, which leaves 231 out.
    const [x0, y0] = await pixelOf(page, 210);
    const [x1, y1] = await pixelOf(page, 231);
    const step = x1 - x0;
    await page.mouse.move(x0 - 8, y0 - 8);
    await page.mouse.down();
    await page.mouse.move(x1 + step * 0.7, y0 - 8, { steps: 5 });
    await page.mouse.move(x0 - 8, y1 + step * 0.7, { steps: 5 });
    await page.mouse.up();
    await page.getByRole('heading', { name: '3 words selected' }).waitFor();
    await select(page, 'Map').selectOption('groups');
    await page.waitForURL(/map=groups/);
    await settled(page);
    const names = await list(page, 'Selected words').locator('.name').allInnerTexts();
    expect(names).toEqual(['word210', 'word211', 'word230']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => page.url()).not.toMatch(/area=/);
  });
});

test('colour changes the legend, and the legend is a filter', async () => {
  const page = await open();
  const legend = page.getByRole('group', { name: 'Polarity: show or hide' });
  expect(await legend.getByRole('button').count()).toBe(5);
  await select(page, 'Colour').selectOption('cluster');
  const clusters = page.getByRole('group', { name: 'Cluster: show or hide' });
  await clusters.waitFor();
  await settled(page);
  await page.getByRole('spinbutton', { name: 'Clusters' }).fill('4');
  await expect.poll(() => clusters.getByRole('button').count()).toBe(4);
  const first = clusters.getByRole('button', { name: /word0, word4, word8/ });
  await first.click();
  expect(await first.getAttribute('aria-pressed')).toBe('false');
  await expect
    .poll(() => list(page, 'Words in sight').locator('.name').first().innerText())
    .toBe('word1');
  await page.goBack();
  await expect
    .poll(() => list(page, 'Words in sight').locator('.name').first().innerText())
    .toBe('word0');
});

test('a live t-SNE over the selection runs, stops where it is, goes on and gives way to the map', async () => {
  const page = await open('?area=-1100.0_1100.0_1100.1100_-1100.1100');
  await page.getByRole('heading', { name: '200 words selected' }).waitFor();
  await page.getByRole('spinbutton', { name: 'Perplexity' }).fill('10');
  await page.getByRole('spinbutton', { name: 'Iterations' }).fill('10000');
  await page.getByRole('button', { name: 'Start' }).click();
  const done = async () =>
    Number((await page.locator('.iteration').innerText()).split(' of ')[0].replaceAll(',', ''));
  await page.locator('.iteration').waitFor();
  await expect.poll(done).toBeGreaterThan(20);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  // The pictures that were under way come in before it stands still.
  await page.waitForTimeout(500);
  const stopped = await done();
  await page.waitForTimeout(500);
  expect(await done()).toBe(stopped);
  expect(stopped).toBeLessThan(10_000);
  expect(await page.locator('.kl').innerText()).toMatch(/^\d/);
  expect(await page.getByText('200 words', { exact: true }).count()).toBe(1);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(done).toBeGreaterThan(stopped);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Back to the map' }).click();
  await page.getByRole('heading', { name: '200 words selected' }).waitFor();
});

test('by keyboard: zoom, move, name by name, choose, let go', async () => {
  const page = await open();
  await stage(page).focus();
  await page.keyboard.press('+');
  await page.waitForURL(/view=1\.5/);
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/view=1\.5%2C0\.5\d/);
  await page.keyboard.press('-');
  await expect.poll(() => page.url()).not.toMatch(/view=/);
  const named = await page.locator('.labels text').allTextContents();
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await page.keyboard.press('p');
  await page.keyboard.press('n');
  const second = named[1].trim();
  await page.locator('.tip').getByText(second, { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`word=${second}$`));
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url()).not.toMatch(/word=/);
});

test('the picture is saved as it is seen, as SVG and PNG', async () => {
  const page = await open();
  const [svg] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'SVG: download the map' }).click(),
  ]);
  const text = readFileSync(await svg.path(), 'utf8');
  expect(text.match(/<g class="points".*?<\/g>/s)![0].match(/<circle/g)!.length).toBe(400);
  const shown = await page.locator('.labels text').allTextContents();
  for (const label of shown) expect(text).toContain(`>${label.trim()}</text>`);
  expect(shown.length).toBeGreaterThan(20);
  const [png] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'PNG: download the map' }).click(),
  ]);
  expect(
    readFileSync(await png.path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test('without WebGL a message takes the picture’s place, and the lists work', async () => {
  const blank = await visit('/');
  const context = blank.context();
  await context.addInitScript(() => {
    const own = Reflect.get(HTMLCanvasElement.prototype, 'getContext') as (kind: string) => unknown;
    Reflect.set(HTMLCanvasElement.prototype, 'getContext', function (this: object, kind: string) {
      return kind.startsWith('webgl') ? null : own.call(this, kind);
    });
  });
  await blank.goto(new URL(address, blank.url()).href);
  await blank.getByText(/cannot draw the map: WebGL is switched off or missing/).waitFor();
  await list(blank, 'Words in sight').getByRole('button').first().click();
  await blank.getByRole('heading', { name: 'word0' }).waitFor();
  await blank.getByRole('table', { name: /Nearest in the embedding/ }).waitFor();
});

test('a picture that the graphics card took away can be drawn again', async () => {
  const blank = await visit('/');
  await blank.context().addInitScript(() => {
    const own = Reflect.get(HTMLCanvasElement.prototype, 'getContext') as (
      ...asked: unknown[]
    ) => unknown;
    Reflect.set(
      HTMLCanvasElement.prototype,
      'getContext',
      function (this: object, ...asked: unknown[]) {
        const context = own.apply(this, asked);
        if (asked[0] === 'webgl') Reflect.set(window, 'latestWebGl', context);
        return context;
      },
    );
  });
  await blank.goto(new URL(address, blank.url()).href);
  await expect.poll(() => colouredPixels(stage(blank))).toBeGreaterThan(2000);
  await blank.evaluate(() =>
    (Reflect.get(window, 'latestWebGl') as WebGLRenderingContext)
      .getExtension('WEBGL_lose_context')!
      .loseContext(),
  );
  await blank.getByText('The graphics card took the picture away.').waitFor();
  await blank.getByRole('button', { name: 'Draw it again' }).click();
  await expect.poll(() => colouredPixels(stage(blank))).toBeGreaterThan(2000);
  expect(await blank.getByText('The graphics card').count()).toBe(0);
});

test('a run without maps offers its components and a live t-SNE', async () => {
  const page = await visit('/run/plain/map');
  await settled(page);
  expect(await page.locator('.answer').innerText()).toMatch(/All 9,724 movies, placed by PCA\./);
  expect(await page.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true);
});

test('an address that asks for what is not there is answered with what there is', async () => {
  const page = await open('?map=umap&colour=year&word=nobody&area=1.2&view=x');
  const notices = page.getByRole('list', { name: 'About this address' });
  const said = await notices.innerText();
  expect(said).toMatch(/map=umap is not one of grid, groups, pca; grid is used/);
  expect(said).toMatch(/no year to colour by; polarity is used/);
  expect(said).toMatch(/no word with the id “nobody”/);
  expect(said).toMatch(/nothing is selected/);
  expect(said).toMatch(/view=x is not a zoom/);
});

test('on a phone the panel slides up from below', async () => {
  const page = await open('', { viewport: { width: 390, height: 844 }, hasTouch: true });
  const handle = page.getByRole('button', { name: /Words in sight/ });
  expect(await handle.getAttribute('aria-expanded')).toBe('false');
  expect(await list(page, 'Words in sight').count()).toBe(0);
  await handle.tap();
  expect(await handle.getAttribute('aria-expanded')).toBe('true');
  await list(page, 'Words in sight').first().waitFor();
});
