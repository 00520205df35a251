import type { Dendrogram } from '../../../math/clustering.ts';

/** A join as drawn: from both branches across to where they meet. */
export interface Branch {
  /** The likeness at which they join: 1 less the mean distance. */
  likeness: number;
  /** Of the upper branch and of the lower one: its row, in rows from the top, and where it begins, from 0 to 1. */
  upper: { row: number; from: number };
  lower: { row: number; from: number };
  /** Where they meet; 1 is the last join. */
  at: number;
  /** The members of each, as positions in the list of runs. */
  members: [number[], number[]];
}

/**
 * The joins of a dendrogram as lines. A branch begins at 0, which stands for the likeness of the first join and a
 * little more, and the last join is at 1.
 */
export function branches({ joins, order }: Dendrogram): Branch[] {
  const n = order.length;
  if (n < 2) return [];
  const distances = joins.map(({ distance }) => distance);
  const [first, last] = [Math.min(...distances), Math.max(...distances)];
  const margin = last > first ? (last - first) * 0.15 : 1;
  const place = (distance: number) => (distance - first + margin) / (last - first + margin);
  const nodes = Array.from({ length: n }, (_, run) => ({
    row: order.indexOf(run) + 0.5,
    from: 0,
    members: [run],
  }));
  return joins.map(({ left, right, distance }) => {
    const pair = [nodes[left], nodes[right]].sort((a, b) => a.row - b.row);
    const [upper, lower] = pair;
    const at = place(distance);
    nodes.push({
      row: (upper.row + lower.row) / 2,
      from: at,
      members: [...upper.members, ...lower.members],
    });
    return {
      likeness: 1 - distance,
      upper: { row: upper.row, from: upper.from },
      lower: { row: lower.row, from: lower.from },
      at,
      members: [upper.members, lower.members],
    };
  });
}
