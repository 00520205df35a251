import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlacedMap } from '../../../../src/lib/analysis/types.ts';
import { mapSentence, methodOf, qualityOf } from '../../../../src/routes/run/[id]/map/sentence.ts';
import { readState, writeState, type MapState } from '../../../../src/routes/run/[id]/map/state.ts';

const maps = ['tsne', 'groups', 'pca'];
const read = (text: string) => readState(new URLSearchParams(text), maps);

const corner = fc.integer({ min: -3000, max: 3000 });
const unit = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);
const state: fc.Arbitrary<MapState> = fc.record(
  {
    map: fc.constantFrom(...maps),
    colour: fc.constantFrom('count', 'polarity', 'A & B=C'),
    clusters: fc.integer({ min: 2, max: 8 }),
    hide: fc.uniqueArray(fc.constantFrom('below −1', 'a, b, c', '100 to 1,000')),
    zoom: fc.record({ k: fc.constantFrom(1.5, 8, 60), x: unit, y: unit }),
    word: fc.constantFrom('good', 'c++', 'a&b', '50%'),
    area: fc.record({
      map: fc.constantFrom(...maps),
      outline: fc
        .array(fc.tuple(corner, corner), { minLength: 3, maxLength: 40 })
        .map((c) => c.flat()),
    }),
  },
  { requiredKeys: ['map', 'clusters', 'hide'] },
);

describe('the address', () => {
  test('keeps the whole state', () => {
    fc.assert(
      fc.property(state, (asked) => {
        const { state: got, notices } = read(writeState(asked, maps).toString());
        expect(got).toEqual(asked);
        expect(notices).toEqual([]);
      }),
    );
  });

  test('is empty for what is usual', () => {
    expect(writeState({ map: 'tsne', clusters: 8, hide: [] }, maps).toString()).toBe('');
    expect(read('').state).toEqual({ map: 'tsne', clusters: 8, hide: [] });
  });

  test('is short enough for a selection of forty corners', () => {
    const outline = Array.from({ length: 80 }, (_, i) => (i % 2 ? -1000 : 1000) + i);
    const asked = { map: 'tsne', clusters: 8, hide: [], area: { map: 'tsne', outline } };
    expect(writeState(asked, maps).toString().length).toBeLessThan(500);
  });

  test('says what it cannot have', () => {
    const { state: got, notices } = read('map=umap&clusters=9&view=0&area=1.2&word=');
    expect(got).toEqual({ map: 'tsne', clusters: 8, hide: [] });
    expect(notices).toEqual([
      'map=umap is not one of tsne, groups, pca; tsne is used.',
      'clusters=9 is not in 2 to 8; 8 is used.',
      'view=0 is not a zoom (factor,x,y); the whole map is shown.',
      'The selection in this address is not an outline on a map; nothing is selected.',
    ]);
    expect(read('area=0.0_1.0_0.1&on=gone').state.area).toBeUndefined();
  });
});

describe('what is said of a map', () => {
  const words = { total: 5000, noun: 'words', most: 'most frequent' };
  const placed: PlacedMap = {
    name: 'tsne',
    points: new Float32Array(2002),
    info: {
      name: 'tsne',
      method: 'tsne',
      parameters: { perplexity: 30 },
      seed: 1,
      of: 1001,
      quality: { trustworthiness12: 0.95, preservation12: 0.5, klDivergence: 1.25 },
    },
  };

  test('how many items it places, and how', () => {
    expect(mapSentence(placed, words)).toBe(
      'The 1,001 most frequent words, placed by t-SNE, perplexity 30.',
    );
    const computed = { name: 'pca', points: new Float32Array(10_000) };
    expect(mapSentence(computed, words)).toBe('All 5,000 words, placed by PCA.');
  });

  test('each figure, and what it is measured against', () => {
    const { figures, against } = qualityOf(placed);
    expect(figures).toEqual([
      { name: 'trustworthiness', value: '0.950' },
      { name: 'neighbours kept', value: '50.0%' },
      { name: 'KL divergence', value: '1.25' },
    ]);
    // 12 of the 1,000 others by chance.
    expect(against).toBe(
      '1 is the best, and places at random give about 0.5; of 12 neighbours, chance would keep 1.20%',
    );
  });

  test('the error bars of a sample, and what items have in common', () => {
    const info = {
      ...placed.info!,
      quality: {
        trustworthiness12: 0.9534,
        trustworthiness12Error: 0.0021,
        continuity12: 0.94,
        continuity12Error: 0.0001,
        preservation12: 0.5,
        preservation12Error: 0.00712,
        'genres.hit12': 0.62,
        'genres.hit12Error': 0.004,
        'genres.hit12Embedding': 0.68,
        'genres.hitChance': 0.31,
        itemsMeasured: 8000,
      },
    };
    const { figures, against } = qualityOf({ ...placed, info });
    expect(figures).toEqual([
      { name: 'trustworthiness', value: '0.953 ± 0.002' },
      { name: 'continuity', value: '0.940 ± below 0.001' },
      { name: 'neighbours kept', value: '50.0% ± 0.7%' },
      { name: 'neighbourhood hit', value: '62.0% ± 0.4% by genres' },
    ]);
    expect(against).toBe(
      '1 is the best, and places at random give about 0.5; of 12 neighbours, chance would keep 1.20%; the embedding itself hits 68.0%, chance 31.0%; ± is one standard error, for a sample of 8,000 was measured',
    );
  });

  test('how many of the neighbours a map was made from were found', () => {
    const info = { ...placed.info!, quality: { klDivergence: 4, neighbourRecall: 0.9782 } };
    const { figures, against } = qualityOf({ ...placed, info });
    expect(figures).toContainEqual({ name: 'neighbours found', value: '97.8%' });
    expect(against).toBe('of so many items the neighbours were searched for approximately');
  });

  test('figures measured now take the place of the run’s own, but for the divergence', () => {
    const { figures } = qualityOf(placed, { trustworthiness12: 0.75, itemsMeasured: 1001 });
    expect(figures).toEqual([
      { name: 'trustworthiness', value: '0.750' },
      { name: 'KL divergence', value: '1.25' },
    ]);
  });

  test('a UMAP by its name, with its parameters', () => {
    const parameters = { neighbours: 15, minimumDistance: 0.1, epochs: 200 };
    expect(methodOf({ info: { ...placed.info!, method: 'umap', parameters } })).toBe(
      'UMAP, neighbours 15, minimum distance 0.1',
    );
  });

  test('of a computed map, its share of the variance', () => {
    const computed: PlacedMap = {
      name: 'pca',
      points: new Float32Array(4),
      explainedVarianceRatio: [0.25, 0.125],
    };
    expect(qualityOf(computed).figures).toEqual([{ name: 'explained variance', value: '37.5%' }]);
    expect(qualityOf({ name: 'pca', points: new Float32Array(2) })).toEqual({
      figures: [],
      against: '',
    });
  });
});
