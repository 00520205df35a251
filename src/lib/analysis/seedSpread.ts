import { kernelProducts } from '../kernels/products.ts';
import type { TeamStarter } from '../kernels/team.ts';
import { rotationOf } from '../math/alignment.ts';
import { linearCkaOf } from '../math/cka.ts';
import { comparablePair } from '../math/comparable.ts';
import { type NeighbourTable, overlap } from '../math/overlap.ts';
import { random } from '../math/random.ts';
import { rsa } from '../math/rsa.ts';
import type { Run } from '../run/types.ts';
import { breathe, neighbourTable, part, type Part } from './compare.ts';
import { checkShared, matchItems } from './matchItems.ts';
import {
  measuredAgainst,
  seedGroups,
  seedPairs,
  stability,
  type AgainstSeeds,
  type PairOfFigures,
  type Stability,
} from './seeds.ts';

/** What two trainings of one configuration differ by, beside a pair of runs. */
export interface SeedSpread {
  /** Whether the two runs are themselves seeds of one configuration; the spread is then that of its other pairs. */
  areSeeds: boolean;
  /** Items that the two and all seeds have; every figure here is over these. */
  items: number;
  /** The pair in each figure. */
  against: AgainstSeeds[];
  /** Per shared item of the pair its overlap in the pair, and over pairs of seeds; NaN where a seed lacks it. */
  perItem: { own: Float64Array } & Stability;
}

export interface SeedSpreadOptions {
  k: number;
  seed: number;
  signal?: AbortSignal;
  /** Threads that look for neighbours. */
  team?: TeamStarter;
  onProgress?: (done: number, total: number) => void;
}

/**
 * The spread of seeds of the configurations of two runs, on the items that all have.
 *
 * @param others further seeds of the configuration of one or of both
 * @param rows of each shared item of the pair, its row in the first run: what `perItem` is of
 * @returns undefined where the runs have no pair of seeds beside the pair itself
 * @throws InputError when all together share too few items
 */
export async function seedSpread(
  pair: readonly [Run, Run],
  others: readonly Run[],
  rows: Int32Array,
  { k, seed, signal, team, onProgress }: SeedSpreadOptions,
): Promise<SeedSpread | undefined> {
  const runs = [...pair, ...others];
  const manifests = runs.map(({ manifest }) => manifest);
  const groups = oneOfEachSeed(seedGroups(manifests), runs);
  const all = runs.flatMap((_, a) => runs.slice(a + 1).map((_, at) => ({ a, b: a + 1 + at })));
  const own = groups.filter((group) => group.includes(0) || group.includes(1));
  const seeds = seedPairs(all, own, manifests);
  const areSeeds = seeds.some(({ a, b }) => a === 0 && b === 1);
  const baseline = seeds.filter(({ a, b }) => !(a === 0 && b === 1));
  if (baseline.length === 0) return undefined;

  const matched = matchItems(
    runs.map(({ items }) => items),
    undefined,
    new Set(manifests.map(({ kind }) => kind)).size === 1,
  );
  checkShared(matched, k);
  const parts = runs.map((run, r) => part(run, matched.rows[r], r));
  const total = runs.length + baseline.length + 1;
  const tables: NeighbourTable[] = [];
  for (const { vectors } of parts) {
    const at = tables.length;
    tables.push(
      await neighbourTable(vectors, { k, signal, team }, (share) =>
        onProgress?.(at + share, total),
      ),
    );
  }
  const figures = [];
  for (const { a, b } of [{ a: 0, b: 1 }, ...baseline]) {
    onProgress?.(runs.length + figures.length, total);
    await breathe(signal);
    figures.push(figuresOf(parts[a], parts[b], [tables[a], tables[b]], seed));
  }
  onProgress?.(total, total);
  const [first, ...between] = figures;
  return {
    areSeeds,
    items: matched.rows[0].length,
    against: measuredAgainst(first, between),
    perItem: onRows({ own: first.perItem.overlap, ...stability(between) }, matched.rows[0], rows),
  };
}

/** Of runs with one seed the first: a run beside itself is no second training. */
function oneOfEachSeed(groups: readonly number[][], runs: readonly Run[]): number[][] {
  return groups.map((group) => {
    const seen = new Set<number>();
    return group.filter((r) => {
      const { seed } = runs[r].manifest.model;
      if (seen.has(seed)) return false;
      seen.add(seed);
      return true;
    });
  });
}

function figuresOf(
  a: Part,
  b: Part,
  tables: readonly [NeighbourTable, NeighbourTable],
  seed: number,
): PairOfFigures & { perItem: { overlap: Float64Array } } {
  const { jaccard } = overlap(...tables);
  const both = comparablePair(a.comparable, b.comparable, kernelProducts);
  const { scaled } = rotationOf(both);
  return {
    overlap: { mean: jaccard.reduce((sum, value) => sum + value, 0) / jaccard.length },
    cka: linearCkaOf(both),
    rsa: rsa(a.vectors, b.vectors, random(seed)),
    procrustes: { scaled: scaled.residual },
    perItem: { overlap: jaccard },
  };
}

/** Lists over items in the order of other rows; NaN where a row is not among those that they are of. */
function onRows<Lists extends Record<string, Float64Array>>(
  lists: Lists,
  from: Int32Array,
  to: Int32Array,
): Lists {
  const places = new Map(Array.from(from, (row, at) => [row, at]));
  return Object.fromEntries(
    Object.entries(lists).map(([name, values]) => [
      name,
      Float64Array.from(to, (row) => values[places.get(row) ?? -1] ?? NaN),
    ]),
  ) as Lists;
}
