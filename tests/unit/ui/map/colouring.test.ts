import { describe, expect, test } from 'vitest';
import type { ItemTable } from '../../../../src/lib/analysis/types.ts';
import {
  colourBy,
  colourChoices,
  usualColour,
  type Colouring,
} from '../../../../src/lib/ui/map/colouring.ts';
import {
  between,
  parseColour,
  rampColours,
  rampSteps,
  writeColour,
  type MapPalette,
} from '../../../../src/lib/ui/map/colours.ts';

const palette: MapPalette = {
  surface: '#ffffff',
  ink: '#000000',
  soft: '#555555',
  line: '#dddddd',
  accent: '#0000ff',
  plain: '#0072b2',
  rest: '#9a9da1',
  categories: Array.from({ length: 8 }, (_, i) => `#00000${i}`),
  positive: '#d55e00',
  negative: '#0072b2',
  dark: false,
};

function table(columns: ItemTable['columns'], n: number, counts?: number[]): ItemTable {
  return {
    ids: Array.from({ length: n }, (_, i) => String(i)),
    labels: Array.from({ length: n }, (_, i) => `word ${i}`),
    counts: Uint32Array.from(counts ?? Array.from({ length: n }, (_, i) => n - i)),
    columns,
  };
}
const numbers = (values: number[]) => ({
  kind: 'number' as const,
  storage: 'float32' as const,
  values: Float64Array.from(values),
});
const by = (values: number[], name = 'polarity') =>
  colourBy(table({ [name]: numbers(values) }, values.length), name, values.length, 'Count');
const legend = (colouring: Colouring) => colouring.entries.map(({ name, count }) => [name, count]);

describe('ramps', () => {
  test('the diverging one is grey at the middle and coloured at its ends', () => {
    const colours = rampColours('diverging', palette);
    expect(colours.length).toBe(rampSteps + 1);
    expect(colours[0]).toEqual(parseColour(palette.negative));
    expect(colours[(rampSteps - 1) / 2]).toEqual(parseColour(palette.rest));
    expect(colours[rampSteps - 1]).toEqual(parseColour(palette.positive));
  });

  test('cividis gets lighter throughout, in light and dark', () => {
    for (const dark of [false, true]) {
      const luminance = rampColours('sequential', { ...palette, dark })
        .slice(0, rampSteps)
        .map(([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue);
      for (let i = 1; i < rampSteps; i++) expect(luminance[i]).toBeGreaterThan(luminance[i - 1]);
    }
  });

  test('matplotlib’s cividis at its middle, (124, 123, 120), is ours within a few units', () => {
    const [red, green, blue] = between(['#727374', '#878479'].map(parseColour), 0.5);
    expect(Math.abs(red - 124)).toBeLessThan(3);
    expect(Math.abs(green - 123)).toBeLessThan(3);
    expect(Math.abs(blue - 120)).toBeLessThan(3);
  });

  test('colours are read as stylesheets compute them', () => {
    expect(parseColour('rgb(1, 2, 3)')).toEqual([1, 2, 3]);
    expect(parseColour('rgba(1, 2, 3, 0.5)')).toEqual([1, 2, 3]);
    expect(writeColour(parseColour('#0072B2'))).toBe('rgb(0, 114, 178)');
    expect(() => parseColour('blue')).toThrow('"blue" is no colour as #rrggbb or rgb(r, g, b)');
  });
});

describe('by a number of both signs', () => {
  const values = [-2, -1, -0.2, 0, 0.2, 1, 2, NaN];
  const colouring = by(values);

  test('zero is the middle of the ramp and equal sizes lie equally far from it', () => {
    expect(colouring.ramp).toBe('diverging');
    const zero = (rampSteps - 1) / 2;
    expect(colouring.steps[3]).toBe(zero);
    for (const [a, b] of [
      [0, 6],
      [1, 5],
      [2, 4],
    ]) {
      expect(colouring.steps[b] - zero).toBe(zero - colouring.steps[a]);
    }
    expect(colouring.steps[7]).toBe(rampSteps);
  });

  test('the legend has a group around zero and one for what has no value', () => {
    expect(legend(colouring)).toEqual([
      ['−2.5 to −1.5', 1],
      ['−1.5 to −0.5', 1],
      ['−0.5 to 0.5', 3],
      ['0.5 to 1.5', 1],
      ['1.5 to 2.5', 1],
      ['No value', 1],
    ]);
  });

  test('a few far out do not leave the others grey', () => {
    const wide = by([...Array.from({ length: 200 }, (_, i) => (i % 2 ? 1 : -1)), 1000]);
    expect(wide.steps[1]).toBe(rampSteps - 1);
    expect(wide.steps[200]).toBe(rampSteps - 1);
  });
});

describe('by counts', () => {
  test('equal factors are equal steps', () => {
    const counts = [100_000, 10_000, 1000, 100, 10];
    const { ramp, steps, title } = colourBy(table({}, 5, counts), 'count', 5, 'Ratings');
    expect([ramp, title]).toEqual(['sequential', 'Ratings']);
    expect([...steps]).toEqual([32, 24, 16, 8, 0]);
  });

  test('the legend’s groups are powers of ten', () => {
    const counts = [100_000, 10_000, 9999, 100, 10, 10];
    const colouring = colourBy(table({}, 6, counts), 'count', 6, 'Count');
    expect(legend(colouring)).toEqual([
      ['below 100', 2],
      ['100 to 1,000', 1],
      ['1,000 to 10,000', 1],
      ['10,000 or more', 2],
    ]);
  });

  test('equal counts are one group', () => {
    const colouring = colourBy(table({}, 3, [7, 7, 7]), 'count', 3, 'Count');
    expect(colouring.entries.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(new Set(colouring.steps).size).toBe(1);
  });
});

test('years are written as years', () => {
  const colouring = by([1950, 1960, 1975, 1980, 1999, 2004], 'year');
  expect(colouring.entries.map(({ name }) => name)).toContain('1990 to 2000');
});

test('numbers that are all missing colour nothing', () => {
  expect(by([NaN, NaN]).ramp).toBe('plain');
});

describe('by tags', () => {
  const tags = (values: string[][]) => ({ kind: 'tags' as const, values });

  test('each has the first of its own that is among the eight commonest; the rest are others', () => {
    const common = 'abcdefgh'.split('');
    const values = [
      ...common.flatMap((tag, i) => Array.from({ length: 10 - i }, () => [tag])),
      ['rare', 'b'],
      ['rare'],
      [],
    ];
    const { entries, bins, steps } = colourBy(
      table({ genres: tags(values) }, values.length),
      'genres',
      values.length,
      'Count',
    );
    expect(entries.map(({ name }) => name)).toEqual([...common, 'Other']);
    expect(entries.at(-1)!.count).toBe(2);
    expect(bins[values.length - 3]).toBe(1);
    expect(steps[values.length - 1]).toBe(8);
  });
});

describe('by cluster', () => {
  test('a cluster is named by its words; names that come twice are told apart', () => {
    const found = {
      clusters: [
        { size: 2, labels: ['the', 'of'] },
        { size: 1, labels: ['good'] },
        { size: 1, labels: ['good'] },
      ],
      assignment: Uint16Array.of(0, 1, 0, 2),
    };
    const colouring = colourBy(table({}, 4), 'cluster', 4, 'Count', found);
    expect(legend(colouring)).toEqual([
      ['the, of', 2],
      ['good', 1],
      ['good (3)', 1],
    ]);
    expect([...colouring.steps]).toEqual([0, 1, 0, 2]);
  });

  test('without clusters yet, all are alike', () => {
    expect(colourBy(table({}, 4), 'cluster', 4, 'Count').entries).toEqual([]);
  });
});

test('what one can colour by is what the run has, without texts that name single items', () => {
  const columns = {
    polarity: numbers([1, -1, 0, 0]),
    part: { kind: 'text' as const, values: ['noun', 'verb', 'noun', 'verb'] },
    url: { kind: 'text' as const, values: ['a', 'b', 'c', 'd'] },
  };
  expect(colourChoices(table(columns, 4), 'Count').map(({ key }) => key)).toEqual([
    'none',
    'count',
    'cluster',
    'polarity',
    'part',
  ]);
  expect(usualColour(table(columns, 4))).toBe('polarity');
  expect(usualColour(table({}, 4))).toBe('count');
});

describe('trust in the map', () => {
  const words = table({}, 5);

  test('is offered where a map can be measured', () => {
    expect(colourChoices(words, 'Count').map(({ key }) => key)).not.toContain('trust');
    expect(colourChoices(words, 'Count', true)).toContainEqual({
      key: 'trust',
      label: 'Trustworthiness',
    });
    // A column of the same name gives way.
    const column = table({ trust: numbers([1, 2, 3, 4, 5]) }, 5);
    expect(colourChoices(column, 'Count', true).filter(({ key }) => key === 'trust').length).toBe(
      1,
    );
  });

  test('goes from dark to light, and grey where nothing was measured or placed', () => {
    const trust = Float64Array.of(0.5, 1, NaN, 0.75);
    const colouring = colourBy(words, 'trust', 5, 'Count', undefined, trust);
    expect([colouring.title, colouring.ramp]).toEqual([
      'How far the map can be trusted here',
      'sequential',
    ]);
    const [low, high, unmeasured, middle, unplaced] = colouring.steps;
    expect([low, high]).toEqual([0, rampSteps - 1]);
    expect(middle).toBeGreaterThan(low);
    expect(middle).toBeLessThan(high);
    expect([unmeasured, unplaced]).toEqual([rampSteps, rampSteps]);
    expect(colouring.entries.at(-1)).toMatchObject({ name: 'No value', count: 2 });
    expect(colourBy(words, 'trust', 5, 'Count').ramp).toBe('plain');
  });
});
