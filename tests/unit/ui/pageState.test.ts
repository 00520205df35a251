import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tidyFilter } from '../../../src/lib/ui/filter/filter.ts';
import { frameOf } from '../../../src/lib/ui/scatter/scene.ts';
import {
  parseZoom,
  viewOf,
  writeZoom,
  zoomedTo,
  type ZoomedTo,
} from '../../../src/lib/ui/scatter/view.ts';
import * as bias from '../../../src/routes/run/[id]/bias/state.ts';
import * as components from '../../../src/routes/run/[id]/components/state.ts';

const limits = { dimensions: 50, total: 9724, noun: 'movies' };
const read = (text: string, of = limits) => components.readState(new URLSearchParams(text), of);

const year = fc.option(fc.integer({ min: 1, max: 9999 }), { nil: undefined });
const filter = fc
  .record({
    genres: fc.uniqueArray(fc.constantFrom('Drama', 'Sci-Fi', '(no genres listed)', 'A & B=C')),
    yearFrom: year,
    yearTo: year,
    minimumCount: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
  })
  .map(tidyFilter);
const unit = fc.integer({ min: 0, max: 10_000 }).map((value) => value / 10_000);
const zoom = fc.record({ k: fc.constantFrom(1.5, 2, 12.34, 60), x: unit, y: unit });
const picture = fc.record(
  {
    colour: fc.constantFrom('none' as const, 'genre' as const),
    hide: fc.uniqueArray(fc.constantFrom('Drama', 'Other', 'a,b')),
    zoom,
  },
  { requiredKeys: ['colour', 'hide'] },
);
const wholeTo = (max: number, min = 1) => fc.integer({ min, max });
const componentsState = wholeTo(9724, 100).chain((items) =>
  fc
    .record(
      {
        component: wholeTo(50),
        count: wholeTo(100),
        items: fc.constant(items),
        convention: fc.constantFrom('scores' as const, 'lesson' as const),
        filter,
        x: wholeTo(50),
        y: wholeTo(50),
        scatter: fc
          .tuple(wholeTo(items), wholeTo(items))
          .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
        find: fc.string({ minLength: 1 }),
      },
      {
        requiredKeys: ['component', 'count', 'items', 'convention', 'filter', 'x', 'y', 'scatter'],
      },
    )
    .chain((state) => picture.map((drawn) => ({ ...state, ...drawn }))),
);

describe('the components page’s address', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(componentsState, (state) => {
        const written = components.writeState(state, limits).toString();
        expect(components.readState(new URLSearchParams(written), limits).state).toEqual(state);
      }),
    );
  });

  test('without parameters shows what the lesson does, and needs none to say so', () => {
    const { state, notices } = read('');
    expect(state).toEqual({
      component: 1,
      count: 10,
      items: 2000,
      convention: 'scores',
      filter: {},
      x: 1,
      y: 3,
      scatter: [50, 100],
      colour: 'none',
      hide: [],
    });
    expect(notices).toEqual([]);
    expect(components.writeState(state, limits).toString()).toBe('');
  });

  test('that asks for too much gets the nearest there is, and is told', () => {
    const { state, notices } = read('component=99&count=abc&items=50000&scatter=90-99999&x=0');
    expect(state).toMatchObject({
      component: 50,
      count: 10,
      items: 9724,
      scatter: [90, 9724],
      x: 1,
    });
    expect(notices).toEqual([
      '50000 movies were asked for, but this run has 9724: all of them are used.',
      'component=99: there are components 1 to 50; 50 is shown.',
      'count=abc is not a whole number; 10 is used.',
      'x=0: there are components 1 to 50; 1 is shown.',
      'scatter=90-99999 goes beyond the 9724 in use; 90-9724 is used.',
    ]);
  });

  test('with words that mean nothing falls back, and says so', () => {
    const { state, notices } = read('convention=pca&scatter=100-50&colour=red&view=9&count=1.5');
    expect(state).toMatchObject({ convention: 'scores', scatter: [50, 100], colour: 'none' });
    expect(notices).toEqual([
      'count=1.5 is not a whole number; 10 is used.',
      'convention=pca is not one of scores, lesson; scores is used.',
      'scatter=100-50 is not a range such as 50-100; 50-100 is used.',
      'colour=red is not one of none, genre; none is used.',
      'view=9 is not a zoom (factor,x,y); the whole picture is shown.',
    ]);
  });

  test('of a small run stays within it', () => {
    const tiny = { dimensions: 2, total: 3, noun: 'items' };
    expect(read('', tiny).state).toMatchObject({ items: 3, x: 1, y: 2, scatter: [1, 3] });
    expect(read('', { ...tiny, dimensions: 1, total: 1 }).state).toMatchObject({
      items: 1,
      x: 1,
      y: 1,
      scatter: [1, 1],
    });
    expect(read('', tiny).notices).toEqual([]);
  });

  test('whatever it is, gives a state that the run can show', () => {
    const name = fc.constantFrom('component', 'count', 'items', 'x', 'y', 'scatter', 'view', 'min');
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom('3-9', '-1', '1e3'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), wholeTo(3000), (pairs, total) => {
        const of = { dimensions: 50, total, noun: 'items' };
        const { state } = components.readState(new URLSearchParams(pairs), of);
        const last = Math.min(50, state.items);
        for (const component of [state.component, state.x, state.y]) {
          expect(component >= 1 && component <= last).toBe(true);
        }
        expect(state.count >= 1 && state.count <= 100).toBe(true);
        expect(state.items >= 1 && state.items <= total).toBe(true);
        const [from, to] = state.scatter;
        expect(1 <= from && from <= to && to <= state.items).toBe(true);
      }),
    );
  });
});

describe('the bias page’s address', () => {
  test('is read back as it was written', () => {
    const states = fc
      .record({ count: wholeTo(100), items: wholeTo(9724), filter })
      .chain((state) => picture.map((drawn) => ({ ...state, ...drawn })));
    fc.assert(
      fc.property(states, (state) => {
        const written = bias.writeState(state, limits).toString();
        expect(bias.readState(new URLSearchParams(written), limits).state).toEqual(state);
      }),
    );
  });

  test('that asks for too much is told', () => {
    const { state, notices } = bias.readState(new URLSearchParams('count=0&items=99999'), limits);
    expect(state).toMatchObject({ count: 1, items: 9724 });
    expect(notices).toEqual([
      'count=0 is not in 1 to 100; 1 is used.',
      '99999 movies were asked for, but this run has 9724: all of them are used.',
    ]);
  });
});

describe('a zoom', () => {
  const frame = frameOf(900, 500);

  test('shows the same place in a picture of another size', () => {
    const to: ZoomedTo = { k: 4, x: 0.4, y: 0.6 };
    expect(zoomedTo(viewOf(to, frame), frame)).toEqual(to);
    expect(zoomedTo(viewOf(to, frameOf(358, 420)), frameOf(358, 420))).toEqual(to);
    expect(viewOf(undefined, frame)).toEqual({ k: 1, x: 0, y: 0 });
    expect(zoomedTo({ k: 1, x: 0, y: 0 }, frame)).toBeUndefined();
  });

  test('never looks past the edges', () => {
    const { plot } = frame;
    const { k, x } = viewOf({ k: 2, x: 0, y: 0.5 }, frame);
    expect(plot.left * k + x).toBeCloseTo(plot.left, 9);
    const far = viewOf({ k: 2, x: 1, y: 0.5 }, frame);
    expect((plot.left + plot.width) * 2 + far.x).toBeCloseTo(plot.left + plot.width, 9);
  });

  test('is written for an address, and nonsense is refused', () => {
    expect(parseZoom(writeZoom({ k: 4, x: 0.31, y: 0.62 }))).toEqual({ k: 4, x: 0.31, y: 0.62 });
    for (const text of [null, '', '4', '0,0.5,0.5', '4,2,0', '4,a,0', '1e9,0,0']) {
      expect(parseZoom(text)).toBeUndefined();
    }
  });
});
