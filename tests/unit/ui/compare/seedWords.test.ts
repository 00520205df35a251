import { describe, expect, it } from 'vitest';
import type { SeedSpread } from '../../../../src/lib/analysis/seedSpread.ts';
import {
  besideSeeds,
  countStandings,
  isSeedPair,
  itemStanding,
  seedsAtHand,
  seedVerdict,
} from '../../../../src/lib/ui/compare/seedWords.ts';
import type { RunSummary } from '../../../../src/lib/ui/run/summary.ts';

const run = (id: string, seedsOf?: string) =>
  ({ id, seedsOf, seed: Number(id.slice(1)) }) as unknown as RunSummary;

describe('the seeds at hand', () => {
  const runs = [
    ...['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].map((id) => run(id, 'a1')),
    ...['b1', 'b2'].map((id) => run(id, 'b1')),
    run('alone'),
  ];
  const ids = (a: string, b: string) => seedsAtHand(runs, a, b).map(({ id }) => id);

  it('are those of either run, so many that each configuration has five', () => {
    expect(ids('a1', 'alone')).toEqual(['a2', 'a3', 'a4', 'a5']);
    expect(ids('a1', 'a7')).toEqual(['a2', 'a3', 'a4']);
    expect(ids('a1', 'b2')).toEqual(['a2', 'a3', 'a4', 'a5', 'b1']);
    expect(ids('alone', 'alone')).toEqual([]);
    expect(ids('b1', 'b2')).toEqual([]);
  });

  it('make two runs a pair of seeds where they are of one configuration and not one seed', () => {
    expect(isSeedPair(runs, 'a1', 'a2')).toBe(true);
    expect(isSeedPair(runs, 'a1', 'b2')).toBe(false);
    expect(isSeedPair(runs, 'a1', 'a1')).toBe(false);
    expect(isSeedPair(runs, 'alone', 'alone')).toBe(false);
    expect(isSeedPair(runs, 'a1', 'gone')).toBe(false);
  });
});

const spread = (over: Partial<SeedSpread> = {}): SeedSpread => ({
  areSeeds: false,
  items: 4,
  against: [{ figure: 'overlap', range: [0.2, 0.3], pairs: 10, standing: 'further' }],
  perItem: {
    own: Float64Array.of(0.1, 0.25, 0.9, NaN),
    mean: Float64Array.of(0.3, 0.3, 0.3, NaN),
    least: Float64Array.of(0.2, 0.2, 0.2, NaN),
    most: Float64Array.of(0.4, 0.4, 0.4, NaN),
  },
  ...over,
});

it('a figure stands beside the spread of seeds', () => {
  const [overlap] = spread().against;
  expect(besideSeeds(overlap, false)).toBe(
    'Seeds: 0.200 to 0.300 (10 pairs); further than any two seeds are.',
  );
  expect(besideSeeds({ ...overlap, standing: 'nearer' }, true)).toBe(
    'Seeds: 0.200 to 0.300 (10 other pairs); nearer than any other two seeds are.',
  );
  expect(besideSeeds({ ...overlap, range: [0.2, 0.2], pairs: 1, standing: 'within' }, false)).toBe(
    'Seeds: 0.200 (1 pair); as near as the two seeds are.',
  );
});

it('the whole difference is more or less than an accident of training', () => {
  expect(seedVerdict(spread(), ['Ten factors'])).toBe(
    'They are further apart than any two seeds of Ten factors are: the difference is more than the accident of a training.',
  );
  expect(seedVerdict(spread({ areSeeds: true }), ['Ten factors'])).toMatch(
    /^Both are seeds of Ten factors, further apart than any other two of its seeds are/,
  );
  const within = spread().against.map((one) => ({ ...one, standing: 'within' as const }));
  expect(seedVerdict(spread({ against: within }), ['One', 'Another'])).toMatch(
    /^Two seeds of One and of Another differ as much/,
  );
});

it('an item has changed more, as much or less than between seeds, or nothing is known of it', () => {
  const { perItem } = spread();
  expect([0, 1, 2, 3].map((item) => itemStanding(perItem, item))).toEqual([
    'further',
    'within',
    'nearer',
    undefined,
  ]);
  expect(countStandings(spread())).toEqual({ further: 1, within: 1, nearer: 1 });
});
