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
  /** Standard deviation over the whole vocabulary of the run that says it. */
  spread: number;
}

/** The polarities of the first table that has any; undefined when none has. */
export function polarities(tables: readonly (ItemTable | undefined)[]): Polarities | undefined {
  for (const table of tables) {
    const column = table?.columns.polarity;
    if (!table || column?.kind !== 'number') continue;
    const values = new Map<string, number>();
    table.labels.forEach((label, row) => {
      if (Number.isFinite(column.values[row])) values.set(label, column.values[row]);
    });
    return { of: (label) => values.get(label), spread: spreadOf([...values.values()]) };
  }
  return undefined;
}

/** Standard deviation; NaN of fewer than two. */
export function spreadOf(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
  );
}

/** How the neighbours of a word differ in polarity, against the whole vocabulary. */
export interface Grouping {
  /** How many of the neighbours have a known polarity. */
  known: number;
  /** Standard deviation of their polarity, and that of the vocabulary. */
  spread: number;
  vocabulary: number;
  verdict: 'judgement' | 'partly' | 'other' | 'too few';
}

/** A spread of fewer than this many says little. */
const FEWEST = 5;

/**
 * Whether neighbours are grouped by judgement: their polarity then spreads far less than the vocabulary's. At 20
 * neighbours drawn by chance the ratio of the two is 1 with a standard error of about 0.16, so that half is well out of
 * chance's reach.
 */
export function grouping(neighbours: readonly Neighbour[], known: Polarities): Grouping {
  const values = neighbours.flatMap(({ label }) => known.of(label) ?? []);
  const spread = spreadOf(values);
  const ratio = spread / known.spread;
  const verdict =
    values.length < FEWEST || !Number.isFinite(ratio)
      ? 'too few'
      : ratio <= 0.5
        ? 'judgement'
        : ratio < 0.8
          ? 'partly'
          : 'other';
  return { known: values.length, spread, vocabulary: known.spread, verdict };
}

/** One sentence on what a run groups a word by. */
export function groupingSentence(run: string, word: string, found: Grouping): string {
  const { known, spread, vocabulary, verdict } = found;
  if (verdict === 'too few') {
    return `${run}: the polarity of only ${known} of the neighbours is known, too few to say what it groups ${word} by.`;
  }
  const says = {
    judgement: `groups ${word} by judgement`,
    partly: `groups ${word} partly by judgement`,
    other: `does not group ${word} by judgement, but by something else, such as topic or grammar`,
  }[verdict];
  return `${run} ${says}: the polarity of its neighbours spreads by ${formatNumber(spread)}, that of the whole vocabulary by ${formatNumber(vocabulary)}.`;
}

/** The neighbours with the polarity that another run knows of them. */
export function withPolarity(
  neighbours: readonly Neighbour[],
  known: Polarities | undefined,
): Neighbour[] {
  if (!known) return [...neighbours];
  return neighbours.map((item) => ({ ...item, polarity: item.polarity ?? known.of(item.label) }));
}
