import { describe, expect, it } from 'vitest';
import type { ItemTable, Neighbour } from '../../../src/lib/analysis/types.ts';
import {
  chanceShared,
  commonItems,
  grouping,
  groupingSentence,
  polarities,
  sameItem,
  sharedIds,
  withPolarity,
} from '../../../src/lib/ui/neighbours/beside.ts';

function tableOf(labels: string[], polarity?: number[], ids = labels): ItemTable {
  return {
    ids,
    labels,
    counts: Uint32Array.from(labels, () => 1),
    columns: polarity
      ? { polarity: { kind: 'number', storage: 'float32', values: Float64Array.from(polarity) } }
      : {},
  };
}

const listOf = (...labels: string[]): Neighbour[] =>
  labels.map((label, row) => ({ row, id: label, label, count: 1 }));

describe('the same item in two runs', () => {
  const first = tableOf(['a', 'b', 'c'], undefined, ['1', '2', '3']);
  it('is that of the same id, or else of the same label', () => {
    const second = tableOf(['b', 'x'], undefined, ['3', '9']);
    expect(sameItem(first, 2, second)).toBe(0);
    expect(sameItem(first, 1, second)).toBe(0);
    expect(sameItem(first, 0, second)).toBe(-1);
    expect(commonItems(first, second)).toBe(2);
  });

  it('is marked in both lists, each once', () => {
    const [a, b] = sharedIds(listOf('a', 'b', 'c', 'd'), listOf('d', 'x', 'b'));
    expect([...a]).toEqual(['b', 'd']);
    expect([...b].sort()).toEqual(['b', 'd']);
    const twice = listOf('film', 'film').map((item, i) => ({ ...item, id: `f${i}` }));
    const other = [{ ...twice[0], id: 'g' }];
    const [of, among] = sharedIds(twice, other);
    expect([of.size, among.size]).toEqual([1, 1]);
  });
});

it('what lists share by chance is what drawing them at random gives', () => {
  // Both runs hold the same 101 words: of 20 out of 100 others, each is in a list of 20 with the chance 1/5.
  expect(chanceShared(20, 20, 101, [101, 101])).toBeCloseTo(4, 12);
  expect(chanceShared(20, 20, 51, [101, 51])).toBeCloseTo((20 * 50 * 20) / (100 * 50), 12);
  expect(chanceShared(20, 20, 0, [101, 101])).toBe(0);
  // All others in both lists.
  expect(chanceShared(9, 9, 10, [10, 10])).toBeCloseTo(9, 12);
});

describe('what a run groups a word by', () => {
  // 100 words: mean 0, standard deviation 1.
  const labels = Array.from({ length: 100 }, (_, i) => `w${i}`);
  const values = labels.map((_, i) => (i % 2 === 0 ? 1 : -1));
  const vocabulary = polarities([tableOf(['none']), tableOf(labels, values)])!;
  const pick = (...numbers: number[]) => listOf(...numbers.map((i) => `w${i}`));
  const positive = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18];

  it('is measured against the vocabulary of the run that knows polarity', () => {
    expect(vocabulary.mean).toBeCloseTo(0, 12);
    expect(vocabulary.deviation).toBeCloseTo(1, 12);
    expect(vocabulary.of('w3')).toBe(-1);
    expect(vocabulary.of('unheard')).toBeUndefined();
    expect(polarities([tableOf(['a']), undefined])).toBeUndefined();
    expect(polarities([tableOf(['a', 'b'], [NaN, 2])])?.of('a')).toBeUndefined();
  });

  it('is judgement when its neighbours lean to one side, and something else when they do not', () => {
    const judged = grouping(pick(...positive), vocabulary);
    expect(judged).toMatchObject({
      known: 10,
      sameSide: 10,
      side: 'positive',
      verdict: 'judgement',
    });
    expect(judged.lean).toBeCloseTo(1, 12);
    expect(judged.chance).toBeCloseTo(1 / Math.sqrt(10), 12);
    const mixed = grouping(pick(0, 1, 2, 3, 4, 5, 6, 7), vocabulary);
    expect(mixed).toMatchObject({ lean: 0, verdict: 'other' });
    // Eight of ten on the negative side: a lean of 0.6.
    const most = grouping(pick(1, 3, 5, 7, 9, 11, 13, 15, 0, 2), vocabulary);
    expect(most).toMatchObject({ sameSide: 8, side: 'negative', verdict: 'partly' });
    expect(most.lean).toBeCloseTo(0.6, 12);
    const few = grouping([...pick(0, 2, 4, 6), ...listOf('unheard', 'of')], vocabulary);
    expect(few).toMatchObject({ known: 4, verdict: 'too few' });
    expect(grouping([], vocabulary).verdict).toBe('too few');
  });

  it('is said in a sentence with its figures', () => {
    const said = (list: Neighbour[]) => groupingSentence('Run', '“w”', grouping(list, vocabulary));
    expect(said(pick(...positive))).toBe(
      'Run groups “w” by judgement: 10 of 10 neighbours are on the positive side, on average 1.00 standard deviations from the mean polarity of the vocabulary (chance: ±0.316).',
    );
    expect(said(pick(0, 1, 2, 3, 4, 5))).toMatch(
      /^Run groups “w” by something other than judgement, such as topic or grammar: /,
    );
    expect(said(pick(0, 1))).toBe(
      'Run: the polarity of only 2 of the neighbours is known, too few to say whether it groups “w” by judgement.',
    );
  });

  it('is shown on words of a run that does not know polarity itself', () => {
    const [known, unknown] = withPolarity(listOf('w0', 'unheard'), vocabulary);
    expect([known.polarity, unknown.polarity]).toEqual([1, undefined]);
    expect(withPolarity(listOf('w0'), undefined)[0].polarity).toBeUndefined();
    expect(withPolarity([{ ...listOf('w0')[0], polarity: 7 }], vocabulary)[0].polarity).toBe(7);
  });
});
