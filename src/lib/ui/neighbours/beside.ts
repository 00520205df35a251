import type { ItemTable, Neighbour } from '../../analysis/types.ts';
import { formatPercent } from '../format.ts';

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

/** Which way a word leans, and clearly: half a standard deviation or more from the vocabulary's mean polarity. */
type Side = 'positive' | 'negative';
const CLEAR = 0.5;

/** What is known of the polarity of words, from whichever run says it. */
export interface Polarities {
  of: (label: string) => number | undefined;
  /** Mean and standard deviation over the whole vocabulary of the run that says it. */
  mean: number;
  deviation: number;
  /** The share of that vocabulary that leans clearly to each side. */
  share: Record<Side, number>;
}

/** The polarities of the first table that has any; undefined when none has. */
export function polarities(tables: readonly (ItemTable | undefined)[]): Polarities | undefined {
  for (const table of tables) {
    const column = table?.columns.polarity;
    if (!table || column?.kind !== 'number') continue;
    const known = new Map<string, number>();
    table.labels.forEach((label, row) => {
      const value = column.values[row];
      if (Number.isFinite(value) && !known.has(label)) known.set(label, value);
    });
    if (known.size === 0) continue;
    const values = Float64Array.from(known.values());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / values.length);
    const share = (sign: number) =>
      values.filter((value) => sign * (value - mean) >= CLEAR * deviation).length / values.length;
    return {
      of: (label) => known.get(label),
      mean,
      deviation,
      share: { positive: share(1), negative: share(-1) },
    };
  }
  return undefined;
}

/** How the neighbours of a word lean in polarity, against the whole vocabulary. */
export interface Grouping {
  /** How many of the neighbours have a known polarity. */
  known: number;
  /** The side that their mean polarity is on, and how many of them lean clearly to it. */
  side: Side;
  leaning: number;
  /** The share of the vocabulary that does. */
  vocabulary: number;
  verdict: 'judgement' | 'partly' | 'other' | 'too few';
}

/** Fewer neighbours than this say little. */
const FEWEST = 5;
/** From this share on, judgement is what neighbours have in common. */
const MOST = 0.85;

/**
 * Whether neighbours are grouped by judgement: nearly all of them then lean clearly to one side. As many as two
 * standard errors above the vocabulary's share is no more than chance gives.
 */
export function grouping(neighbours: readonly Neighbour[], polarity: Polarities): Grouping {
  const values = neighbours.flatMap(({ label }) => polarity.of(label) ?? []);
  const known = values.length;
  const sum = values.reduce((total, value) => total + value - polarity.mean, 0);
  const side = sum >= 0 ? 'positive' : 'negative';
  const sign = sum >= 0 ? 1 : -1;
  const clear = CLEAR * polarity.deviation;
  const leaning = values.filter((value) => sign * (value - polarity.mean) >= clear).length;
  const vocabulary = polarity.share[side];
  const chance = vocabulary + 2 * Math.sqrt((vocabulary * (1 - vocabulary)) / known);
  const share = leaning / known;
  const verdict =
    known < FEWEST || !(polarity.deviation > 0)
      ? 'too few'
      : share <= chance
        ? 'other'
        : share >= MOST
          ? 'judgement'
          : 'partly';
  return { known, side, leaning, vocabulary, verdict };
}

/** What a run groups a word by, in one sentence. */
export function groupingSentence(run: string, word: string, found: Grouping): string {
  const { known, side, leaning, vocabulary, verdict } = found;
  if (verdict === 'too few') {
    return `${run}: the polarity of only ${known} of the neighbours is known, too few to say whether it groups ${word} by judgement.`;
  }
  const says = {
    judgement: `groups ${word} by judgement`,
    partly: `groups ${word} partly by judgement`,
    other: `groups ${word} by something other than judgement, such as topic or grammar`,
  }[verdict];
  return `${run} ${says}: ${leaning} of ${known} neighbours lean clearly to the ${side} side, as ${formatPercent(vocabulary)} of the vocabulary do.`;
}

/** The neighbours with the polarity that another run knows of them. */
export function withPolarity(
  neighbours: readonly Neighbour[],
  known: Polarities | undefined,
): Neighbour[] {
  if (!known) return [...neighbours];
  return neighbours.map((item) => ({ ...item, polarity: item.polarity ?? known.of(item.label) }));
}
