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
  // 100 words: 20 at +2, 20 at −2, 60 at 0. Mean 0, variance (40 × 4) / 100 = 1.6, so that only the 40 lean clearly.
  const labels = Array.from({ length: 100 }, (_, i) => `w${i}`);
  const values = labels.map((_, i) => (i < 20 ? 2 : i < 40 ? -2 : 0));
  const vocabulary = polarities([tableOf(['none']), tableOf(labels, values)])!;
  const pick = (from: number, to: number) => labels.slice(from, to);
  const judged = (...words: string[]) => grouping(listOf(...words), vocabulary);

  it('is measured against the vocabulary of the run that knows polarity', () => {
    expect(vocabulary.mean).toBe(0);
    expect(vocabulary.deviation).toBeCloseTo(Math.sqrt(1.6), 12);
    expect(vocabulary.share).toEqual({ positive: 0.2, negative: 0.2 });
    expect(vocabulary.of('w21')).toBe(-2);
    expect(vocabulary.of('unheard')).toBeUndefined();
    expect(polarities([tableOf(['a']), undefined])).toBeUndefined();
    expect(polarities([tableOf(['a'], [NaN])])).toBeUndefined();
    expect(polarities([tableOf(['a', 'b'], [NaN, 2])])?.of('a')).toBeUndefined();
  });

  it('is judgement when nearly all lean to one side, and something else when no more do than by chance', () => {
    expect(judged(...pick(20, 29), 'w99')).toEqual({
      known: 10,
      side: 'negative',
      leaning: 9,
      vocabulary: 0.2,
      verdict: 'judgement',
    });
    // Of ten, chance gives up to 0.2 + 2 √(0.16 / 10) = 0.453.
    expect(judged(...pick(0, 4), ...pick(50, 56))).toMatchObject({ leaning: 4, verdict: 'other' });
    expect(judged(...pick(0, 5), ...pick(50, 55))).toMatchObject({ leaning: 5, verdict: 'partly' });
    expect(judged(...pick(0, 8), ...pick(50, 52))).toMatchObject({ leaning: 8, verdict: 'partly' });
    expect(judged(...pick(0, 4), 'unheard', 'of')).toMatchObject({ known: 4, verdict: 'too few' });
    expect(judged().verdict).toBe('too few');
    const flat = polarities([
      tableOf(
        labels,
        labels.map(() => 1),
      ),
    ])!;
    expect(grouping(listOf(...labels), flat).verdict).toBe('too few');
  });

  it('is said in a sentence with its figures', () => {
    const said = (...words: string[]) => groupingSentence('Run', '“w”', judged(...words));
    expect(said(...pick(0, 10))).toBe(
      'Run groups “w” by judgement: 10 of 10 neighbours lean clearly to the positive side, as 20.0% of the vocabulary do.',
    );
    expect(said(...pick(18, 22), ...pick(50, 56))).toMatch(
      /^Run groups “w” by something other than judgement, such as topic or grammar: 2 of 10 /,
    );
    expect(said('w1', 'w2')).toBe(
      'Run: the polarity of only 2 of the neighbours is known, too few to say whether it groups “w” by judgement.',
    );
  });

  it('is shown on words of a run that does not know polarity itself', () => {
    const [known, unknown] = withPolarity(listOf('w0', 'unheard'), vocabulary);
    expect([known.polarity, unknown.polarity]).toEqual([2, undefined]);
    expect(withPolarity(listOf('w0'), undefined)[0].polarity).toBeUndefined();
    expect(withPolarity([{ ...listOf('w0')[0], polarity: 7 }], vocabulary)[0].polarity).toBe(7);
  });
});
