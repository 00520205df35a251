import type { Manifest } from '../run/types.ts';
import type { PairComparison } from './compare.ts';

/** What stands for a pair in a matrix, and what is measured against the spread of seeds. */
export const FIGURES = ['overlap', 'cka', 'rsa', 'procrustes'] as const;
export type Figure = (typeof FIGURES)[number];

/** What of a pair is measured against seeds. */
export interface PairOfFigures {
  overlap: Pick<PairComparison['overlap'], 'mean'>;
  cka: number;
  rsa: Pick<PairComparison['rsa'], 'correlation'>;
  procrustes: Pick<PairComparison['procrustes'], 'scaled'>;
}

/** A figure as one number; for Procrustes alone, less is nearer. */
export function figureOf(pair: PairOfFigures, figure: Figure): number {
  switch (figure) {
    case 'overlap':
      return pair.overlap.mean;
    case 'cka':
      return pair.cka;
    case 'rsa':
      return pair.rsa.correlation;
    case 'procrustes':
      return pair.procrustes.scaled;
  }
}

/** Where a pair stands among the pairs of seeds of one configuration. */
export type Standing = 'nearer' | 'within' | 'further';

export interface AgainstSeeds {
  figure: Figure;
  /** The least and the largest among pairs of seeds. */
  range: [number, number];
  /** Pairs of seeds. */
  pairs: number;
  /** `nearer` than any two seeds are, `further` than any two, or `within` their spread. */
  standing: Standing;
}

/**
 * Runs that differ in their seed alone, as positions in the list; only where there are two at least.
 * What makes a configuration is the model's name and hyperparameters, the dataset with its release and its file, and
 * the number of dimensions.
 */
export function seedGroups(manifests: readonly Manifest[]): number[][] {
  const groups = new Map<string, number[]>();
  manifests.forEach(({ kind, dimensions, dataset, model }, r) => {
    const key = JSON.stringify([
      kind,
      dimensions,
      dataset.name,
      dataset.release,
      dataset.sha256,
      model.name,
      Object.entries(model.hyperparameters).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), r]);
  });
  return [...groups.values()].filter(
    (group) => new Set(group.map((r) => manifests[r].model.seed)).size > 1,
  );
}

/** The pairs of seeds: two runs of one group with different seeds. */
export function seedPairs<Pair extends { a: number; b: number }>(
  pairs: readonly Pair[],
  groups: readonly number[][],
  manifests: readonly Manifest[],
): Pair[] {
  return pairs.filter(
    ({ a, b }) =>
      groups.some((group) => group.includes(a) && group.includes(b)) &&
      manifests[a].model.seed !== manifests[b].model.seed,
  );
}

/**
 * A pair of runs against the pairs of seeds of the configurations that it is of, in each figure; empty where none of
 * the two has seeds to be measured against, or the pair is itself one of seeds.
 */
export function againstSeeds(
  pair: PairComparison,
  seeds: readonly PairComparison[],
  groups: readonly number[][],
): AgainstSeeds[] {
  if (seeds.includes(pair)) return [];
  const own = groups.filter((group) => group.includes(pair.a) || group.includes(pair.b));
  return measuredAgainst(
    pair,
    seeds.filter(({ a }) => own.some((group) => group.includes(a))),
  );
}

/** A pair against others in each figure; empty where there are no others. */
export function measuredAgainst(
  pair: PairOfFigures,
  baseline: readonly PairOfFigures[],
): AgainstSeeds[] {
  if (baseline.length === 0) return [];
  return FIGURES.map((figure) => {
    const values = baseline.map((other) => figureOf(other, figure));
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const value = figureOf(pair, figure);
    const [below, above]: Standing[] =
      figure === 'procrustes' ? ['nearer', 'further'] : ['further', 'nearer'];
    return {
      figure,
      range: [least, most],
      pairs: values.length,
      standing: value < least ? below : value > most ? above : 'within',
    };
  });
}

/** Per item its neighbour overlap over pairs of runs. */
export interface Stability {
  mean: Float64Array;
  least: Float64Array;
  most: Float64Array;
}

/** How much each item's neighbours stay the same over pairs: a neighbourhood with a low mean is an accident of one training. */
export function stability(
  pairs: readonly { perItem: Pick<PairComparison['perItem'], 'overlap'> }[],
): Stability {
  const n = pairs[0].perItem.overlap.length;
  const over = (combine: (values: number[]) => number) =>
    Float64Array.from({ length: n }, (_, i) =>
      combine(pairs.map(({ perItem }) => perItem.overlap[i])),
    );
  return {
    mean: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    least: over((values) => Math.min(...values)),
    most: over((values) => Math.max(...values)),
  };
}
