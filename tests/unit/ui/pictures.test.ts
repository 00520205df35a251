import { describe, expect, test } from 'vitest';
import type { BiasItem, BiasRanking, ItemTable } from '../../../src/lib/analysis/types.ts';
import { picturesBeside } from '../../../src/lib/ui/export/beside.ts';
import { matchingRows } from '../../../src/lib/ui/filter/filter.ts';
import { colourByGenre } from '../../../src/lib/ui/scatter/genres.ts';
import { tintColour, tintStep, type Palette } from '../../../src/lib/ui/scatter/palette.ts';
import { frameOf, layOut, scatterScene } from '../../../src/lib/ui/scatter/scene.ts';
import { sceneToSvg } from '../../../src/lib/ui/scatter/svg.ts';
import { biasAnswer, biasConvention } from '../../../src/routes/run/[id]/bias/sentence.ts';

const table: ItemTable = {
  ids: ['a', 'b', 'c', 'd'],
  labels: ['A <1> & "A"', 'B', 'C', 'D'],
  counts: Uint32Array.of(40, 30, 20, 10),
  columns: {
    genres: { kind: 'tags', values: [['War', 'Drama'], ['Drama'], ['Comedy'], []] },
    year: { kind: 'number', storage: 'uint16', values: Float64Array.of(1990, NaN, 1930, 2000) },
  },
};

describe('matchingRows', () => {
  test('takes any of the genres, and all of the bounds, themselves counted in', () => {
    expect(matchingRows(table, {}, 4)).toEqual([0, 1, 2, 3]);
    expect(matchingRows(table, {}, 2)).toEqual([0, 1]);
    expect(matchingRows(table, { genres: ['War', 'Comedy'] }, 4)).toEqual([0, 2]);
    expect(matchingRows(table, { minimumCount: 20 }, 4)).toEqual([0, 1, 2]);
    expect(matchingRows(table, { yearFrom: 1930, yearTo: 1990 }, 4)).toEqual([0, 2]);
    expect(matchingRows(table, { genres: ['Drama'], yearFrom: 1 }, 4)).toEqual([0]);
  });

  test('leaves out items without the value asked for, and all of a run without the column', () => {
    expect(matchingRows(table, { yearTo: 3000 }, 4)).toEqual([0, 2, 3]);
    const bare = { ...table, columns: {} };
    expect(matchingRows(bare, { genres: ['Drama'] }, 4)).toEqual([]);
    expect(matchingRows(bare, { yearFrom: 1 }, 4)).toEqual([]);
  });
});

describe('colourByGenre', () => {
  test('gives each item the first of its genres that has a colour, the rest is Other', () => {
    const genres = [
      { name: 'Drama', count: 2 },
      { name: 'Comedy', count: 1 },
    ];
    expect(colourByGenre(table, [0, 1, 2, 3], genres)).toEqual({
      categories: Uint8Array.of(0, 0, 1, 8),
      entries: [
        { index: 0, name: 'Drama', count: 2 },
        { index: 1, name: 'Comedy', count: 1 },
        { index: 8, name: 'Other', count: 1 },
      ],
    });
  });

  test('has eight colours and no more', () => {
    const genres = Array.from({ length: 12 }, (_, i) => ({ name: `G${i}`, count: 1 }));
    const many: ItemTable = {
      ...table,
      columns: { genres: { kind: 'tags', values: genres.map(({ name }) => [name]) } },
    };
    const { categories, entries } = colourByGenre(many, [...genres.keys()], genres);
    expect([...categories]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8]);
    expect(entries.at(-1)).toEqual({ index: 8, name: 'Other', count: 4 });
  });
});

test('a saved picture holds its points as shapes and its labels as text, escaped', () => {
  const palette: Palette = {
    surface: 'white',
    ink: 'black',
    soft: 'gray',
    line: 'silver',
    accent: 'navy',
    plain: 'blue',
    rest: 'darkgray',
    positive: 'orange',
    negative: 'navy',
    categories: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'],
  };
  const data = {
    rows: [0, 1, 2],
    labels: table.labels,
    x: [0, 1, NaN],
    y: [0, 1, 1],
    categories: [0, 8, 1],
  };
  const layout = layOut(data, frameOf(640, 400));
  const scene = scatterScene(
    layout,
    { k: 1, x: 0, y: 0 },
    () => true,
    [],
    () => 60,
  );
  const { svg, width, height } = sceneToSvg(data, layout, scene, {
    title: 'Scores & more',
    xTitle: 'Component 1',
    yTitle: 'Component 3',
    palette,
    legend: [{ index: 0, name: 'Drama' }],
    ringed: [1],
    line: { slope: 1, intercept: 0 },
  });
  expect([width, height]).toEqual([640, 456]);
  expect(svg).toContain('<title>Scores &amp; more</title>');
  expect(svg).toContain('>A &lt;1&gt; &amp; &quot;A&quot;</text>');
  expect(svg).toContain('>Component 1 →</text>');
  expect(svg.match(/<path [^>]*fill="(c0|darkgray|c1)"/g)).toHaveLength(3);
  expect(svg).not.toContain('fill="c1"');
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(svg).toContain('stroke-dasharray="4 4"');
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('figures on a diverging scale have its colours, and what is not known a shape of its own', () => {
  const palette = {
    soft: 'gray',
    negative: 'rgb(0, 0, 200)',
    rest: 'rgb(100, 100, 100)',
    positive: 'rgb(200, 100, 0)',
  } as Palette;
  expect([-2, -1, 0, 1, 3].map((tint) => tintColour(palette, tintStep(tint)))).toEqual([
    'rgb(0, 0, 200)',
    'rgb(0, 0, 200)',
    'rgb(100, 100, 100)',
    'rgb(200, 100, 0)',
    'rgb(200, 100, 0)',
  ]);
  expect(tintColour(palette, tintStep(0.5))).toBe('rgb(150, 100, 50)');
  expect(tintStep(NaN)).toBeUndefined();
  expect(tintColour(palette, undefined)).toBe('gray');

  const data = {
    rows: [0, 1, 2],
    labels: ['good', 'bad', 'odd'],
    x: [0, 1, 2],
    y: [0, 1, 2],
    tints: [1, -1, NaN],
  };
  const layout = layOut(data, frameOf(640, 400));
  const scene = scatterScene(
    layout,
    { k: 1, x: 0, y: 0 },
    () => true,
    [],
    () => 60,
  );
  const { svg } = sceneToSvg(data, layout, scene, {
    title: 'Line',
    xTitle: 'x',
    yTitle: 'y',
    palette,
    scale: { title: 'Polarity', low: '−2 or less', high: '+2 or more' },
    ringed: [],
  });
  const points = /<g class="points".*?<g class="labels"/.exec(svg)![0];
  const drawn = [...points.matchAll(/<path d="([^"]+)"[^>]*fill="([^"]+)"/g)];
  expect(drawn.map(([, , fill]) => fill)).toEqual(['gray', 'rgb(0, 0, 200)', 'rgb(200, 100, 0)']);
  expect(drawn[0][1]).not.toBe(drawn[1][1]);
  for (const text of ['>Polarity<', '>−2 or less<', '>0<', '>+2 or more<']) {
    expect(svg).toContain(text);
  }
});

describe('the bias page’s sentences', () => {
  const item = (label: string, bias: number): BiasItem => ({
    row: 0,
    id: label,
    label,
    count: 5,
    bias,
    biasRank: 1,
  });
  const ranking: BiasRanking = {
    top: [item('Babe (1995)', 0.8877)],
    bottom: [item('Jaws 3-D (1983)', -1.1749)],
    corrected: [],
    ranked: 2,
    rankCorrelation: 0.9312,
  };

  test('name both ends and the agreement of the two rankings', () => {
    expect(biasAnswer(ranking)).toBe(
      'Most of all Babe (1995), +0.888; least Jaws 3-D (1983), −1.17. ' +
        'Bias ranks nearly as the raw mean does: rank correlation 0.931.',
    );
    expect(biasAnswer({ ...ranking, rankCorrelation: 0.1 })).toMatch(/quite unlike the raw mean/);
    expect(biasAnswer({ ...ranking, rankCorrelation: undefined })).toMatch(/−1\.17\.$/);
    expect(biasAnswer({ ...ranking, top: [], bottom: [] })).toBe('Nothing is left to rank.');
  });

  test('say what the biases are measured from, by the manifest or by the biases', () => {
    const model = (globalMean: { globalMean?: number | null }) => ({
      model: { name: 'm', seed: 1, hyperparameters: {}, ...globalMean },
    });
    expect(biasConvention(model({ globalMean: 3.5 }), 1.2)).toEqual({
      convention: 'global mean',
      stated: true,
      globalMean: 3.5,
    });
    expect(biasConvention(model({ globalMean: null }), 0)).toEqual({
      convention: 'no global mean',
      stated: true,
    });
    expect(biasConvention(model({}), 1.2)).toEqual({ convention: 'no global mean', stated: false });
    expect(biasConvention(model({}), -0.01)).toEqual({ convention: 'global mean', stated: false });
  });
});

test('two pictures stand beside each other in one document, whose ids are each one’s own', () => {
  const one = (id: string, width: number, height: number) => ({
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}"><clipPath id="${id}"/><g clip-path="url(#${id})"/></svg>`,
    width,
    height,
  });
  const { svg, width, height } = picturesBeside(one('map', 300, 200), one('map', 100, 250));
  expect([width, height]).toEqual([416, 250]);
  expect(svg).toContain('<svg x="0" y="0" xmlns');
  expect(svg).toContain('<svg x="316" y="0" xmlns');
  expect(svg.match(/ id="[^"]+"/g)).toEqual([' id="left-map"', ' id="right-map"']);
  expect(svg.match(/url\([^)]+\)/g)).toEqual(['url(#left-map)', 'url(#right-map)']);
});
