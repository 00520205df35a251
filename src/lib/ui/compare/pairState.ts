import type { MapChoice } from '../../analysis/pair.ts';
import type { QueryChanges } from '../frame/query.ts';
import { parseZoom, writeZoom, type ZoomedTo } from '../scatter/view.ts';

/** All that can be set on the maps of a pair, but for the item that is looked at. */
export interface PairState {
  /** Both maps side by side, or one that moves from A to B. */
  view: 'both' | 'move';
  /** How far the moving map is from A (0) to B (1). */
  at: number;
  /** The runs' own maps, or their two strongest components. */
  choice: MapChoice;
  zoom?: ZoomedTo;
  /** Legend entries that are hidden. */
  hide: string[];
}

/** The state that an address asks for; what is not to be understood is left out. */
export function readPairState(search: URLSearchParams): PairState {
  const text = search.get('at');
  const at = text === null || text.trim() === '' ? 0 : Number(text);
  const zoom = parseZoom(search.get('zoom'));
  return {
    view: search.get('maps') === 'move' ? 'move' : 'both',
    at: at >= 0 && at <= 1 ? at : 0,
    choice: search.get('map') === 'pca' ? 'pca' : 'own',
    ...(zoom && { zoom }),
    hide: [...new Set(search.getAll('hide').filter(Boolean))],
  };
}

/** What changes in the address with a part of the state; what is usual is not written. */
export function pairQuery(changed: Partial<PairState>): QueryChanges {
  const query: QueryChanges = {};
  if ('view' in changed) query.maps = changed.view === 'move' ? 'move' : undefined;
  if (changed.at !== undefined)
    query.at = changed.at > 0 ? Number(changed.at.toFixed(3)) : undefined;
  if ('choice' in changed) query.map = changed.choice === 'pca' ? 'pca' : undefined;
  if ('zoom' in changed) query.zoom = changed.zoom && writeZoom(changed.zoom);
  if (changed.hide) query.hide = changed.hide;
  return query;
}
