import { describe, expect, it } from 'vitest';
import {
  eased,
  movedInWords,
  onTheWay,
  pairPlaces,
  positionInWords,
} from '../../../../src/lib/ui/compare/movement.ts';
import { pairQuery, readPairState } from '../../../../src/lib/ui/compare/pairState.ts';

/** Four points on a line from 0 to 8; in B the second stands 2 higher, the third 4 lower, the last 1 to the left. */
const places = pairPlaces({
  items: Int32Array.of(0, 2, 5, 6),
  a: Float32Array.of(0, 0, 2, 0, 4, 0, 8, 0),
  b: Float32Array.of(0, 0, 2, 2, 4, -4, 7, 0),
});

describe('the places of a pair', () => {
  it('are both moved and shrunk alike into one square', () => {
    // Across 0 … 8 has its middle at 4, up −4 … 2 at −1; half the larger extent is 4.
    expect([...places.a.x]).toEqual([-1, -0.5, 0, 1]);
    expect([...places.a.y]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([...places.b.x]).toEqual([-1, -0.5, 0, 0.75]);
    expect([...places.b.y]).toEqual([0.25, 0.75, -0.75, 0.25]);
    expect([...places.moved]).toEqual([0, 0.25, 0.5, 0.125]);
  });

  it('lie on straight lines on the way', () => {
    expect(onTheWay(places, 0)).toBe(places.a);
    expect(onTheWay(places, 1)).toBe(places.b);
    const half = onTheWay(places, 0.5);
    expect([...half.y]).toEqual([0.25, 0.5, -0.25, 0.25]);
    expect(half.x[3]).toBe(0.875);
    expect(half.rows).toBe(places.a.rows);
  });

  it('may be none, or one', () => {
    const none = pairPlaces({
      items: new Int32Array(0),
      a: new Float32Array(0),
      b: new Float32Array(0),
    });
    expect(onTheWay(none, 0.5).x).toHaveLength(0);
    const one = pairPlaces({
      items: Int32Array.of(3),
      a: Float32Array.of(1, 1),
      b: Float32Array.of(1, 5),
    });
    expect(movedInWords(one, 0, 'words')).toBe('moved 100% of the map’s width up');
  });
});

it('says how far a point moved, where to, and against the others', () => {
  const said = (i: number) => movedInWords(places, i, 'words');
  expect(said(0)).toBe('stands in the same place in both maps');
  expect(said(1)).toBe('moved 25.0% of the map’s width up, further than 66.7% of the words');
  expect(said(2)).toBe('moved 50.0% of the map’s width down, further than all other words');
  expect(said(3)).toBe(
    'moved 12.5% of the map’s width to the left, further than 33.3% of the words',
  );
});

it('says where a slider is', () => {
  expect([0, 0.374, 1].map(positionInWords)).toEqual([
    'at A’s places',
    '37% of the way from A to B',
    'at B’s places',
  ]);
});

it('starts and ends slowly', () => {
  expect([-1, 0, 0.25, 0.5, 1, 2].map(eased)).toEqual([0, 0, 0.15625, 0.5, 1, 1]);
});

describe('the address of a pair of maps', () => {
  const read = (query: string) => readPairState(new URLSearchParams(query));

  it('takes what it does not understand as the usual', () => {
    const usual = { view: 'both', at: 0, choice: 'own', hide: [] };
    expect(read('')).toEqual(usual);
    for (const query of [
      'maps=x&at=2&zoom=0.5,1,1&map=umap',
      'at=-1',
      'at=x',
      'at=',
      'hide=',
      'area=0*1.1_2.2',
      'area=2*0.0_9.0_9.9',
      'area=0.0_9.0_9.9',
    ]) {
      expect(read(query)).toEqual(usual);
    }
  });

  it('brings back what was written', () => {
    const state = {
      view: 'move',
      at: 0.375,
      choice: 'pca',
      zoom: { k: 3, x: 0.2, y: 0.9 },
      area: { at: 0.375, outline: [-500, -500, 500, -500, 0, 250] },
      hide: ['below 0.2'],
    } as const;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(pairQuery({ ...state, hide: [...state.hide] }))) {
      for (const one of [value ?? []].flat()) query.append(name, String(one));
    }
    expect(readPairState(query)).toEqual(state);
  });

  it('leaves what is usual out', () => {
    const query = pairQuery({
      view: 'both',
      at: 0,
      choice: 'own',
      zoom: undefined,
      area: undefined,
      hide: [],
    });
    expect(
      Object.values(query)
        .flat()
        .every((value) => value === undefined),
    ).toBe(true);
    // What is not changed is not touched.
    expect(pairQuery({ at: 0.5 })).toEqual({ at: 0.5 });
  });
});
