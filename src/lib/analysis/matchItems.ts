import { InputError } from '../errors.ts';
import type { Items } from '../run/types.ts';

/** Items that several runs share. */
export interface MatchedItems {
  /** One list of rows a run, equally long: position i is the same item in all of them. */
  rows: Int32Array[];
  /** How many were matched by id in every run, and how many by label in one at least. */
  byId: number;
  byLabel: number;
  /** One list of rows a run: those that another run does not have, by rising row. */
  unmatched: Int32Array[];
  /** Items left unmatched because their label stands for several. */
  ambiguous: number;
  /** Shared items left out because a run has zeros for a vector, which has no direction. */
  withoutDirection: number;
  /** Shared items left out because only so many were asked for. */
  beyondLimit: number;
}

/**
 * The items that all runs have: by id, and what is left over by label, where that label is one item's alone on both
 * sides. Ids that mostly stand for other labels are row numbers or the like, and are not looked at.
 *
 * Most counted first, so far as runs agree: by the sum of the rows, which are sorted by count in each run.
 *
 * @param limit only so many
 * @param byIds false where ids are of different worlds, as those of movies and of words are
 */
export function matchItems(runs: readonly Items[], limit = Infinity, byIds = true): MatchedItems {
  const [first, ...others] = runs;
  const pairings = others.map((other) => pairUp(first, other, byIds));
  const all: { rows: number[]; sum: number }[] = [];
  const found = runs.map(({ ids }) => new Uint8Array(ids.length));
  for (let row = 0; row < first.ids.length; row++) {
    if (pairings.some(({ partner }) => partner[row] < 0)) continue;
    const rows = [row, ...pairings.map(({ partner }) => partner[row])];
    let sum = 0;
    rows.forEach((one, r) => {
      sum += one;
      found[r][one] = 1;
    });
    all.push({ rows, sum });
  }
  const used = all.filter(({ rows }) => rows.every((one, r) => hasDirection(runs[r], one)));
  used.sort((a, b) => a.sum - b.sum || (first.ids[a.rows[0]] < first.ids[b.rows[0]] ? -1 : 1));
  const kept = used.length > limit ? used.slice(0, limit) : used;
  const byId = kept.filter(({ rows }) => pairings.every(({ id }) => id[rows[0]] === 1)).length;
  return {
    rows: runs.map((_, r) => {
      const result = new Int32Array(kept.length);
      kept.forEach(({ rows }, i) => (result[i] = rows[r]));
      return result;
    }),
    byId,
    byLabel: kept.length - byId,
    unmatched: found.map(rowsWithout),
    ambiguous: pairings.reduce((sum, { ambiguous }) => sum + ambiguous, 0),
    withoutDirection: all.length - used.length,
    beyondLimit: used.length - kept.length,
  };
}

/** The rows that are not marked, rising. */
function rowsWithout(marks: Uint8Array): Int32Array {
  const rows: number[] = [];
  marks.forEach((mark, row) => {
    if (mark === 0) rows.push(row);
  });
  return Int32Array.from(rows);
}

interface Pairing {
  /** Per row of the first run its row in the other, or −1. */
  partner: Int32Array;
  /** 1 where the pair was made by id. */
  id: Uint8Array;
  ambiguous: number;
}

function pairUp(a: Items, b: Items, byIds: boolean): Pairing {
  const partner = new Int32Array(a.ids.length).fill(-1);
  const id = new Uint8Array(a.ids.length);
  const taken = new Uint8Array(b.ids.length);
  const rowById = new Map<string, number>();
  if (byIds) b.ids.forEach((name, row) => rowById.set(name, row));
  if (byIds && idsAgree(a, b, rowById)) {
    a.ids.forEach((name, row) => {
      const other = rowById.get(name);
      if (other === undefined) return;
      partner[row] = other;
      id[row] = 1;
      taken[other] = 1;
    });
  }
  const left = byLabel(a, (row) => partner[row] < 0);
  const right = left.size === 0 ? left : byLabel(b, (row) => taken[row] === 0);
  let ambiguous = 0;
  for (const [label, rows] of left) {
    const others = right.get(label);
    if (!others) continue;
    if (rows.length === 1 && others.length === 1) partner[rows[0]] = others[0];
    else ambiguous += rows.length;
  }
  return { partner, id, ambiguous };
}

/**
 * Whether ids that both have mean the same: half of them have one label in both, or labels match no more.
 *
 * @param rowById of `b`
 */
function idsAgree(a: Items, b: Items, rowById: Map<string, number>): boolean {
  let [same, other] = [0, 0];
  a.ids.forEach((name, row) => {
    const found = rowById.get(name);
    if (found === undefined) return;
    const [mine, theirs] = [a.labels[row], b.labels[found]];
    if (mine === theirs || fold(mine) === fold(theirs)) same++;
    else other++;
  });
  if (same >= other) return true;
  const labels = new Set(b.labels.map(fold));
  return a.labels.filter((label) => labels.has(fold(label))).length <= same;
}

function byLabel({ labels }: Items, wanted: (row: number) => boolean): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  labels.forEach((label, row) => {
    if (!wanted(row)) return;
    const key = fold(label);
    const known = rows.get(key);
    if (known) known.push(row);
    else rows.set(key, [row]);
  });
  return rows;
}

const fold = (label: string): string => label.normalize('NFC').trim();

function hasDirection({ vectors: { data, columns } }: Items, row: number): boolean {
  for (let at = row * columns; at < (row + 1) * columns; at++) if (data[at] !== 0) return true;
  return false;
}

/** Fewer items than this cannot be compared: the unbiased CKA is not defined. */
const LEAST = 4;

/**
 * @throws InputError when too few items are shared to compare, or fewer than `k` others
 */
export function checkShared(
  { rows: [{ length: shared }], withoutDirection }: MatchedItems,
  k: number,
): void {
  const left =
    withoutDirection > 0 ? ` (${withoutDirection} more have a vector of zeros in one of them)` : '';
  if (shared === 0) {
    throw new InputError(
      `the runs share no item${left}: neither an id nor a label of one is in the other; compare runs of the same items`,
    );
  }
  if (shared < LEAST) {
    const items = shared === 1 ? 'only 1 item' : `only ${shared} items`;
    throw new InputError(
      `the runs share ${items}${left}, and a comparison needs ${LEAST} at least; compare runs of the same items`,
    );
  }
  if (k > shared - 1) {
    throw new InputError(
      `k is ${k}, but with ${shared} shared items each has only ${shared - 1} others; take a k from 1 to ${shared - 1}`,
    );
  }
}
