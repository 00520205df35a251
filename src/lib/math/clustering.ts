/** Two clusters joined. Clusters 0…n−1 are the single members, n + i is what the i-th join made. */
export interface Join {
  /** The lower-numbered cluster. */
  left: number;
  right: number;
  /** The mean distance of a member of one from a member of the other. */
  distance: number;
}

export interface Dendrogram {
  /** n − 1 joins, nearest first. */
  joins: Join[];
  /** The members from left to right, so that no two branches cross. */
  order: number[];
}

/**
 * Hierarchical clustering by average linkage (UPGMA, Sokal and Michener 1958), for the few runs that a person
 * compares: its cost is n³. Of equally near clusters the lower-numbered are joined.
 *
 * @param distances n × n, symmetric, finite
 */
export function averageLinkage(distances: readonly (readonly number[])[]): Dendrogram {
  const n = distances.length;
  const between = distances.map((row) => [...row]);
  const sizes = new Array<number>(n).fill(1);
  const members = Array.from({ length: n }, (_, i) => [i]);
  let open = Array.from({ length: n }, (_, i) => i);
  const joins: Join[] = [];
  while (open.length > 1) {
    let best: Join | undefined;
    for (const left of open) {
      for (const right of open) {
        if (right <= left) continue;
        const distance = between[left][right];
        if (!best || distance < best.distance) best = { left, right, distance };
      }
    }
    const { left, right } = best!;
    const made = n + joins.length;
    const [p, q] = [sizes[left], sizes[right]];
    between[made] = [];
    for (const other of open) {
      const mean = (p * between[left][other] + q * between[right][other]) / (p + q);
      between[made][other] = between[other][made] = mean;
    }
    sizes[made] = p + q;
    members[made] = [...members[left], ...members[right]];
    open = [...open.filter((cluster) => cluster !== left && cluster !== right), made];
    joins.push(best!);
  }
  return { joins, order: n === 0 ? [] : members[members.length - 1] };
}
