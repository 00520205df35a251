import { expect, it } from 'vitest';
import { mostCounted } from '../../../src/lib/run/mostCounted.ts';
import { films } from './films.ts';

it('keeps the first items with all that is known of them', () => {
  const all = films();
  const two = mostCounted(all, 2);
  expect(two.ids).toEqual(all.ids.slice(0, 2));
  expect(two.counts).toEqual(all.counts.slice(0, 2));
  expect(two.bias).toEqual(all.bias!.slice(0, 2));
  expect(Object.keys(two.columns)).toEqual(Object.keys(all.columns));
  for (const [name, column] of Object.entries(two.columns)) {
    expect(column).toEqual({
      ...all.columns[name],
      values: all.columns[name].values.slice(0, 2),
    });
  }
  expect([two.vectors.rows, two.vectors.columns]).toEqual([2, all.vectors.columns]);
  expect(two.vectors.data).toEqual(all.vectors.data.slice(0, 2 * all.vectors.columns));
});

it('keeps all where there are no more, and no bias where there is none', () => {
  const all = films();
  expect(mostCounted(all, Infinity)).toEqual(all);
  expect('bias' in mostCounted({ ...all, bias: undefined }, 3)).toBe(false);
});
