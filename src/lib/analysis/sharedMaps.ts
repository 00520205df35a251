import type { Run } from '../run/types.ts';
import { checkShared, matchItems } from './matchItems.ts';
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
  const matched = matchItems([a.items, b.items], undefined, a.manifest.kind === b.manifest.kind);
  checkShared(matched, 1);
  const [inA, inB] = matched.rows;
  return { ...pairMaps([a, b], { matched }, choice), rows: [inA, inB] };
}
