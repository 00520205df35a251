import { describe, expect, it } from 'vitest';
import { lineEnds, linePlaces } from '../../../src/lib/analysis/line.ts';
import type { ItemTable } from '../../../src/lib/analysis/types.ts';
import type { Manifest } from '../../../src/lib/run/types.ts';
import { readState } from '../../../src/lib/ui/neighbours/state.ts';
import {
  analogyExamples,
  heldExamples,
  lineExamples,
} from '../../../src/lib/ui/relations/examples.ts';
import { linePicture } from '../../../src/lib/ui/relations/linePicture.ts';
import { readAnalogy, readLine } from '../../../src/lib/ui/relations/state.ts';
import { judgement, topics } from '../../fixtures/words/planted.ts';

const search = (text: string) => new URLSearchParams(text);

describe('addresses say what they cannot have', () => {
  it('of neighbours', () => {
    const limits = { total: 5000, noun: 'words' };
    expect(readState(search(''), limits)).toEqual({
      state: { metric: 'cosine', count: 20 },
      notices: [],
    });
    expect(readState(search('metric=dot&count=7'), limits).state).toEqual({
      metric: 'dot',
      count: 7,
    });
    const wrong = readState(search('metric=far&count=many'), limits);
    expect(wrong.state).toEqual({ metric: 'cosine', count: 20 });
    expect(wrong.notices).toEqual([
      'metric=far is not one of cosine, dot, euclidean; cosine is used.',
      'count=many is not a whole number; 20 is used.',
    ]);
    expect(readState(search('count=999'), limits).notices).toEqual([
      'count=999 is not in 1 to 200; 200 is used.',
    ]);
    const small = readState(search('count=50'), { total: 10, noun: 'words' });
    expect(small.state.count).toBe(9);
    expect(small.notices).toEqual([
      '50 neighbours were asked for, but this run has 9 other words: all of them are shown.',
    ]);
    expect(readState(search(''), { total: 1, noun: 'words' }).state.count).toBe(1);
  });

  it('of analogies', () => {
    expect(readAnalogy(search('a=man&b=&rule=mul&count=3'))).toEqual({
      state: { a: 'man', b: undefined, c: undefined, rule: 'mul', count: 3 },
      notices: [],
    });
    expect(readAnalogy(search('rule=cos&count=0'))).toMatchObject({
      state: { rule: 'both', count: 1 },
      notices: [
        'rule=cos is not one of both, add, mul; both is used.',
        'count=0 is not in 1 to 100; 1 is used.',
      ],
    });
  });

  it('of lines', () => {
    const limits = { total: 400_000, noun: 'words' };
    expect(readLine(search('from=bad'), limits)).toEqual({
      state: { from: 'bad', to: undefined, count: 15, items: 20_000, zoom: undefined },
      notices: [],
    });
    expect(readLine(search('items=500000&view=far&count=1.5'), limits).notices).toEqual([
      'view=far is not a zoom (factor,x,y); the whole picture is shown.',
      'count=1.5 is not a whole number; 15 is used.',
      '500000 words were asked for, but this run has 400000: all of them are used.',
    ]);
    expect(readLine(search('items=0'), limits)).toMatchObject({
      state: { items: 1 },
      notices: ['items=0 is too few; 1 is used.'],
    });
  });
});

describe('examples', () => {
  it('are those that the run holds in full, by their first rows', () => {
    const labels = ['king', 'man', 'woman', 'man', 'she', 'he'];
    expect(heldExamples({ labels }, analogyExamples)).toEqual([[1, 2, 0]]);
    expect(heldExamples({ labels }, lineExamples)).toEqual([[5, 4]]);
    expect(heldExamples({ labels: [] }, analogyExamples)).toEqual([]);
  });

  it('ask for three different ones, or two', () => {
    for (const example of [...analogyExamples, ...lineExamples]) {
      expect(new Set(example).size).toBe(example.length);
    }
  });
});

describe('the picture of a line', () => {
  const items = judgement();
  const run = { manifest: { kind: 'words' } as Manifest, items, maps: [] };
  const table: ItemTable = { ...items };
  const query = {
    from: items.labels.indexOf('terrible'),
    to: items.labels.indexOf('wonderful'),
  };
  const column = items.columns.polarity;
  const polarity = column.kind === 'number' ? column.values : undefined;
  const ends = lineEnds(run, { ...query, count: 3, items: 1000 });
  const places = linePlaces(run, query);

  it('names the ends and the lists first, and then every other in order', () => {
    const { data, ends: ringed } = linePicture(table, places, query, ends, 1000, polarity);
    const first = [query.from, query.to];
    for (let i = 0; i < 3; i++) first.push(ends.fromEnd[i].row, ends.toEnd[i].row);
    expect(Array.from(data.rows).slice(0, 8)).toEqual(first);
    expect(ringed).toEqual(first.slice(0, 2));
    expect([...Array.from(data.rows)].sort((a, b) => a - b)).toEqual(
      items.labels.map((_, row) => row),
    );
    expect([data.x[0], data.x[1], data.y[0], data.y[1]]).toEqual([0, 1, 0, 0]);
    expect(data.labels.slice(0, 2)).toEqual(['terrible', 'wonderful']);
  });

  it('is coloured by polarity on a scale of its own, or not at all', () => {
    const { data, scale, details } = linePicture(table, places, query, ends, 1000, polarity);
    expect(data.tints![0]).toBeLessThan(0);
    expect(data.tints![1]).toBeGreaterThan(0);
    expect(scale).toMatchObject({ title: 'Polarity', unknown: 0 });
    expect(details(0)).toBe('polarity −1.20, count 1,870');
    const partly = polarity!.map((value, row) => (row === 3 ? NaN : value));
    expect(linePicture(table, places, query, ends, 1000, partly).scale?.unknown).toBe(1);
    const plain = topics();
    const none = linePicture({ ...plain }, places, query, ends, 1000, undefined);
    expect([none.scale, none.data.tints]).toEqual([undefined, undefined]);
  });

  it('draws no more than it is asked to, but for what the lists name', () => {
    const { data } = linePicture(table, places, query, ends, 4, polarity);
    expect(new Set(Array.from(data.rows))).toEqual(
      new Set([
        0,
        1,
        2,
        3,
        ...[...ends.fromEnd, ...ends.toEnd].map(({ row }) => row),
        query.from,
        query.to,
      ]),
    );
  });
});
