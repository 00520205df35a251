import { byOverlap } from '../analysis/compare.ts';
import { matchedInWords } from '../analysis/reading.ts';
import {
  componentEnds,
  exactFigures,
  firstFigures,
  pairNeighbours,
  sideBySide,
  type ComponentEnds,
  type ExactFigures,
  type FirstFigures,
  type PairNeighbours,
  type SideBySide,
} from '../analysis/pair.ts';
import { readRun } from '../run/read.ts';
import type { Run } from '../run/types.ts';
import { urlSource } from '../run/url.ts';

/** The folders of two runs, each ending in a slash. */
export type PairAddress = readonly [a: string, b: string];

/** Neighbours that an item's overlap is over. */
const NEIGHBOURS = 10;
/** What is drawn for a figure is drawn from this, as `embedscope compare` does. */
const SEED = 1;

/** What two runs share, and the first figures. */
export interface PairStart {
  /** Of shared item i, as run A has them. */
  ids: string[];
  labels: string[];
  /** Of A, or of B where A counts nothing; absent where neither does. */
  counts?: Uint32Array;
  /** How they were matched and which could not be, a sentence each. */
  matched: string[];
  figures: FirstFigures;
}

export interface PairExact extends ExactFigures {
  /** Shared items from the most changed to the most stable. */
  order: Int32Array;
}

interface Pair {
  runs: readonly [Run, Run];
  side: SideBySide;
  k: number;
  first?: Promise<FirstFigures>;
}

/** The pair that was asked about last. */
let kept: { key: string; pair: Promise<Pair> } | undefined;

/** Reads both runs, once. */
function paired(
  address: PairAddress,
  onProgress?: (done: number, total: number) => void,
): Promise<Pair> {
  const key = JSON.stringify(address);
  if (kept?.key === key) return kept.pair;
  const pair = readPair(address, onProgress);
  kept = { key, pair };
  pair.catch(() => {
    if (kept?.pair === pair) kept = undefined;
  });
  return pair;
}

async function readPair(
  [a, b]: PairAddress,
  onProgress?: (done: number, total: number) => void,
): Promise<Pair> {
  const bytes = [
    { done: 0, total: 0 },
    { done: 0, total: 0 },
  ];
  const read = (url: string, r: number) =>
    readRun(urlSource(url), {
      onProgress(done, total) {
        bytes[r] = { done, total };
        onProgress?.(bytes[0].done + bytes[1].done, bytes[0].total + bytes[1].total);
      },
    });
  const first = read(a, 0);
  const runs = await Promise.all([first, a === b ? first : read(b, 1)]);
  return { runs, ...laidOut(runs) };
}

/** With the usual number of neighbours, or half of the others where few items are shared. */
function laidOut(runs: readonly [Run, Run]): Pick<Pair, 'side' | 'k'> {
  const side = sideBySide(runs, 1);
  const others = side.parts[0].vectors.rows - 1;
  return { side, k: Math.max(1, Math.min(NEIGHBOURS, Math.floor(others / 2))) };
}

const firstOf = (pair: Pair): Promise<FirstFigures> =>
  (pair.first ??= firstFigures(pair.side, { k: pair.k, seed: SEED }));

function sharedCounts({ runs, side: { matched } }: Pair): Uint32Array | undefined {
  const r = runs.findIndex(
    ({ manifest, items }) =>
      manifest.countOf !== 'unknown' && items.counts.some((count) => count > 0),
  );
  return r < 0 ? undefined : Uint32Array.from(matched.rows[r], (row) => runs[r].items.counts[row]);
}

/**
 * What the worker answers of two runs. Where they cannot be read or compared each throws an InputError that says why.
 */
export const pairFunctions = {
  /** Reads and verifies both; `onProgress` hears of bytes. */
  async open(
    address: PairAddress,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    await paired(address, onProgress);
  },
  async start(address: PairAddress, { noun }: { noun: string }): Promise<PairStart> {
    const pair = await paired(address);
    const { runs, side } = pair;
    const [{ items }] = runs;
    const [rows] = side.matched.rows;
    return {
      ids: Array.from(rows, (row) => items.ids[row]),
      labels: Array.from(rows, (row) => items.labels[row]),
      counts: sharedCounts(pair),
      matched: matchedInWords(
        runs.map((run) => run.items),
        side.matched,
        noun,
      ),
      figures: await firstOf(pair),
    };
  },
  /** `onProgress` hears of items, those of both runs. */
  async exact(
    address: PairAddress,
    _query: object,
    onProgress?: (done: number, total: number) => void,
  ): Promise<PairExact> {
    const { side, k } = await paired(address);
    const figures = await exactFigures(side, { k, seed: SEED, onProgress });
    const { overlap, rankBiased } = figures.perItem;
    return { ...figures, order: byOverlap(overlap, rankBiased) };
  },
  async neighbours(address: PairAddress, { item }: { item: number }): Promise<PairNeighbours> {
    const { side, k } = await paired(address);
    return pairNeighbours(side, { item, k });
  },
  /** @param component of A, from 1 */
  async components(
    address: PairAddress,
    query: { component: number; count: number },
  ): Promise<ComponentEnds> {
    const pair = await paired(address);
    const { components } = await firstOf(pair);
    return componentEnds(pair.side, components, query);
  },
};

export type PairFunctions = typeof pairFunctions;
