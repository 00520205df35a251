import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settled, useBrowser } from './browsing.ts';

const { visit } = useBrowser();

const factors = '/run/drawn-mf/model';
const recurrent = '/run/drawn-lstm/model';

describe('a run with layers', () => {
  test('says how many parameters there are, and where', async () => {
    const page = await visit(factors);
    const answer = await page.locator('.answer').innerText();
    // 610 users and 9,724 movies with 50 factors and a bias each.
    expect(answer).toContain('From “user” and “movie” it computes “rating” in 9 layers');
    expect(answer).toContain('with 527,034 parameters; 92.3% of them are in “movie factors”');
  });

  test('has a table that sums to them, and a node for each of its rows', async () => {
    const page = await visit(factors);
    const rows = page.getByRole('table', { name: 'Layers of the model' }).locator('tbody tr');
    const figures = await rows.evaluateAll((elements) =>
      elements.map((row) => ({
        name: row.querySelector('a')!.textContent!,
        parameters: Number(row.querySelector('td.number')!.textContent!.replaceAll(',', '')),
      })),
    );
    expect(figures.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(527_034);
    expect(await page.locator('[data-total]').innerText()).toBe('527,034');
    const nodes = page.locator('svg a[data-layer]');
    const drawn = await nodes.evaluateAll((elements) =>
      elements.map((node) => node.getAttribute('data-layer')),
    );
    expect(drawn).toEqual(figures.map(({ name }) => name));
    expect(await page.locator('svg a[data-role=input] rect.symbol').count()).toBe(2);
    expect(await page.locator('svg a[data-role=output] path.symbol').count()).toBe(1);
    expect(await page.locator('svg a[data-role=hidden] circle.symbol').count()).toBe(6);
  });

  test('a pointer on a row lights its node, and the other way round', async () => {
    const page = await visit(factors);
    await settled(page);
    const row = page.getByRole('row', { name: /^movie bias/ });
    await row.hover();
    await expect
      .poll(() => page.locator('svg a.lit').getAttribute('data-layer'))
      .toBe('movie bias');
    await page.locator('svg a[data-layer="user bias"]').hover();
    await expect.poll(() => page.locator('tr.lit a').innerText()).toBe('user bias');
  });

  test('a layer is chosen by keyboard, and stands in the address', async () => {
    const page = await visit(factors);
    await settled(page);
    await page.getByRole('link', { name: 'dot product', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/layer=dot\+product/);
    await page.reload();
    expect(await page.locator('svg a.lit').getAttribute('data-layer')).toBe('dot product');
    expect(await page.locator('tr.selected a').innerText()).toBe('dot product');
  });

  test('has a text alternative, and is there without JavaScript', async () => {
    const page = await visit(factors, { javaScriptEnabled: false });
    const graph = page.getByRole('group', { name: 'Graph of the model’s 9 layers' });
    const words = page.locator(`#${await graph.getAttribute('aria-describedby')}`);
    expect(await words.textContent()).toContain(
      'dot product (dot product) takes user factors and movie factors;',
    );
    expect(await graph.locator('circle.symbol').count()).toBe(6);
  });

  test('is saved as a picture and as a table', async () => {
    const page = await visit(factors);
    await settled(page);
    const save = async (name: RegExp) => {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      const file = await saved;
      return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
    };
    const svg = await save(/^SVG/);
    expect(svg.name).toBe('drawn-mf_model_graph.svg');
    expect(svg.content.toString()).toContain('>486,200 parameters</text>');
    const png = await save(/^PNG/);
    expect(png.content.subarray(1, 4).toString()).toBe('PNG');
    const csv = await save(/^CSV/);
    expect(csv.content.toString().split('\r\n')[4]).toBe(
      'movie factors,embedding,movie, × 50,486200,yes,"{""rows"":9724}"',
    );
  });

  test('is led to from the overview', async () => {
    const page = await visit('/run/drawn-mf');
    await page.getByRole('link', { name: 'drawn in 9 layers' }).click();
    await page.waitForURL(`**${factors}`);
    expect(await page.locator('h1').innerText()).toBe('What does this model compute?');
  });
});

describe('a recurrent net', () => {
  const names = (selector: string) => `svg a[data-layer="${selector}"]`;

  test('is folded into a loop, and unrolled over steps', async () => {
    const page = await visit(recurrent);
    await settled(page);
    expect(await page.locator(names('reading')).count()).toBe(1);
    expect(await page.locator(`${names('reading')} .edge.hidden`).count()).toBe(1);
    await page.getByRole('link', { name: 'Unrolled over steps' }).click();
    await page.waitForURL(/recurrence=unrolled/);
    const steps = await page
      .locator(names('reading'))
      .evaluateAll((nodes) =>
        nodes.map((node) => node.getAttribute('aria-label') ?? node.textContent.trim()),
      );
    expect(steps.map((step) => step.replaceAll('\u00a0', ' '))).toEqual([
      'reading, step 1 100 numbers 53,200 parameters',
      'reading, step 2 100 numbers the same',
      'reading, step 3 100 numbers the same',
      'reading, the steps between',
      'reading, step 500 100 numbers the same',
    ]);
    await page.goBack();
    await expect.poll(() => page.locator(names('reading')).count()).toBe(1);
  });

  test('what the address asks for in vain is said', async () => {
    const page = await visit(`${factors}?recurrence=unrolled&layer=nothing`);
    const notices = await page.getByRole('list', { name: 'About this address' }).innerText();
    expect(notices).toContain('This model has no recurrent layer');
    expect(notices).toContain('layer=nothing is no layer of this model');
  });
});

test('a run without layers says so, and what it knows', async () => {
  const page = await visit('/run/plain/model');
  expect(await page.locator('.answer').innerText()).toContain('This run carries no layers');
  expect(await page.locator('main svg').count()).toBe(0);
  expect(await page.getByText('Hidden dropout').count()).toBe(1);
});
