import { byOverlap } from '../analysis/compare.ts';
import { spectrum } from '../analysis/components.ts';
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
import { pairMaps, type MapChoice, type PairMaps } from '../analysis/pairMaps.ts';
import { seedSpread, type SeedSpread } from '../analysis/seedSpread.ts';
import type { Spectrum, SpectrumQuery } from '../analysis/types.ts';
import { browserTeam } from '../kernels/team.browser.ts';
import { readRun } from '../run/read.ts';
import type { Run } from '../run/types.ts';
import { urlSource } from '../run/url.ts';

/** The folders of two runs, each ending in a slash. */
export type PairAddress = readonly [a: string, b: string];

type OnProgress = (done: number, total: number) => void;

/** Neighbours that an item's overlap is over. */
const NEIGHBOURS = 10;
/** What is drawn for a figure is drawn from this, as `embedscope compare` does. */
const SEED = 1;

/** What two runs share. */
export interface PairShared {
  /** Of shared item i, as run A has them. */
  ids: string[];
  labels: string[];
  /** Of A, or of B where A counts nothing; absent where neither does. */
  counts?: Uint32Array;
  /** Of either, where it has years; NaN where one is missing. */
  years?: Float64Array;
  /** How they were matched and which could not be, a sentence each. */
  matched: string[];
}

export interface PairStart extends PairShared {
  figures: FirstFigures;
}

export interface PairExact extends ExactFigures {
  /** Shared items from the most changed to the most stable. */
  order: Int32Array;
}

interface Pair {
  runs: readonly [Run, Run];
  side?: SideBySide;
  first?: Promise<FirstFigures>;
  exact?: Promise<PairExact>;
}

/** The pair that was asked about last. */
let kept: { key: string; pair: Promise<Pair> } | undefined;

/** Reads both runs, once. */
function paired(address: PairAddress, onProgress?: OnProgress): Promise<Pair> {
  const key = JSON.stringify(address);
  if (kept?.key === key) return kept.pair;
  const pair = readPair(address, onProgress);
  kept = { key, pair };
  pair.catch(() => {
    if (kept?.pair === pair) kept = undefined;
  });
  return pair;
}

async function readPair([a, b]: PairAddress, onProgress?: OnProgress): Promise<Pair> {
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
  return { runs: await Promise.all([first, a === b ? first : read(b, 1)]) };
}

/**
 * @throws InputError when too few items are shared, or a run does not vary on them
 */
const sideOf = (pair: Pair): SideBySide => (pair.side ??= sideBySide(pair.runs, 1));

/** The usual number of neighbours, or half of the others where few items are shared. */
function neighboursOf({ matched }: SideBySide): number {
  const others = matched.rows[0].length - 1;
  return Math.max(1, Math.min(NEIGHBOURS, Math.floor(others / 2)));
}

function firstOf(pair: Pair): Promise<FirstFigures> {
  const found = async () => {
    const side = sideOf(pair);
    return firstFigures(side, { k: neighboursOf(side), seed: SEED });
  };
  return (pair.first ??= found());
}

function exactOf(pair: Pair, onProgress?: OnProgress): Promise<PairExact> {
  if (pair.exact) return pair.exact;
  const side = sideOf(pair);
  const exact = exactFigures(side, {
    ...{ k: neighboursOf(side), seed: SEED },
    ...{ team: browserTeam(), onProgress },
  }).then((figures) => {
    const { overlap, rankBiased } = figures.perItem;
    return { ...figures, order: byOverlap(overlap, rankBiased) };
  });
  exact.catch(() => (pair.exact = undefined));
  return (pair.exact = exact);
}

function sharedCounts(runs: readonly Run[], rows: Int32Array[]): Uint32Array | undefined {
  const r = runs.findIndex(
    ({ manifest, items }) =>
      manifest.countOf !== 'unknown' && items.counts.some((count) => count > 0),
  );
  return r < 0 ? undefined : Uint32Array.from(rows[r], (row) => runs[r].items.counts[row]);
}

function sharedYears(runs: readonly Run[], rows: Int32Array[]): Float64Array | undefined {
  for (const [r, { items }] of runs.entries()) {
    const { year } = items.columns;
    if (year?.kind === 'number') return Float64Array.from(rows[r], (row) => year.values[row]);
  }
  return undefined;
}

/** @param noun what the items are called */
function sharedOf(pair: Pair, noun: string): PairShared {
  const { matched } = sideOf(pair);
  const [{ items }] = pair.runs;
  const [rows] = matched.rows;
  return {
    ids: Array.from(rows, (row) => items.ids[row]),
    labels: Array.from(rows, (row) => items.labels[row]),
    counts: sharedCounts(pair.runs, matched.rows),
    years: sharedYears(pair.runs, matched.rows),
    matched: matchedInWords(
      pair.runs.map((run) => run.items),
      matched,
      noun,
    ),
  };
}

/** What the worker that compares two runs answers. A function takes the pair's address and a query. */
export const pairFunctions = {
  /** Reads and verifies both; `onProgress` hears of bytes. */
  async open(address: PairAddress, onProgress?: OnProgress): Promise<void> {
    await paired(address, onProgress);
  },
  async shared(address: PairAddress, { noun }: { noun: string }): Promise<PairShared> {
    return sharedOf(await paired(address), noun);
  },
  /** What they share, with the first figures. */
  async start(address: PairAddress, { noun }: { noun: string }): Promise<PairStart> {
    const pair = await paired(address);
    return { ...sharedOf(pair, noun), figures: await firstOf(pair) };
  },
  /** `onProgress` hears of items, those of both runs. */
  async exact(address: PairAddress, _query: object, onProgress?: OnProgress): Promise<PairExact> {
    return exactOf(await paired(address), onProgress);
  },
  async neighbours(address: PairAddress, { item }: { item: number }): Promise<PairNeighbours> {
    const side = sideOf(await paired(address));
    return pairNeighbours(side, { item, k: neighboursOf(side) });
  },
  /** @param component of A, from 1 */
  async components(
    address: PairAddress,
    query: { component: number; count: number },
  ): Promise<ComponentEnds> {
    const pair = await paired(address);
    const { components } = await firstOf(pair);
    return componentEnds(sideOf(pair), components, query);
  },
  /** Where both runs' maps put what they share. */
  async maps(address: PairAddress, { choice }: { choice: MapChoice }): Promise<PairMaps> {
    const pair = await paired(address);
    return pairMaps(pair.runs, sideOf(pair).matched, choice);
  },
  /** Of each run on its own items, whether or not it shares any. */
  async spectra(
    address: PairAddress,
    queries: { a: SpectrumQuery; b: SpectrumQuery },
  ): Promise<[Spectrum, Spectrum]> {
    const pair = await paired(address);
    // The first figures go before, where there are any.
    await firstOf(pair).catch(() => undefined);
    const [a, b] = pair.runs;
    return [spectrum(a, queries.a), spectrum(b, queries.b)];
  },
  /**
   * What seeds of the pair's configurations differ by; undefined where there are no two besides the pair.
   *
   * @param others folders of further seeds
   * @param onProgress hears of runs and pairs
   */
  async seeds(
    address: PairAddress,
    { others }: { others: readonly string[] },
    onProgress?: OnProgress,
  ): Promise<SeedSpread | undefined> {
    const pair = await paired(address);
    const side = sideOf(pair);
    const further = await Promise.all(others.map((url) => readRun(urlSource(url))));
    return seedSpread(pair.runs, further, side.matched.rows[0], {
      ...{ k: neighboursOf(side), seed: SEED },
      ...{ team: browserTeam(), onProgress },
    });
  },
};

export type PairFunctions = typeof pairFunctions;
