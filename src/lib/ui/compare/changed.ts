/** Items on one page of the list. */
export const PAGE = 20;

/**
 * From the most changed on or from the most stable; or by the overlap between seeds, from those that are an accident of
 * one training on, or from those that come back in every training.
 */
export const LIST_ORDERS = ['changed', 'stable', 'accident', 'steady'] as const;
export type ListOrder = (typeof LIST_ORDERS)[number];

/** Which of the shared items are listed, and how. */
export interface ChangedState {
  /** In the label, wherever; case and accents do not count. */
  find: string;
  minimumCount: number;
  order: ListOrder;
  /** From 1. */
  page: number;
}

/** The state that an address holds; what is not understood is as if it were missing. */
export function readChanged(query: URLSearchParams): ChangedState {
  const whole = (name: string, least: number) => {
    const text = query.get(name) ?? '';
    return /^\d{1,10}$/.test(text) ? Math.max(least, Number(text)) : least;
  };
  return {
    find: query.get('find') ?? '',
    minimumCount: whole('least', 0),
    order: LIST_ORDERS.find((name) => name === query.get('order')) ?? 'changed',
    page: whole('page', 1),
  };
}

const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/**
 * Shared items that pass, in the order in which they are listed.
 *
 * @param order from the most changed to the most stable
 * @param seeds of each item its mean overlap between seeds, where it is known; without it they stand by `order`
 */
export function listed(
  { find, minimumCount, order: wanted }: ChangedState,
  {
    order,
    labels,
    counts,
    seeds,
  }: { order: Int32Array; labels: string[]; counts?: Uint32Array; seeds?: Float64Array },
): Int32Array {
  const text = folded(find);
  const passed = order.filter(
    (item) =>
      (!counts || counts[item] >= minimumCount) &&
      (text === '' || folded(labels[item]).includes(text)),
  );
  if (wanted === 'stable' || (wanted === 'steady' && !seeds)) return passed.reverse();
  if (wanted === 'changed' || !seeds) return passed;
  // What no seed tells of comes last either way.
  const sign = wanted === 'accident' ? 1 : -1;
  const key = (item: number) => (Number.isNaN(seeds[item]) ? Infinity : sign * seeds[item]);
  return passed.sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
}

/** The items of a page, which is the last one when there are not as many. */
export function pageOf(
  items: Int32Array,
  wanted: number,
): { page: number; pages: number; items: Int32Array } {
  const pages = Math.max(1, Math.ceil(items.length / PAGE));
  const page = Math.min(pages, Math.max(1, wanted));
  return { page, pages, items: items.slice((page - 1) * PAGE, page * PAGE) };
}
