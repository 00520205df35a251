import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

// The runs are those of tests/fixtures/words/planted.ts: what is asserted is planted there.
const topics = '/run/planted-topics';
const judgement = '/run/planted-judgement';

/** The words of a table's rows, in order. */
async function wordsOf(page: Page, name: string | RegExp): Promise<string[]> {
  const names = page.getByRole('table', { name }).locator('tbody th[scope=row]');
  await names.first().waitFor();
  return names.allInnerTexts();
}

const answer = (page: Page) => page.locator('.question').innerText();

describe('neighbours of a word', () => {
  test('have their count and polarity beside the similarity', async () => {
    const page = await visit(`${judgement}/neighbours?item=terrible&count=7`);
    await settled(page);
    const table = page.getByRole('table', { name: /Neighbours/ });
    const headers = await table.getByRole('columnheader').allInnerTexts();
    expect(headers.map((text) => text.trim())).toEqual(
      expect.arrayContaining(['Word', 'Count', 'Polarity']),
    );
    expect(headers).not.toContain('Title');
    const awful = table.locator('tbody tr', { hasText: 'awful' });
    expect(await awful.innerText()).toMatch(/1,860\s+−1\.30/);
    // Below zero the bar reaches from the middle to the left.
    const bar = awful.locator('.polarity .fill');
    const { right, middle } = await bar.evaluate((fill) => {
      const room = fill.parentElement!.getBoundingClientRect();
      return { right: fill.getBoundingClientRect().right, middle: room.left + room.width / 2 };
    });
    expect(Math.abs(right - middle)).toBeLessThan(1.5);
  });

  test('stand beside those in a second run, with what is shared and what each groups by', async () => {
    const page = await visit(`${judgement}/neighbours?item=terrible&count=7`);
    await settled(page);
    await page.getByLabel('Beside it').selectOption('Planted topics');
    await page.waitForURL(/beside=planted-topics/);
    const own = await wordsOf(page, /^Neighbours in Planted judgement/);
    const beside = await wordsOf(page, /^Neighbours in Planted topics/);
    const bad = ['awful', 'boring', 'dreadful', 'horrible', 'lame', 'stupid', 'tedious'];
    expect([...own].sort()).toEqual(bad);
    const both = own.filter((word) => beside.includes(word));
    expect(both.length).toBeLessThan(7);
    await expect
      .poll(() => page.locator('main').innerText())
      .toContain(`${both.length} of 7 words stand in both lists; by chance`);
    const text = await page.locator('main').innerText();
    expect(text).toMatch(
      /Planted judgement groups “terrible” by judgement: 7 of 7 neighbours lean clearly to the negative side/,
    );
    expect(text).toMatch(
      /Planted topics groups “terrible” (partly by|by something other than) judgement/,
    );
    const marked = page
      .getByRole('table', { name: /^Neighbours in Planted topics/ })
      .locator('tbody tr', { hasText: 'in both' })
      .locator('th');
    expect((await marked.allInnerTexts()).sort()).toEqual([...both].sort());

    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has('beside'));
    await expect.poll(() => page.getByRole('table').count()).toBe(1);
  });

  test('a word that the second run lacks is said, and the first list stays', async () => {
    const page = await visit(`${topics}/neighbours?item=queen&beside=planted-judgement`);
    await settled(page);
    expect(await page.locator('main').innerText()).toContain(
      '“queen” is not among the 81 words of this run, so that it has no neighbours here.',
    );
    expect(await wordsOf(page, /^Neighbours in Planted topics/)).toHaveLength(20);
  });

  test('what an address cannot have is said', async () => {
    const page = await visit(`${topics}/neighbours?metric=far&count=500&beside=nowhere`);
    await settled(page);
    const notices = await page.getByRole('list', { name: 'About this address' }).innerText();
    expect(notices).toContain('metric=far is not one of cosine, dot, euclidean; cosine is used.');
    expect(notices).toContain('500 neighbours were asked for, but this run has 81 other words');
    expect(notices).toContain('there is no run "nowhere"');
    expect(await wordsOf(page, /Neighbours/)).toHaveLength(81);
  });
});

describe('analogies', () => {
  test('the first example that the run holds is answered by both rules', async () => {
    const page = await visit(topics);
    await page.getByRole('link', { name: 'Relations', exact: true }).click();
    await page.waitForURL(`**${topics}/relations`);
    await settled(page);
    expect(await page.locator('h1').innerText()).toBe('man is to woman as king is to what?');
    expect((await wordsOf(page, 'By 3CosAdd'))[0]).toBe('queen');
    expect((await wordsOf(page, 'By 3CosMul'))[0]).toBe('queen');
    expect(await answer(page)).toContain('nearest to woman − man + king among all 82 words');
    for (const rule of ['By 3CosAdd', 'By 3CosMul']) {
      const words = await wordsOf(page, rule);
      expect(words.filter((word) => ['man', 'woman', 'king'].includes(word))).toEqual([]);
    }
  });

  test('by keyboard: another word is typed and picked, and the step back undoes it', async () => {
    const page = await visit(`${topics}/relations?a=man&b=woman&c=king`);
    await settled(page);
    const field = page.getByRole('combobox', { name: 'as C is to …' });
    await field.focus();
    await page.keyboard.type('boy');
    await page.getByRole('option', { name: /^boy/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/a=man&b=woman&c=boy|c=boy/);
    await expect.poll(async () => (await wordsOf(page, 'By 3CosAdd'))[0]).toBe('girl');
    await page.goBack();
    await expect.poll(async () => (await wordsOf(page, 'By 3CosAdd'))[0]).toBe('queen');
  });

  test('one rule alone, and as many answers as are asked for', async () => {
    const page = await visit(`${topics}/relations?a=man&b=woman&c=king&count=4`);
    await settled(page);
    await page.getByLabel('Rule').selectOption('mul');
    await page.waitForURL(/rule=mul/);
    await expect.poll(() => page.getByRole('table').count()).toBe(1);
    expect(await wordsOf(page, 'By 3CosMul')).toHaveLength(4);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV: download the answers by 3CosMul' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^queen,queen,/);
  });

  test('a word that the run lacks is said, with others near it', async () => {
    const page = await visit(`${topics}/relations?a=man&b=woman&c=kingg`);
    await settled(page);
    expect(await page.locator('h1').innerText()).toBe('Which word is “kingg”?');
    await page.getByRole('link', { name: 'king', exact: true }).click();
    await page.waitForURL(/c=king(&|$)/);
    await expect.poll(async () => (await wordsOf(page, 'By 3CosAdd'))[0]).toBe('queen');
  });

  test('two of the same are refused in words, and the fields still work', async () => {
    const page = await visit(`${topics}/relations?a=man&b=man&c=king`);
    await settled(page);
    const alert = page.getByRole('alert');
    expect(await alert.count()).toBe(1);
    expect(await alert.innerText()).toContain('there is no difference to carry over to king');
    await page.getByRole('combobox', { name: 'is to B' }).fill('woman');
    await page.getByRole('option', { name: /^woman/ }).click();
    await expect.poll(async () => (await wordsOf(page, 'By 3CosMul'))[0]).toBe('queen');
  });

  test('movies are asked as words are', async () => {
    const page = await visit('/run/movielens-mf-seed1/relations');
    await settled(page);
    await page.getByRole('link', { name: /^Star Wars: Episode IV/ }).click();
    await expect
      .poll(async () => (await wordsOf(page, 'By 3CosAdd'))[0])
      .toBe('Godfather: Part II, The (1974)');
  });
});

describe('the line between two', () => {
  const address = `${judgement}/relations/line?from=terrible&to=wonderful&count=5`;

  test('has what is bad at one end and what is good at the other', async () => {
    const page = await visit(address);
    await settled(page);
    const bad = await wordsOf(page, 'The end of terrible');
    const good = await wordsOf(page, 'The end of wonderful');
    for (const word of bad) {
      expect(['awful', 'boring', 'dreadful', 'horrible', 'lame', 'stupid', 'tedious']).toContain(
        word,
      );
    }
    for (const word of good) {
      expect([
        'brilliant',
        'charming',
        'delightful',
        'great',
        'lovely',
        'moving',
        'superb',
      ]).toContain(word);
    }
    expect(await answer(page)).toMatch(
      /Along it polarity rises: a correlation of \+0\.774 over 79 words/,
    );
    const picture = page.getByRole('application', {
      name: /81 words by the line from terrible to wonderful/,
    });
    expect(await picture.count()).toBe(1);
    // Both ends are named in the picture and ringed.
    expect(await picture.locator('.labels').textContent()).toMatch(/terrible[\s\S]*wonderful/);
    expect(await picture.locator('circle.ring').count()).toBe(2);

    await page.getByRole('button', { name: 'Turn round' }).click();
    await page.waitForURL(/from=wonderful/);
    await expect.poll(() => answer(page)).toMatch(/polarity falls: a correlation of −0\.774/);
    await page.goBack();
    await page.waitForURL(/from=terrible/);
  });

  test('a word in a list is lit in the picture', async () => {
    const page = await visit(address);
    await settled(page);
    await page
      .getByRole('table', { name: 'The end of terrible' })
      .locator('tbody tr')
      .first()
      .hover();
    await expect.poll(() => page.locator('.stage circle.lit').count()).toBe(1);
  });

  test('labels in the picture do not overlap, on a phone too', async () => {
    const page = await visit(address, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await settled(page);
    const boxes = await page.locator('.stage .labels text').evaluateAll((labels) =>
      labels.map((label) => {
        const { left, right, top, bottom } = label.getBoundingClientRect();
        return { left, right, top: top + 2, bottom: bottom - 2 };
      }),
    );
    expect(boxes.length).toBeGreaterThan(3);
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        const over = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        expect(over).toBe(false);
      }
    });
  });

  test('both ends the same are refused in words', async () => {
    const page = await visit(`${judgement}/relations/line?from=terrible&to=terrible&items=9999`);
    await settled(page);
    expect(await page.getByRole('alert').innerText()).toContain(
      'both ends are terrible: a line needs two different ones',
    );
    expect(await page.getByRole('list', { name: 'About this address' }).innerText()).toContain(
      '9999 words were asked for, but this run has 81: all of them are used.',
    );
  });
});
