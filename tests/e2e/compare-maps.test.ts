import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { sideBySide } from '../../src/lib/analysis/pair.ts';
import { pairMaps } from '../../src/lib/analysis/pairMaps.ts';
import { readRun } from '../../src/lib/run/read.ts';
import { urlSource } from '../../src/lib/run/url.ts';
import { pairPlaces, type PairPlaces } from '../../src/lib/ui/compare/movement.ts';
import { mapFrame, pixelAt } from '../../src/lib/ui/map/layout.ts';
import { parseZoom, viewOf } from '../../src/lib/ui/scatter/view.ts';
import { seriousFaults, settled, useBrowser } from './browsing.ts';
import { inked, rounded, standsAt } from './pixels.ts';

const { visit } = useBrowser();

/** 399 words on a grid, and on the same turned grid, where 42 and 377 changed places and the first twenty left. */
const address = '/compare/maps?a=mapped-words&b=moved-words';
const far = 42;
const few = 20;

let places: PairPlaces;
beforeAll(async () => {
  const [a, b] = await Promise.all(
    ['mapped-words', 'moved-words'].map((id) =>
      readRun(urlSource(`${inject('site')}/runs/${id}/`)),
    ),
  );
  places = pairPlaces(pairMaps([a, b], sideBySide([a, b], 1).matched, 'own'));
});

const inA = (page: Page) => page.getByRole('application', { name: /^A’s map/ });
const inB = (page: Page) => page.getByRole('application', { name: /^B’s map/ });
const moving = (page: Page) => page.getByRole('application', { name: /moves from A to B/ });
const slider = (page: Page) => page.getByRole('slider', { name: /Between A’s places/ });
const query = (page: Page) => new URL(page.url()).searchParams;

async function open(more = '', options: Parameters<typeof visit>[1] = {}): Promise<Page> {
  const page = await visit(address + more, options);
  await page.getByRole('application').first().waitFor();
  await settled(page);
  return page;
}

/** The pixel in a stage at which word i stands at `t` of the way, under the zoom in the address. */
async function pixelOf(page: Page, stage: Locator, i: number, t: number) {
  const size = await stage.evaluate(({ clientWidth, clientHeight }) => ({
    width: clientWidth,
    height: clientHeight,
  }));
  const frame = mapFrame(size.width, size.height);
  const mix = (from: Float32Array, to: Float32Array) => from[i] + (to[i] - from[i]) * t;
  const view = viewOf(parseZoom(query(page).get('zoom')), frame);
  return pixelAt(mix(places.a.x, places.b.x), mix(places.a.y, places.b.y), view, frame);
}

async function pointAt(page: Page, stage: Locator, i: number, t: number) {
  await stage.scrollIntoViewIfNeeded();
  const [x, y] = await pixelOf(page, stage, i, t);
  const box = (await stage.boundingBox())!;
  await page.mouse.move(box.x + 1 + x, box.y + 1 + y);
}

test('what is pointed at in A is lit in B at its place there, and the other way round', async () => {
  const page = await open();
  await pointAt(page, inA(page), far, 0);
  const lit = inB(page).locator('.lit');
  await lit.waitFor();
  expect(await lit.getAttribute('data-item')).toBe(`word${far}`);
  expect(await standsAt(lit)).toEqual(rounded(await pixelOf(page, inB(page), far, 1)));
  expect(await standsAt(inA(page).locator('.lit'))).toEqual(
    rounded(await pixelOf(page, inA(page), far, 0)),
  );
  await pointAt(page, inB(page), 300, 1);
  await expect.poll(() => inA(page).locator('.lit').getAttribute('data-item')).toBe('word300');
  await page.mouse.move(2, 2);
  await expect.poll(() => page.locator('.lit').count()).toBe(0);
});

test('to zoom or pan one map is to zoom or pan both, and back undoes it', async () => {
  const page = await open('&item=word150');
  const rings = async () => [
    await standsAt(inA(page).locator('.ring')),
    await standsAt(inB(page).locator('.ring')),
  ];
  const wanted = async () => [
    rounded(await pixelOf(page, inA(page), 150, 0)),
    rounded(await pixelOf(page, inB(page), 150, 1)),
  ];
  const before = await rings();
  expect(before).toEqual(await wanted());
  await pointAt(page, inB(page), 150, 1);
  await page.mouse.wheel(0, -400);
  await expect.poll(() => query(page).get('zoom')).toMatch(/^[1-9]/);
  expect(await rings()).not.toEqual(before);
  await expect.poll(rings).toEqual(await wanted());
  const once = query(page).get('zoom');
  await inA(page).press('ArrowRight');
  await expect.poll(() => query(page).get('zoom')).not.toBe(once);
  await expect.poll(rings).toEqual(await wanted());
  await page.goBack();
  await expect.poll(() => query(page).get('zoom')).toBeNull();
  await expect.poll(rings).toEqual(before);
});

describe('a selection', () => {
  /** Draws a box on a map around words 21, 22, 41 and 42, where they stand on it. */
  async function box(page: Page, stage: Locator, t: number) {
    await stage.scrollIntoViewIfNeeded();
    const [left, top] = await pixelOf(page, stage, 21, t);
    const [right, bottom] = await pixelOf(page, stage, t === 0 ? 42 : 22, t);
    const { x, y } = (await stage.boundingBox())!;
    const [low, high] = [Math.min(top, bottom), Math.max(top, bottom)];
    await page.mouse.move(x + 1 + Math.min(left, right) - 5, y + 1 + low - 5);
    await page.mouse.down();
    await page.mouse.move(x + 1 + Math.max(left, right) + 5, y + 1 + high + 5, { steps: 3 });
    await page.mouse.up();
  }
  const tools = (page: Page, at: number) =>
    page.getByRole('group', { name: 'What a drag does' }).nth(at);
  const named = (page: Page) =>
    page.getByRole('region', { name: 'Selected words' }).getByRole('rowheader').allInnerTexts();

  test('is drawn on one map, made in both, listed, and trailed between them', async () => {
    const page = await open();
    await tools(page, 0).getByRole('button', { name: 'Box' }).click();
    await box(page, inA(page), 0);
    await page.waitForURL(/area=0/);
    await page.getByRole('heading', { name: '4 words selected' }).waitFor();
    expect(await named(page)).toEqual(['word21', 'word22', 'word41', 'word42']);
    await page
      .getByText(/On average they moved [\d.]+% of the map’s width, all\s+words\s+[\d.]+%\./)
      .waitFor();
    expect(await inA(page).locator('.area').count()).toBe(1);
    expect(await inB(page).locator('.area').count()).toBe(0);
    // All else is faint in B as well.
    const others = await Promise.all([150, 210, 300].map((i) => pixelOf(page, inB(page), i, 1)));
    expect(await inked(inB(page), others)).toBe(0);
    expect(await inked(inB(page), [await pixelOf(page, inB(page), 42, 1)])).toBe(1);
    await page.getByRole('button', { name: 'From A to B' }).click();
    await expect.poll(() => moving(page).locator('.trails line').count()).toBe(4);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect.poll(() => moving(page).locator('.trails line').count()).toBe(0);
    await page.goBack();
    await page.getByRole('heading', { name: '4 words selected' }).waitFor();
    await moving(page).press('Escape');
    await expect.poll(() => query(page).get('area')).toBeNull();
  });

  test('is drawn with Shift on B too, and both maps are saved as one picture', async () => {
    const page = await open();
    await page.keyboard.down('Shift');
    await box(page, inB(page), 1);
    await page.keyboard.up('Shift');
    await page.waitForURL(/area=1/);
    expect(await named(page)).toEqual(['word21', 'word22']);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG: download both maps' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('mapped-words_moved-words_maps_both.svg');
    const svg = readFileSync((await download.path())!, 'utf8');
    expect(svg).toContain('A: Mapped words, grid');
    expect(svg).toContain('B: Moved words, turned');
    const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });
});

describe('the map that moves', () => {
  test('stands at A’s places at 0 and at B’s at 1', async () => {
    const page = await open('&maps=move&item=word100');
    // Names stand over points.
    await page.addStyleTag({ content: '.labels { visibility: hidden }' });
    const ring = moving(page).locator('.ring');
    const at = (t: number, words: readonly number[]) =>
      Promise.all(words.map((i) => pixelOf(page, moving(page), i, t)));
    const left = Array.from({ length: few }, (_, i) => i).filter((i) => i !== far);
    expect(await slider(page).getAttribute('aria-valuetext')).toBe('at A’s places');
    expect(await standsAt(ring)).toEqual(rounded(await pixelOf(page, moving(page), 100, 0)));
    // Nothing chosen, so that no point is faint.
    await moving(page).press('Escape');
    await expect.poll(() => query(page).get('item')).toBeNull();
    await expect.poll(async () => inked(moving(page), await at(0, left))).toBeGreaterThan(0.7);
    expect(await inked(moving(page), await at(1, left))).toBeLessThan(0.3);
    await slider(page).press('End');
    await expect.poll(() => query(page).get('at')).toBe('1');
    expect(await slider(page).getAttribute('aria-valuetext')).toBe('at B’s places');
    await expect.poll(async () => inked(moving(page), await at(1, left))).toBeGreaterThan(0.7);
    expect(await inked(moving(page), await at(0, left))).toBeLessThan(0.3);
    await slider(page).press('Home');
    await expect.poll(() => query(page).get('at')).toBeNull();
    await expect.poll(async () => inked(moving(page), await at(0, left))).toBeGreaterThan(0.7);
  });

  test('draws a trail for what is chosen, and says how far it moved', async () => {
    const page = await open('&maps=move');
    expect(await page.locator('.trails line').count()).toBe(0);
    await pointAt(page, moving(page), far, 0);
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForURL(/item=word42/);
    const line = moving(page).locator('.trails line');
    await line.waitFor();
    expect(await standsAt(line, ['x1', 'y1'])).toEqual(
      rounded(await pixelOf(page, moving(page), far, 0)),
    );
    expect(await standsAt(line, ['x2', 'y2'])).toEqual(
      rounded(await pixelOf(page, moving(page), far, 1)),
    );
    const said = page.getByRole('status').filter({ hasText: 'word42' });
    expect(await said.innerText()).toMatch(
      /^word42 moved \d[\d.]*% of the map’s width down and to the right, further than all other words\./,
    );
    await page.getByRole('button', { name: 'Let go' }).click();
    await expect.poll(() => page.locator('.trails line').count()).toBe(0);
    await page.goBack();
    await line.waitFor();
  });

  test('moves by itself and can be stopped on the way', async () => {
    const page = await open('&maps=move', { reducedMotion: 'no-preference' });
    await page.evaluate(() => {
      const node = document.querySelector('input[type=range]')!;
      const seen: string[] = [];
      Reflect.set(window, 'seen', seen);
      new MutationObserver(() => seen.push(node.getAttribute('aria-valuetext')!)).observe(node, {
        attributeFilter: ['aria-valuetext'],
      });
    });
    await page.getByRole('button', { name: 'Move to B' }).press('Enter');
    await expect.poll(() => query(page).get('at')).toBe('1');
    const seen = await page.evaluate(() => Reflect.get(window, 'seen') as string[]);
    expect(seen.some((text) => text.includes('of the way from A to B'))).toBe(true);
    expect(seen.at(-1)).toBe('at B’s places');
    // Pressed twice in one breath, it stands somewhere between.
    await page.getByRole('button', { name: 'Move to A' }).evaluate(async (node: HTMLElement) => {
      node.click();
      const input = document.querySelector<HTMLInputElement>('input[type=range]')!;
      while (!(input.valueAsNumber > 0 && input.valueAsNumber < 1)) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      node.click();
    });
    await expect.poll(() => Number(query(page).get('at'))).toBeLessThan(1);
    expect(Number(query(page).get('at'))).toBeGreaterThan(0);
  });

  test('goes to the other end at once where motion is not wanted', async () => {
    const page = await open('&maps=move&at=1');
    await page.getByRole('button', { name: 'Move to A' }).evaluate((node: HTMLElement) => {
      const input = document.querySelector('input[type=range]')!;
      const seen: string[] = [];
      Reflect.set(window, 'seen', seen);
      new MutationObserver(() => seen.push(input.getAttribute('aria-valuetext')!)).observe(input, {
        attributeFilter: ['aria-valuetext'],
      });
      node.click();
    });
    await expect.poll(() => query(page).get('at')).toBeNull();
    expect(await page.evaluate(() => Reflect.get(window, 'seen') as string[])).toEqual([
      'at A’s places',
    ]);
  });
});

test('an address brings back view, position, zoom and item; back goes from view to view', async () => {
  const page = await open('&maps=move&at=0.25&zoom=2,0.4,0.5&item=word42');
  expect(await slider(page).inputValue()).toBe('0.25');
  expect(await slider(page).getAttribute('aria-valuetext')).toBe('25% of the way from A to B');
  const ring = moving(page).locator('.ring');
  expect(await standsAt(ring)).toEqual(rounded(await pixelOf(page, moving(page), 42, 0.25)));
  await page.getByRole('button', { name: 'Side by side' }).click();
  await inB(page).waitFor();
  expect(query(page).get('maps')).toBeNull();
  expect(await standsAt(inB(page).locator('.ring'))).toEqual(
    rounded(await pixelOf(page, inB(page), 42, 1)),
  );
  await page.goBack();
  await moving(page).waitFor();
  await slider(page).fill('0.5');
  await expect.poll(() => query(page).get('at')).toBe('0.5');
  await expect
    .poll(() => standsAt(moving(page).locator('.ring')))
    .toEqual(rounded(await pixelOf(page, moving(page), 42, 0.5)));
});

test('overlap is a colour with a legend in figures, which is a filter', async () => {
  const page = await open('&maps=move');
  expect(
    await page.getByRole('group', { name: 'Overlap of neighbours: show or hide' }).count(),
  ).toBe(0);
  await page.getByRole('combobox', { name: 'Colour' }).selectOption('overlap');
  const legend = page.getByRole('group', { name: 'Overlap of neighbours: show or hide' });
  await legend.waitFor();
  const entries = await legend.getByRole('button').allInnerTexts();
  expect(entries.length).toBeGreaterThan(2);
  expect(entries.every((text) => /\d/.test(text))).toBe(true);
  const counts = entries.map((text) => Number(/(\d+)\s*$/.exec(text)![1]));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(399);
  const named = () => page.locator('.labels text').allTextContents();
  // Among the first hundred, whose neighbours are others, is the most frequent of all.
  expect(await named()).toContain('word0');
  await legend.getByRole('button').first().click();
  await expect.poll(() => query(page).getAll('hide').length).toBe(1);
  await expect.poll(named).not.toContain('word0');
  await page.goBack();
  await expect.poll(named).toContain('word0');
});

test('search chooses a word and flies to it in both maps', async () => {
  const page = await open();
  await page.getByRole('combobox', { name: 'Find a word on both maps' }).fill('word377');
  await page.getByRole('option', { name: /^word377/ }).click();
  await page.waitForURL(/item=word377/);
  await expect.poll(() => query(page).get('zoom')).toMatch(/^6,/);
  const ring = inA(page).locator('.ring');
  await expect
    .poll(async () => standsAt(ring))
    .toEqual(rounded(await pixelOf(page, inA(page), 377, 0)));
  await page.goBack();
  await expect.poll(() => query(page).get('zoom')).toBeNull();
  expect(query(page).get('item')).toBeNull();
});

test('a keyboard goes from name to name and chooses, and what is lit is read out', async () => {
  const page = await open();
  await inA(page).press('n');
  await page
    .getByRole('status')
    .filter({ hasText: /^word0: .*of the map’s width/ })
    .waitFor();
  await inA(page).press('Enter');
  await page.waitForURL(/item=word0/);
  await inB(page).press('Escape');
  await expect.poll(() => query(page).get('item')).toBeNull();
});

test('without WebGL a message takes the picture’s place, and what moved is still said', async () => {
  const blank = await visit('/');
  await blank.context().addInitScript(() => {
    const own = Reflect.get(HTMLCanvasElement.prototype, 'getContext') as (kind: string) => unknown;
    Reflect.set(HTMLCanvasElement.prototype, 'getContext', function (this: object, kind: string) {
      return kind.startsWith('webgl') ? null : own.call(this, kind);
    });
  });
  await blank.goto(new URL(`${address}&maps=move&item=word42`, blank.url()).href);
  await blank.getByText(/cannot draw the map: WebGL is switched off or missing/).waitFor();
  await blank.getByText(/moved .* of the map’s width/).waitFor();
});

test('on a phone the maps stand one above the other, and neither page has serious faults', async () => {
  const page = await open('&item=word42', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  });
  const [a, b] = [(await inA(page).boundingBox())!, (await inB(page).boundingBox())!];
  expect(b.y).toBeGreaterThanOrEqual(a.y + a.height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'From A to B' }).tap();
  await moving(page).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('too few shared items, a run that is not there and an unknown word are told in words', async () => {
  const page = await visit('/compare/maps?a=mapped-words&b=shares-1');
  await page.getByRole('alert').filter({ hasText: 'the runs share only 1 item' }).waitFor();
  await page.goto(new URL('/compare/maps?a=mapped-words&b=gone', page.url()).href);
  await page.getByRole('alert').filter({ hasText: 'gone' }).waitFor();
  await page.goto(new URL(`${address}&item=nothing`, page.url()).href);
  await page.getByRole('status').filter({ hasText: '“nothing” is not shared' }).waitFor();
});

test('runs that share nothing are told apart in words', async () => {
  const page = await visit('/compare/maps?a=mapped-words&b=movielens-nn-seed1');
  await page.getByRole('alert').filter({ hasText: 'the runs share no item' }).waitFor();
});
