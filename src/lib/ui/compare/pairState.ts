import type { MapChoice } from '../../analysis/pairMaps.ts';
import type { QueryChanges } from '../frame/query.ts';
import { parseArea, writeArea, type Area } from '../map/area.ts';
import { parseZoom, writeZoom, type ZoomedTo } from '../scatter/view.ts';

/** What was drawn around, and on which map: A's at 0, B's at 1, or the one between them. */
export interface PairArea {
  at: number;
  outline: Area;
}

/** All that can be set on the maps of a pair, but for the item that is looked at. */
export interface PairState {
  /** Both maps side by side, or one that moves from A to B. */
  view: 'both' | 'move';
  /** How far the moving map is from A (0) to B (1). */
  at: number;
  /** The runs' own maps, or their two strongest components. */
  choice: MapChoice;
  zoom?: ZoomedTo;
  area?: PairArea;
  /** Legend entries that are hidden. */
  hide: string[];
}

/** The state that an address asks for; what is not to be understood is left out. */
export function readPairState(search: URLSearchParams): PairState {
  const zoom = parseZoom(search.get('zoom'));
  const area = readArea(search.get('area'));
  return {
    view: search.get('maps') === 'move' ? 'move' : 'both',
    at: readShare(search.get('at')) ?? 0,
    choice: search.get('map') === 'pca' ? 'pca' : 'own',
    ...(zoom && { zoom }),
    ...(area && { area }),
    hide: [...new Set(search.getAll('hide').filter(Boolean))],
  };
}

function readShare(text: string | null): number | undefined {
  const share = text === null || text.trim() === '' ? NaN : Number(text);
  return share >= 0 && share <= 1 ? share : undefined;
}

/** `0.25*-120.33_40.55_…`: how far from A to B, and the outline. */
function readArea(text: string | null): PairArea | undefined {
  const [share, corners] = (text ?? '').split('*');
  const at = readShare(share);
  const outline = parseArea(corners ?? '');
  return at === undefined || !outline ? undefined : { at, outline };
}

const writeShare = (share: number) => Number(share.toFixed(3));

/** What changes in the address with a part of the state; what is usual is not written. */
export function pairQuery(changed: Partial<PairState>): QueryChanges {
  const query: QueryChanges = {};
  if ('view' in changed) query.maps = changed.view === 'move' ? 'move' : undefined;
  if (changed.at !== undefined) query.at = changed.at > 0 ? writeShare(changed.at) : undefined;
  if ('choice' in changed) query.map = changed.choice === 'pca' ? 'pca' : undefined;
  if ('zoom' in changed) query.zoom = changed.zoom && writeZoom(changed.zoom);
  if ('area' in changed) {
    const { area } = changed;
    query.area = area && `${writeShare(area.at)}*${writeArea(area.outline)}`;
  }
  if (changed.hide) query.hide = changed.hide;
  return query;
}
