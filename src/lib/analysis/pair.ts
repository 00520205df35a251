import { neighbourGraph } from '../kernels/neighbourGraph.ts';
import { kernelProducts } from '../kernels/products.ts';
import type { TeamStarter } from '../kernels/team.ts';
import { rotationOf } from '../math/alignment.ts';
import { matchComponents, type MatchedComponent } from '../math/assignment.ts';
import { bootstrapMean } from '../math/bootstrap.ts';
import { linearCkaOf } from '../math/cka.ts';
import { comparablePair } from '../math/comparable.ts';
import { cosineOfRows, inverseLengths } from '../math/cosines.ts';
import type { Matrix } from '../math/matrix.ts';
import { lowest } from '../math/neighbours.ts';
import { chanceOverlap, overlap, type NeighbourTable } from '../math/overlap.ts';
import { column } from '../math/pca.ts';
import { random } from '../math/random.ts';
import { rsa, type Rsa } from '../math/rsa.ts';
import type { Run } from '../run/types.ts';
import {
  comparedBiases,
  comparePair,
  neighbourTable,
  part,
  type PairComparison,
  type Part,
} from './compare.ts';
import { checkWhole } from './item.ts';
import { checkShared, matchItems, type MatchedItems } from './matchItems.ts';

/** Items whose neighbours are looked up for a first answer. */
const SAMPLE = 500;
/** Pairs that a first answer's RSA is over. */
const SAMPLE_PAIRS = 20_000;

/** Two runs laid side by side: row i of both parts is shared item i. */
export interface SideBySide {
  matched: MatchedItems;
  parts: [Part, Part];
}

/**
 * @throws InputError when too few items are shared, or a run does not vary on them
 */
export function sideBySide([a, b]: readonly [Run, Run], k: number): SideBySide {
  checkWhole('k', k, 1);
  const matched = matchItems([a.items, b.items], undefined, a.manifest.kind === b.manifest.kind);
  checkShared(matched, k);
  return { matched, parts: [part(a, matched.rows[0], 0), part(b, matched.rows[1], 1)] };
}

/** The overall figures of a pair, as far as they are there at once. */
export interface FirstFigures {
  overlap: Omit<PairComparison['overlap'], 'rankBiased'> & {
    /** Items that it is the mean over, drawn from the shared ones. */
    items: number;
  };
  cka: number;
  rsa: Rsa;
  procrustes: PairComparison['procrustes'];
  bias?: PairComparison['bias'];
  components: MatchedComponent[];
  /** Per run the share of the variance along each of its components. */
  spectra: [Float64Array, Float64Array];
  /** Items that the components are fitted on: the first so many. */
  fitted: number;
}

/**
 * A first answer in a fraction of a second: the overlap of a few hundred items that are drawn, RSA over fewer pairs,
 * each with what that leaves open; the other figures are those of `comparePair`.
 */
export async function firstFigures(
  { parts: [a, b] }: SideBySide,
  { k, seed }: { k: number; seed: number },
): Promise<FirstFigures> {
  const n = a.vectors.rows;
  const drawn = random(seed)
    .shuffle(Int32Array.from({ length: n }, (_, i) => i))
    .slice(0, SAMPLE);
  const [inA, inB] = [
    await neighboursOf(a.vectors, drawn, k),
    await neighboursOf(b.vectors, drawn, k),
  ];
  const { jaccard } = overlap(inA, inB);
  const both = comparablePair(a.comparable, b.comparable, kernelProducts);
  const { scaled, unscaled } = rotationOf(both);
  return {
    overlap: {
      k,
      ...bootstrapMean(jaccard, random(seed)),
      chance: chanceOverlap(n, k),
      items: drawn.length,
    },
    cka: linearCkaOf(both),
    rsa: rsa(a.vectors, b.vectors, random(seed), SAMPLE_PAIRS),
    procrustes: { scaled: scaled.residual, unscaled: unscaled.residual },
    ...comparedBiases(a, b),
    components: matchComponents(a.components.scores, b.components.scores, kernelProducts),
    spectra: [
      a.components.explainedVarianceRatio.slice(),
      b.components.explainedVarianceRatio.slice(),
    ],
    fitted: a.components.scores.rows,
  };
}

/** What takes longer than a first answer: every figure, over every item. */
export type ExactFigures = Omit<PairComparison, 'a' | 'b'>;

/**
 * The figures of `comparePair`.
 *
 * @param onProgress hears of items, those of both runs
 */
export async function exactFigures(
  { parts: [a, b] }: SideBySide,
  {
    k,
    seed,
    team,
    onProgress,
  }: {
    k: number;
    seed: number;
    /** Threads that look for neighbours. */
    team?: TeamStarter;
    onProgress?: (done: number, total: number) => void;
  },
): Promise<ExactFigures> {
  const n = a.vectors.rows;
  const report = (run: number) => (share: number) =>
    onProgress?.(Math.round((run + share) * n), 2 * n);
  const tableA = await neighbourTable(a.vectors, { k, team }, report(0));
  const tableB = await neighbourTable(b.vectors, { k, team }, report(1));
  return comparePair(a, b, tableA, tableB, seed);
}

/** The `k` nearest of some rows among all, by cosine. */
async function neighboursOf(m: Matrix, of: Int32Array, k: number): Promise<NeighbourTable> {
  const { rows } = await neighbourGraph(m, k, 'cosine', { of });
  return { rows, n: of.length, k, among: m.rows };
}

/** One of an item's nearest in one run. */
export interface PairNeighbour {
  /** Shared item. */
  item: number;
  /** Cosine. */
  similarity: number;
  /** Its rank among all shared items in the other run, from 1. */
  elsewhere: number;
}

/** An item's nearest in either run, among the shared items. */
export interface PairNeighbours {
  item: number;
  a: PairNeighbour[];
  b: PairNeighbour[];
  /** How many are in both lists. */
  shared: number;
}

/**
 * @throws InputError when there is no such item, or k is out of range
 */
export function pairNeighbours(
  { parts: [a, b] }: SideBySide,
  { item, k }: { item: number; k: number },
): PairNeighbours {
  const n = a.vectors.rows;
  checkWhole('item', item, 0, n - 1);
  checkWhole('k', k, 1, n - 1);
  const [inA, inB] = [cosinesTo(a.vectors, item), cosinesTo(b.vectors, item)];
  const list = (own: Float64Array, other: Float64Array) =>
    Array.from(nearestBy(own, item, k), (row) => ({
      item: row,
      similarity: own[row],
      elsewhere: rankOf(other, row, item),
    }));
  const lists = { a: list(inA, inB), b: list(inB, inA) };
  const shared = lists.a.filter(({ elsewhere }) => elsewhere <= k).length;
  return { item, ...lists, shared };
}

const nearestBy = (values: Float64Array, item: number, k: number) =>
  lowest(
    values.map((value) => -value),
    k,
    item,
  );

function cosinesTo(m: Matrix, item: number): Float64Array {
  const inverses = inverseLengths(m);
  return Float64Array.from({ length: m.rows }, (_, i) => cosineOfRows(m, inverses, item, i));
}

/** From 1; of equals the lower row comes first, and the item itself does not count. */
function rankOf(values: Float64Array, row: number, item: number): number {
  let rank = 1;
  for (let i = 0; i < values.length; i++) {
    if (i === item || i === row) continue;
    if (values[i] > values[row] || (values[i] === values[row] && i < row)) rank++;
  }
  return rank;
}

/** The items at both ends of a component of A and of the one of B that it is. */
export interface ComponentEnds {
  a: number;
  b: number;
  correlation: number;
  /** Shared items, the farthest first; B's ends change places where the correlation is negative. */
  top: { a: ComponentItem[]; b: ComponentItem[] };
  bottom: { a: ComponentItem[]; b: ComponentItem[] };
}

export interface ComponentItem {
  item: number;
  /** In B with its sign turned where the correlation is negative. */
  score: number;
}

/**
 * @throws InputError when there is no such component
 */
export function componentEnds(
  { parts: [a, b] }: SideBySide,
  matches: readonly MatchedComponent[],
  { component, count }: { component: number; count: number },
): ComponentEnds {
  checkWhole('component', component, 1, a.components.scores.columns);
  const match = matches.find((one) => one.a === component - 1);
  if (!match) {
    // The wider run has components that no one of the narrower is.
    return {
      ...{ a: component - 1, b: -1, correlation: NaN },
      top: { a: ends(a, component - 1, 1, count, 1), b: [] },
      bottom: { a: ends(a, component - 1, 1, count, -1), b: [] },
    };
  }
  const sign = match.correlation < 0 ? -1 : 1;
  return {
    ...match,
    top: { a: ends(a, match.a, 1, count, 1), b: ends(b, match.b, sign, count, 1) },
    bottom: { a: ends(a, match.a, 1, count, -1), b: ends(b, match.b, sign, count, -1) },
  };
}

function ends(
  { components }: Part,
  component: number,
  sign: number,
  count: number,
  end: 1 | -1,
): ComponentItem[] {
  const scores = column(components.scores, component).map((score) => sign * score);
  const found = lowest(
    scores.map((score) => -end * score),
    Math.min(count, scores.length),
  );
  return Array.from(found, (item) => ({ item, score: scores[item] }));
}
