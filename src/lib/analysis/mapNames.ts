import type { MapInfo } from '../run/types.ts';

/** The map that every run can have without one being stored: its two strongest components. */
export const computedMap = 'pca';

/** The maps that one can look at: the run's own, then the one that is computed. */
export function mapNames({ maps }: { maps: readonly Pick<MapInfo, 'name'>[] }): string[] {
  const own = maps.map(({ name }) => name);
  return own.includes(computedMap) ? own : [...own, computedMap];
}
