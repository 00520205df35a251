import type { Params } from '../filter/params.ts';
import { parseZoom, writeZoom, type ZoomedTo } from './view.ts';

/** How a picture is looked at, as an address keeps it. */
export interface PictureState {
  colour: 'none' | 'genre';
  /** Categories that the legend hides. */
  hide: string[];
  zoom?: ZoomedTo;
}

/** `colour`, `hide` (any number of times) and `view` of an address. */
export function readPicture(params: Params): PictureState {
  const colour = params.choice('colour', ['none', 'genre']);
  const hide = [...new Set(params.search.getAll('hide').filter(Boolean))];
  const text = params.search.get('view');
  const zoom = parseZoom(text);
  if (text !== null && !zoom) {
    params.notices.push(`view=${text} is not a zoom (factor,x,y); the whole picture is shown.`);
  }
  return zoom ? { colour, hide, zoom } : { colour, hide };
}

export function writePicture(search: URLSearchParams, state: PictureState): void {
  if (state.colour !== 'none') search.set('colour', state.colour);
  for (const name of state.hide) search.append('hide', name);
  if (state.zoom) search.set('view', writeZoom(state.zoom));
}
