import { aligned, rotationOf } from '../math/alignment.ts';
import { comparableBoth } from '../math/comparable.ts';
import { matrix } from '../math/matrix.ts';
import type { Run } from '../run/types.ts';
import { placedMap } from './map.ts';
import { mapNames } from './mapNames.ts';
import type { MatchedItems } from './matchItems.ts';

/** Where two runs' maps put the shared items that both place. */
export interface PairMaps {
  /** Shared items, rising. */
  items: Int32Array;
  /** x and y of each in A's map at 2i and 2i + 1. */
  a: Float32Array;
  /** The same in B's map, turned (or mirrored) and moved on to A's, with the same spread. */
  b: Float32Array;
  /** Names of the two maps. */
  names: [string, string];
  /** Share of the squares of A's map that B's leaves: 0 the same map, 1 nothing in common. */
  residual: number;
}

/** Which maps: the run's own, or its two strongest components. */
export type MapChoice = 'own' | 'pca';

/**
 * The maps of two runs, B's laid on A's by an orthogonal Procrustes analysis of the points themselves. It is scaled to
 * the spread that A's has: the scale of least squares would shrink a map that has little in common to a dot.
 *
 * @throws InputError when a run's items do not vary
 */
export function pairMaps(
  [a, b]: readonly [Run, Run],
  { rows }: Pick<MatchedItems, 'rows'>,
  choice: MapChoice,
): PairMaps {
  const maps = [a, b].map((run) =>
    placedMap(run, { map: choice === 'pca' ? 'pca' : mapNames(run.manifest)[0] }),
  );
  const placed = (r: number, item: number) => rows[r][item] < maps[r].points.length / 2;
  const items = rows[0].map((_, item) => item).filter((item) => placed(0, item) && placed(1, item));
  const points = (r: number) => {
    const result = matrix(items.length, 2);
    items.forEach((item, i) => {
      const row = rows[r][item];
      result.data.set(maps[r].points.subarray(2 * row, 2 * row + 2), 2 * i);
    });
    return result;
  };
  const [inA, inB] = [points(0), points(1)];
  const names: [string, string] = [maps[0].name, maps[1].name];
  try {
    const both = comparableBoth(inB, inA);
    const fit = rotationOf(both);
    const laid = aligned(fit, inB, Math.sqrt(both.b.total / both.a.total));
    return { items, a: inA.data, b: laid.data, names, residual: fit.scaled.residual };
  } catch (error) {
    // One point, or all in one place: there is nothing to turn.
    if (!(error instanceof RangeError)) throw error;
    return { items, a: inA.data, b: inB.data, names, residual: NaN };
  }
}
