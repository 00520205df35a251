/** Items on one page of the list. */
export const PAGE = 20;

/** Which of the shared items are listed, and how. */
export interface ChangedState {
  /** In the label, wherever; case and accents do not count. */
  find: string;
  minimumCount: number;
  stableFirst: boolean;
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
    stableFirst: query.get('order') === 'stable',
    page: whole('page', 1),
  };
}

const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** Shared items that pass, in the order in which they are listed. */
export function listed(
  { find, minimumCount, stableFirst }: ChangedState,
  { order, labels, counts }: { order: Int32Array; labels: string[]; counts?: Uint32Array },
): Int32Array {
  const wanted = folded(find);
  const passed = order.filter(
    (item) =>
      (!counts || counts[item] >= minimumCount) &&
      (wanted === '' || folded(labels[item]).includes(wanted)),
  );
  return stableFirst ? passed.reverse() : passed;
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
