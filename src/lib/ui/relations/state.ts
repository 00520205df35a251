import { Params } from '../filter/params.ts';
import { parseZoom, type ZoomedTo } from '../scatter/view.ts';

export const longestList = 100;
/** More points than these are ranked, but not drawn. */
export const mostDrawn = 20_000;

export type Rules = 'both' | 'add' | 'mul';

/** All that can be set on the page of analogies; items by id, undefined where none is chosen. */
export interface AnalogyState {
  a?: string;
  b?: string;
  c?: string;
  rule: Rules;
  count: number;
}

/** The state that an address asks for; what it cannot have is moved or left out, and said. */
export function readAnalogy(search: URLSearchParams): { state: AnalogyState; notices: string[] } {
  const params = new Params(search);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => search.get(name) || undefined);
  const state: AnalogyState = {
    a,
    b,
    c,
    rule: params.choice('rule', ['both', 'add', 'mul']),
    count: params.whole('count', 10, 1, longestList),
  };
  return { state, notices: params.notices };
}

/** All that can be set on the page of lines; items by id. */
export interface LineState {
  from?: string;
  to?: string;
  count: number;
  /** Only this many of the most frequent are ranked. */
  items: number;
  zoom?: ZoomedTo;
}

/** The state that an address asks for; what it cannot have is moved or left out, and said. */
export function readLine(
  search: URLSearchParams,
  { total, noun }: { total: number; noun: string },
): { state: LineState; notices: string[] } {
  const params = new Params(search);
  const text = search.get('view');
  const zoom = parseZoom(text);
  if (text !== null && !zoom) {
    params.notices.push(`view=${text} is not a zoom (factor,x,y); the whole picture is shown.`);
  }
  const [from, to] = ['from', 'to'].map((name) => search.get(name) || undefined);
  const state: LineState = {
    from,
    to,
    count: params.whole('count', 15, 1, longestList),
    items: params.whole(
      'items',
      Math.min(mostDrawn, total),
      Math.min(1, total),
      total,
      (asked, used) =>
        asked > used
          ? `${asked} ${noun} were asked for, but this run has ${used}: all of them are used.`
          : `items=${asked} is too few; ${used} is used.`,
    ),
    zoom,
  };
  return { state, notices: params.notices };
}
