import type { ItemTable, Neighbour } from '../../analysis/types.ts';
import { formatNumber } from '../format.ts';

/** The row of `second` that is the item in `row` of `first`: of its id, or else of its label; −1 for none. */
export function sameItem(first: ItemTable, row: number, second: ItemTable): number {
  const byId = second.ids.indexOf(first.ids[row]);
  return byId >= 0 ? byId : second.labels.indexOf(first.labels[row]);
}

/** Ids of the items that stand in both lists, matched by id, or else by label; one set for each list. */
export function sharedIds(
  first: readonly Neighbour[],
  second: readonly Neighbour[],
): [Set<string>, Set<string>] {
  const shared: [Set<string>, Set<string>] = [new Set(), new Set()];
  for (const item of first) {
    const other =
      second.find(({ id }) => id === item.id) ??
      second.find(({ id, label }) => label === item.label && !shared[1].has(id));
    if (!other) continue;
    shared[0].add(item.id);
    shared[1].add(other.id);
  }
  return shared;
}

/** How many items two runs have in common, by id or else by label. */
export function commonItems(first: ItemTable, second: ItemTable): number {
  const ids = new Set(second.ids);
  const labels = new Set(second.labels);
  let common = 0;
  first.ids.forEach((id, row) => {
    if (ids.has(id) || labels.has(first.labels[row])) common++;
  });
  return common;
}

/**
 * How many items two lists share by chance: each of the first's `a` is in the second with the chance that a random
 * list of `b` out of all `of` other items has it, when the second run holds it at all.
 */
export function chanceShared(
  a: number,
  b: number,
  common: number,
  sizes: [number, number],
): number {
  const [firstSize, secondSize] = sizes.map((size) => Math.max(1, size - 1));
  return (a * Math.max(0, common - 1) * b) / (firstSize * secondSize);
}

/** What is known of the polarity of words, from whichever run says it. */
export interface Polarities {
  of: (label: string) => number | undefined;
  /** Mean and standard deviation over the whole vocabulary of the run that says it. */
  mean: number;
  deviation: number;
}

/** The polarities of the first table that has any; undefined when none has. */
export function polarities(tables: readonly (ItemTable | undefined)[]): Polarities | undefined {
  for (const table of tables) {
    const column = table?.columns.polarity;
    if (!table || column?.kind !== 'number') continue;
    const values = new Map<string, number>();
    let sum = 0;
    let squares = 0;
    table.labels.forEach((label, row) => {
      const value = column.values[row];
      if (!Number.isFinite(value) || values.has(label)) return;
      values.set(label, value);
      sum += value;
      squares += value * value;
    });
    const mean = sum / values.size;
    const deviation = Math.sqrt(Math.max(0, squares / values.size - mean * mean));
    return { of: (label) => values.get(label), mean, deviation };
  }
  return undefined;
}

/** How the neighbours of a word lean in polarity, against the whole vocabulary. */
export interface Grouping {
  /** How many of the neighbours have a known polarity. */
  known: number;
  /** How many of those lie on the same side of the vocabulary's mean as their own mean does, and which side it is. */
  sameSide: number;
  side: 'positive' | 'negative';
  /** How far their mean lies from the vocabulary's, in standard deviations of the vocabulary, from 0. */
  lean: number;
  /** The lean's standard error for as many words drawn at random. */
  chance: number;
  verdict: 'judgement' | 'partly' | 'other' | 'too few';
}

/** Fewer neighbours than this say little. */
const FEWEST = 5;

/**
 * Whether neighbours are grouped by judgement: as a group they then lean far to one side. Nine tenths on one side and a
 * mean a whole standard deviation away is out of chance's reach from 5 words on (2.2 standard errors, and 4.5 at 20);
 * under half a deviation is as little as words of one topic have.
 */
export function grouping(neighbours: readonly Neighbour[], polarity: Polarities): Grouping {
  const values = neighbours.flatMap(({ label }) => polarity.of(label) ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const positive = mean >= polarity.mean;
  const sameSide = values.filter((value) => value >= polarity.mean === positive).length;
  const lean = Math.abs(mean - polarity.mean) / polarity.deviation;
  const verdict =
    values.length < FEWEST || !Number.isFinite(lean)
      ? 'too few'
      : lean < 0.5
        ? 'other'
        : lean >= 1 && sameSide >= 0.9 * values.length
          ? 'judgement'
          : 'partly';
  return {
    known: values.length,
    sameSide,
    side: positive ? 'positive' : 'negative',
    lean,
    chance: 1 / Math.sqrt(values.length),
    verdict,
  };
}

/** What a run groups a word by, in one sentence. */
export function groupingSentence(run: string, word: string, found: Grouping): string {
  const { known, sameSide, side, lean, chance, verdict } = found;
  if (verdict === 'too few') {
    return `${run}: the polarity of only ${known} of the neighbours is known, too few to say whether it groups ${word} by judgement.`;
  }
  const says = {
    judgement: `groups ${word} by judgement`,
    partly: `groups ${word} partly by judgement`,
    other: `groups ${word} by something other than judgement, such as topic or grammar`,
  }[verdict];
  return `${run} ${says}: ${sameSide} of ${known} neighbours are on the ${side} side, on average ${formatNumber(lean)} standard deviations from the mean polarity of the vocabulary (chance: ±${formatNumber(chance)}).`;
}

/** The neighbours with the polarity that another run knows of them. */
export function withPolarity(
  neighbours: readonly Neighbour[],
  known: Polarities | undefined,
): Neighbour[] {
  if (!known) return [...neighbours];
  return neighbours.map((item) => ({ ...item, polarity: item.polarity ?? known.of(item.label) }));
}
