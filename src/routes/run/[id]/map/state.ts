import { Params } from '../../../../lib/ui/filter/params.ts';
import { parseArea, writeArea, type Area } from '../../../../lib/ui/map/area.ts';
import { parseZoom, writeZoom, type ZoomedTo } from '../../../../lib/ui/scatter/view.ts';

/** All that can be set on the map page, but for a t-SNE that is running. */
export interface MapState {
  /** The name of the map that is shown. */
  map: string;
  /** What points are coloured by; left out, the page chooses. */
  colour?: string;
  clusters: number;
  /** Legend entries that are hidden. */
  hide: string[];
  zoom?: ZoomedTo;
  /** Id of the item that is looked at. */
  word?: string;
  /** The outline of the selection, and the map that it was drawn on. */
  area?: { map: string; outline: Area };
}

export const mostClusters = 8;

/**
 * The state that an address asks for; what it cannot have is left out, and said.
 *
 * @param maps names of the maps that there are, the usual one first
 */
export function readState(
  search: URLSearchParams,
  maps: readonly string[],
): { state: MapState; notices: string[] } {
  const params = new Params(search);
  const { notices } = params;
  const state: MapState = {
    map: params.choice('map', [maps[0], ...maps.slice(1)]),
    clusters: params.whole('clusters', mostClusters, 2, mostClusters),
    hide: [...new Set(search.getAll('hide').filter(Boolean))],
  };
  const colour = search.get('colour');
  if (colour) state.colour = colour;
  const view = search.get('view');
  if (view !== null) {
    state.zoom = parseZoom(view);
    if (!state.zoom) {
      notices.push(`view=${view} is not a zoom (factor,x,y); the whole map is shown.`);
      delete state.zoom;
    }
  }
  const word = search.get('word');
  if (word) state.word = word;
  const area = search.get('area');
  if (area !== null) {
    const outline = parseArea(area);
    const on = search.get('on') ?? state.map;
    if (outline && maps.includes(on)) state.area = { map: on, outline };
    else
      notices.push(
        'The selection in this address is not an outline on a map; nothing is selected.',
      );
  }
  return { state, notices };
}

/** The address's parameters for a state, without what `readState` takes for granted. */
export function writeState(state: MapState, maps: readonly string[]): URLSearchParams {
  const search = new URLSearchParams();
  if (state.map !== maps[0]) search.set('map', state.map);
  if (state.colour) search.set('colour', state.colour);
  if (state.clusters !== mostClusters) search.set('clusters', String(state.clusters));
  for (const name of state.hide) search.append('hide', name);
  if (state.word) search.set('word', state.word);
  if (state.area) {
    search.set('area', writeArea(state.area.outline));
    if (state.area.map !== state.map) search.set('on', state.area.map);
  }
  if (state.zoom) search.set('view', writeZoom(state.zoom));
  return search;
}
