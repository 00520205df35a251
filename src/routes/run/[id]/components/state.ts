import type { Convention, ItemFilter } from '../../../../lib/analysis/types.ts';
import { readFilter, writeFilter } from '../../../../lib/ui/filter/filter.ts';
import { Params } from '../../../../lib/ui/filter/params.ts';
import {
  readPicture,
  writePicture,
  type PictureState,
} from '../../../../lib/ui/scatter/pictureState.ts';

/** All that can be set on the components page. */
export interface ComponentsState extends PictureState {
  /** From 1. */
  component: number;
  /** Length of the two lists. */
  count: number;
  /** PCA is fitted on this many of the most rated. */
  items: number;
  convention: Convention;
  filter: ItemFilter;
  /** The components across and up in the scatter plot, from 1. */
  x: number;
  y: number;
  /** First and last place by popularity of the items in the scatter plot, from 1. */
  scatter: [from: number, to: number];
  /** Id of the item that is looked for. */
  find?: string;
}

/** What a run can offer. */
export interface Limits {
  dimensions: number;
  /** Items of the run. */
  total: number;
  noun: string;
}

export const longestList = 100;
const lessonItems = 2000;
const lessonRange: [number, number] = [50, 100];

const fits = (range: readonly [number, number], items: number): [number, number] =>
  range[1] <= items ? [range[0], range[1]] : [1, Math.min(items, 50)];

/** What is shown when nothing is asked for: the lesson's settings as far as the run goes. */
export function defaults({ dimensions, total }: Limits, items = lessonItems): ComponentsState {
  const used = Math.min(items, total);
  const components = Math.min(dimensions, used);
  return {
    component: 1,
    count: 10,
    items: Math.min(lessonItems, total),
    convention: 'scores',
    filter: {},
    x: 1,
    y: Math.min(3, components),
    scatter: fits(lessonRange, used),
    colour: 'none',
    hide: [],
  };
}

/** `50-100` as the first and last place, within 1 and `items`. */
function readRange(params: Params, fallback: [number, number], items: number): [number, number] {
  const text = params.search.get('scatter');
  if (text === null) return fallback;
  const match = /^(\d+)-(\d+)$/.exec(text.trim());
  const [from, to] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (!match || from < 1 || to < from) {
    params.notices.push(
      `scatter=${text} is not a range such as 50-100; ${fallback.join('-')} is used.`,
    );
    return fallback;
  }
  if (to > items) {
    const used: [number, number] = [Math.min(from, items), items];
    params.notices.push(
      `scatter=${text} goes beyond the ${items} in use; ${used.join('-')} is used.`,
    );
    return used;
  }
  return [from, to];
}

/** The state that an address asks for; what it cannot have is moved or left out, and said. */
export function readState(
  search: URLSearchParams,
  limits: Limits,
): { state: ComponentsState; notices: string[] } {
  const { dimensions, total, noun } = limits;
  const params = new Params(search);
  const items = params.whole(
    'items',
    Math.min(lessonItems, total),
    Math.min(2, total),
    total,
    (asked, used) =>
      asked > used
        ? `${asked} ${noun} were asked for, but this run has ${used}: all of them are used.`
        : `items=${asked} is too few to fit components on; ${used} are used.`,
  );
  const components = Math.min(dimensions, items);
  const preset = defaults(limits, items);
  const component = (name: string, fallback: number) =>
    params.whole(
      name,
      fallback,
      1,
      components,
      (asked, used) =>
        `${name}=${asked}: there are components 1 to ${components}; ${used} is shown.`,
    );
  const state: ComponentsState = {
    component: component('component', preset.component),
    count: params.whole('count', preset.count, 1, longestList),
    items,
    convention: params.choice('convention', ['scores', 'lesson']),
    filter: readFilter(params),
    x: component('x', preset.x),
    y: component('y', preset.y),
    scatter: readRange(params, preset.scatter, items),
    ...readPicture(params),
  };
  const find = search.get('find');
  if (find) state.find = find;
  return { state, notices: params.notices };
}

/** The address's parameters for a state, without what `readState` takes for granted. */
export function writeState(state: ComponentsState, limits: Limits): URLSearchParams {
  const search = new URLSearchParams();
  const preset = defaults(limits, state.items);
  for (const name of ['component', 'count', 'items', 'convention', 'x', 'y'] as const) {
    if (state[name] !== preset[name]) search.set(name, String(state[name]));
  }
  writeFilter(search, state.filter);
  if (state.scatter.join('-') !== preset.scatter.join('-')) {
    search.set('scatter', state.scatter.join('-'));
  }
  writePicture(search, state);
  if (state.find) search.set('find', state.find);
  return search;
}
