import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pairFunctions, type PairAddress } from '../../../src/lib/workers/pair.ts';

const shipped = fileURLToPath(new URL('../../../static/runs', import.meta.url));
const address = (...ids: [string, string]) =>
  ids.map((id) => `http://site/runs/${id}/`) as unknown as PairAddress;

let asked: string[] = [];
/** A run that is not there for a while. */
let missing = '';

beforeAll(() => {
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    if (missing && url.includes(missing)) return new Response('', { status: 404 });
    const file = join(shipped, decodeURIComponent(new URL(url).pathname.slice('/runs/'.length)));
    try {
      return new Response(new Uint8Array(await readFile(file)));
    } catch {
      return new Response('', { status: 404 });
    }
  });
});
afterAll(() => vi.unstubAllGlobals());

describe('the worker that compares two runs', () => {
  const words = address('glove-6b-50d', 'imdb-glove-50d');

  test('reads both once, and names what they share as the first has it', async () => {
    asked = [];
    const start = await pairFunctions.start(words, { noun: 'words' });
    expect(start.matched[0]).toBe('12,344 words are compared, matched by id.');
    expect(start.labels).toHaveLength(12_344);
    expect(start.figures.overlap).toMatchObject({ k: 10, items: 500 });
    // GloVe 6B says nothing of how often its words occur; the film reviews do.
    expect(start.counts?.[start.ids.indexOf('the')]).toBeGreaterThan(100_000);
    const item = start.ids.indexOf('good');
    const near = await pairFunctions.neighbours(words, { item });
    expect(near.a.map((one) => start.labels[one.item])).toContain('better');
    expect(asked.filter((url) => url.endsWith('items.arrow'))).toHaveLength(2);
  });

  test('gives the ends of a component in both', async () => {
    const ends = await pairFunctions.components(words, { component: 1, count: 3 });
    const { figures } = await pairFunctions.start(words, { noun: 'words' });
    expect(ends).toMatchObject(figures.components[0]);
    expect(ends.top.a).toHaveLength(3);
    expect(ends.bottom.b).toHaveLength(3);
  });

  test('runs that share nothing are refused in words, and may be asked again', async () => {
    const strangers = address('movielens-mf-seed1', 'glove-6b-50d');
    for (let time = 0; time < 2; time++) {
      await expect(pairFunctions.start(strangers, { noun: 'items' })).rejects.toThrow(
        /^the runs share (no item|only \d+ items?)\b/,
      );
    }
    // Their spectra are of each alone.
    const query = { items: 100, convention: 'scores' as const };
    const [a, b] = await pairFunctions.spectra(strangers, { a: query, b: query });
    expect(a.explainedVarianceRatio.length).toBeGreaterThan(40);
    expect(b.items).toBe(100);
  });

  test('a run that is not there is named', async () => {
    await expect(pairFunctions.open(address('glove-6b-50d', 'gone'))).rejects.toThrow(
      'http://site/runs/gone/run.json does not exist (HTTP 404)',
    );
  });

  test('a worker that was ended, or a run that comes back, is no hindrance', async () => {
    missing = 'movielens-mf-small-seed2';
    const pair = address('movielens-mf-small-seed1', 'movielens-mf-small-seed2');
    await expect(pairFunctions.open(pair)).rejects.toThrow('HTTP 404');
    missing = '';
    await pairFunctions.open(pair);
  });

  test('measures two seeds against the others, and each of their films', async () => {
    const seed = (n: number) => `movielens-mf-small-seed${n}`;
    const pair = address(seed(1), seed(2));
    const { labels } = await pairFunctions.shared(pair, { noun: 'movies' });
    const others = [`http://site/runs/${seed(3)}/`];
    const spread = (await pairFunctions.seeds(pair, { others }))!;
    expect(spread.areSeeds).toBe(true);
    expect(spread.items).toBe(labels.length);
    expect(spread.against.map(({ figure, pairs }) => [figure, pairs])).toEqual(
      ['overlap', 'cka', 'rsa', 'procrustes'].map((figure) => [figure, 2]),
    );
    const exact = await pairFunctions.exact(pair, {});
    expect(spread.perItem.own).toEqual(exact.perItem.overlap);
    expect(await pairFunctions.seeds(pair, { others: [] })).toBeUndefined();
  });
});
