import { matrix, row as rowOf } from '../math/matrix.ts';
import { overlap } from '../math/overlap.ts';
import type { Run } from '../run/types.ts';
import { neighbourTable } from './compare.ts';
import { checkShared, matchItems, type MatchedItems } from './matchItems.ts';
import { pairMaps, type MapChoice, type PairMaps } from './pair.ts';

/** The maps of two runs, and which rows the shared items are. */
export interface SharedMaps extends PairMaps {
  /** Per run the row of each shared item, of those too that a map does not place. */
  rows: [Int32Array, Int32Array];
}

/**
 * Where two runs' maps put what they share, without a look at the vectors' components.
 *
 * @throws InputError when too few items are shared, or a run's items do not vary
 */
export function sharedMaps([a, b]: readonly [Run, Run], choice: MapChoice): SharedMaps {
  const matched = matchedPair(a, b);
  const [inA, inB] = matched.rows;
  return { ...pairMaps([a, b], { matched }, choice), rows: [inA, inB] };
}

/** Neighbours that an overlap is over, or half of the others where few items are shared. */
const NEIGHBOURS = 10;

/**
 * Jaccard overlap of each shared item's nearest in two runs, by cosine.
 *
 * @param onProgress hears of items, those of both runs
 * @throws InputError when too few items are shared
 */
export async function sharedOverlap(
  runs: readonly [Run, Run],
  onProgress?: (done: number, total: number) => void,
): Promise<Float64Array> {
  const { rows } = matchedPair(...runs);
  const n = rows[0].length;
  const k = Math.max(1, Math.min(NEIGHBOURS, Math.floor((n - 1) / 2)));
  const table = (r: number) => {
    const all = runs[r].items.vectors;
    const vectors = matrix(n, all.columns);
    rows[r].forEach((row, i) => vectors.data.set(rowOf(all, row), i * all.columns));
    return neighbourTable(vectors, { k }, (share) =>
      onProgress?.(Math.round((r + share) * n), 2 * n),
    );
  };
  return overlap(await table(0), await table(1)).jaccard;
}

function matchedPair(a: Run, b: Run): MatchedItems {
  const matched = matchItems([a.items, b.items], undefined, a.manifest.kind === b.manifest.kind);
  checkShared(matched, 1);
  return matched;
}
