import type { ItemFilter } from '../../../../lib/analysis/types.ts';
import { readFilter, writeFilter } from '../../../../lib/ui/filter/filter.ts';
import { Params } from '../../../../lib/ui/filter/params.ts';
import {
  readPicture,
  writePicture,
  type PictureState,
} from '../../../../lib/ui/scatter/pictureState.ts';

/** All that can be set on the bias page. */
export interface BiasState extends PictureState {
  /** Length of the lists. */
  count: number;
  /** Only this many of the most rated are ranked. */
  items: number;
  filter: ItemFilter;
}

export const longestList = 100;
const lessonItems = 2000;

/** The state that an address asks for; what it cannot have is moved or left out, and said. */
export function readState(
  search: URLSearchParams,
  { total, noun }: { total: number; noun: string },
): { state: BiasState; notices: string[] } {
  const params = new Params(search);
  const state: BiasState = {
    count: params.whole('count', 10, 1, longestList),
    items: params.whole(
      'items',
      Math.min(lessonItems, total),
      Math.min(1, total),
      total,
      (asked, used) =>
        asked > used
          ? `${asked} ${noun} were asked for, but this run has ${used}: all of them are used.`
          : `items=${asked} is too few; ${used} is used.`,
    ),
    filter: readFilter(params),
    ...readPicture(params),
  };
  return { state, notices: params.notices };
}

/** The address's parameters for a state, without what `readState` takes for granted. */
export function writeState(state: BiasState, { total }: { total: number }): URLSearchParams {
  const search = new URLSearchParams();
  if (state.count !== 10) search.set('count', String(state.count));
  if (state.items !== Math.min(lessonItems, total)) search.set('items', String(state.items));
  writeFilter(search, state.filter);
  writePicture(search, state);
  return search;
}
