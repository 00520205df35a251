import { expect, it } from 'vitest';
import { averageLinkage } from '../../../src/lib/math/clustering.ts';
import { branches } from '../../../src/lib/ui/compare/matrix/branches.ts';
import { cellColours } from '../../../src/lib/ui/compare/matrix/cell.ts';
import { extremes } from '../../../src/lib/ui/compare/matrix/sentence.ts';
import { bySeed } from '../../../src/lib/ui/run/bySeed.ts';
import type { RunSummary } from '../../../src/lib/ui/run/summary.ts';

it('draws joins between the rows of what they join, the last at 1', () => {
  const tree = averageLinkage([
    [0, 0.9, 0.2],
    [0.9, 0, 0.8],
    [0.2, 0.8, 0],
  ]);
  const [first, last] = branches(tree);
  expect(first.likeness).toBeCloseTo(0.8);
  expect(last.likeness).toBeCloseTo(1 - 0.85);
  const rowOf = (run: number) => tree.order.indexOf(run) + 0.5;
  expect([first.upper.row, first.lower.row].sort()).toEqual([rowOf(0), rowOf(2)].sort());
  expect(last.at).toBe(1);
  expect([last.upper, last.lower]).toContainEqual({
    row: (rowOf(0) + rowOf(2)) / 2,
    from: first.at,
  });
  expect(branches(averageLinkage([[0]]))).toEqual([]);
});

it('colours a figure between chance and the most, with an ink that is read on it', () => {
  expect(cellColours(0.1, 0.1, [0.2, 0.6])).toEqual({
    background: 'rgb(0, 32, 77)',
    ink: 'white',
  });
  expect(cellColours(0.6, 0.1, [0.2, 0.6])).toEqual({
    background: 'rgb(255, 234, 70)',
    ink: 'black',
  });
  expect(cellColours(-0.2, 0, [-0.2, 0.6])?.background).toBe('rgb(0, 32, 77)');
  expect(cellColours(NaN, 0, [0, 1])).toBeUndefined();
});

it('finds the most and the least alike of those that have a figure', () => {
  const values = Float64Array.from([1, 0.3, NaN, 0.3, 1, 0.7, NaN, 0.7, 1]);
  const tree = averageLinkage([[0]]);
  const measured = { values, chance: 0, tree, seedRanges: [] };
  expect(extremes({ ...measured, range: [0.3, 0.7] })).toEqual({
    most: { a: 1, b: 2, value: 0.7 },
    least: { a: 0, b: 1, value: 0.3 },
  });
});

it('puts runs of several seeds together, with the spread of their metric', () => {
  const run = (id: string, name: string, value?: number, seedsOf?: string) =>
    ({
      ...{ id, name, model: 'mf', seedsOf },
      metric: value === undefined ? undefined : { name: 'mse', label: 'MSE', value, baselines: [] },
    }) as unknown as RunSummary;
  const groups = bySeed([
    run('a1', 'Factors, seed 1', 0.6, 'a1'),
    run('net', 'Net', 0.7),
    run('a2', 'Factors, seed 2', 0.8, 'a1'),
    run('x', 'One', undefined, 'x'),
    run('y', 'Another', 0.5, 'x'),
  ]);
  expect(groups.map(({ id, name, runs }) => [id, name, runs.length])).toEqual([
    ['a1', 'Factors', 2],
    ['net', 'Net', 1],
    ['x', 'mf', 2],
  ]);
  expect(groups[0].metric).toEqual({ label: 'MSE', mean: 0.7, least: 0.6, most: 0.8 });
  expect(groups[2].metric).toBeUndefined();
});
