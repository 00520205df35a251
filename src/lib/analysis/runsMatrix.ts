import type { Dendrogram } from '../math/clustering.ts';
import type { Run } from '../run/types.ts';
import { treeOf, type RunsComparison } from './compare.ts';
import { matchedInWords } from './reading.ts';
import { figureOf } from './seeds.ts';

/** What a matrix of runs can show of a pair: 1 is the same in each. */
export const MEASURES = ['overlap', 'cka', 'rsa'] as const;
export type Measure = (typeof MEASURES)[number];

/** All pairs of several runs in one measure. */
export interface MeasuredPairs {
  /** Row by row, n × n and symmetric: run a against run b at a · n + b; 1 on the diagonal, NaN where not defined. */
  values: Float64Array;
  /** What chance gives. */
  chance: number;
  /** The least and the most of two different runs. */
  range: [number, number];
  tree: Dendrogram;
  /** Per group of seeds the least and the most of its pairs, in the order of `seeds`. */
  seedRanges: [number, number][];
}

export interface RunsMatrix {
  /** Items that all runs have and that are compared. */
  shared: number;
  k: number;
  /** How they were matched, and what was not. */
  matched: string[];
  /** Positions of runs that differ in their seed alone. */
  seeds: number[][];
  measures: Record<Measure, MeasuredPairs>;
}

/** What a matrix shows of a comparison of `runs`. */
export function runsMatrix(runs: readonly Run[], found: RunsComparison): RunsMatrix {
  const seeds = found.seeds?.groups ?? [];
  const measured = (measure: Measure) => measuredPairs(found, runs.length, measure, seeds);
  return {
    shared: found.ids.length,
    k: found.k,
    matched: matchedInWords(
      runs.map(({ items }) => items),
      found.matched,
    ),
    seeds,
    measures: { overlap: measured('overlap'), cka: measured('cka'), rsa: measured('rsa') },
  };
}

function measuredPairs(
  { pairs, seeds: seeded }: RunsComparison,
  n: number,
  measure: Measure,
  groups: number[][],
): MeasuredPairs {
  const values = new Float64Array(n * n).fill(1);
  for (const pair of pairs) {
    values[pair.a * n + pair.b] = values[pair.b * n + pair.a] = figureOf(pair, measure);
  }
  return {
    values,
    chance: measure === 'overlap' ? pairs[0].overlap.chance : 0,
    range: spread(pairs.map((pair) => figureOf(pair, measure))),
    tree: treeOf(pairs, n, measure),
    seedRanges: groups.map((group) =>
      spread(
        (seeded?.pairs ?? [])
          .filter(({ a }) => group.includes(a))
          .map((pair) => figureOf(pair, measure)),
      ),
    ),
  };
}

function spread(values: number[]): [number, number] {
  const known = values.filter((value) => !Number.isNaN(value));
  return [Math.min(...known), Math.max(...known)];
}
