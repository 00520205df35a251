import type { Metric } from '../../analysis/types.ts';
import { Params } from '../filter/params.ts';

/** All that can be set on the neighbours page, but for the item and the run beside. */
export interface NeighboursState {
  metric: Metric;
  count: number;
}

export const longestList = 200;

/** The state that an address asks for; what it cannot have is moved or left out, and said. */
export function readState(
  search: URLSearchParams,
  { total, noun }: { total: number; noun: string },
): { state: NeighboursState; notices: string[] } {
  const params = new Params(search);
  const most = Math.max(1, Math.min(longestList, total - 1));
  const state: NeighboursState = {
    metric: params.choice('metric', ['cosine', 'dot', 'euclidean']),
    count: params.whole('count', Math.min(20, most), 1, most, (asked, used) =>
      asked > used && most < longestList
        ? `${asked} neighbours were asked for, but this run has ${used} other ${noun}: all of them are shown.`
        : `count=${asked} is not in 1 to ${most}; ${used} is used.`,
    ),
  };
  return { state, notices: params.notices };
}
