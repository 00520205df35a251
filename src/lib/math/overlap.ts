/** How fast a rank loses weight in rank-biased overlap: the value of its authors' examples. */
const PERSISTENCE = 0.9;

/** The nearest neighbours of all rows among each other. */
export interface NeighbourTable {
  /** n × k: the neighbours of row i from i·k on, nearest first, of equals the lower row; never i itself. */
  rows: Int32Array;
  n: number;
  k: number;
  /** Rows that the neighbours are of, where the table is not of all of them; `n` when left out. */
  among?: number;
}

/** How much the neighbours of each item are the same in two embeddings. */
export interface Overlap {
  /** n values in [0, 1]: Jaccard's |A ∩ B| / |A ∪ B| of the item's two sets of k neighbours. */
  jaccard: Float64Array;
  /** n values in [0, 1]: rank-biased overlap, in which agreement on the nearest counts most. */
  rankBiased: Float64Array;
}

/**
 * Per-item neighbour overlap of two embeddings.
 *
 * Jaccard 1912; rank-biased overlap by Webber, Moffat and Zobel 2010 (A similarity measure for indefinite rankings),
 * equation 32, extrapolated from k ranks with p = 0.9, so that equal lists have 1.
 *
 * @param a the neighbours in one embedding, `b` in the other; row i is the same item in both
 * @throws RangeError when the tables have not the same shape
 */
export function overlap(a: NeighbourTable, b: NeighbourTable): Overlap {
  const { n, k } = a;
  if (b.n !== n || b.k !== k || b.among !== a.among) {
    throw new RangeError(`the neighbours are ${n} × ${k} and ${b.n} × ${b.k} (expected one shape)`);
  }
  const jaccard = new Float64Array(n);
  const rankBiased = new Float64Array(n);
  // The rank, from 1, at which the item in hand has each row, and the item that it was noted for.
  const rank = new Int32Array(a.among ?? n);
  const notedFor = new Int32Array(a.among ?? n).fill(-1);
  const joins = new Int32Array(k + 1);
  for (let i = 0; i < n; i++) {
    joins.fill(0);
    for (let r = 0; r < k; r++) {
      const row = a.rows[i * k + r];
      rank[row] = r + 1;
      notedFor[row] = i;
    }
    let shared = 0;
    for (let r = 0; r < k; r++) {
      const row = b.rows[i * k + r];
      if (notedFor[row] !== i) continue;
      shared++;
      joins[Math.max(rank[row], r + 1)]++;
    }
    jaccard[i] = shared / (2 * k - shared);
    rankBiased[i] = extrapolated(joins, k);
  }
  return { jaccard, rankBiased };
}

/** @param joins how many rows come to be in both lists at each depth from 1 to k */
function extrapolated(joins: Int32Array, k: number): number {
  let together = 0;
  let weight = 1;
  let sum = 0;
  for (let depth = 1; depth <= k; depth++) {
    weight *= PERSISTENCE;
    together += joins[depth];
    sum += (together / depth) * weight;
  }
  return Math.min(1, (together / k) * weight + ((1 - PERSISTENCE) / PERSISTENCE) * sum);
}

/**
 * The Jaccard overlap that two sets of k neighbours among n − 1 others have by chance: the mean over the
 * hypergeometric distribution of how many they share.
 *
 * @throws RangeError when k is not in 1…n−1
 */
export function chanceOverlap(n: number, k: number): number {
  const others = n - 1;
  if (!Number.isInteger(k) || k < 1 || k > others) {
    throw new RangeError(`k is ${k} (expected a whole number from 1 to ${others})`);
  }
  let mean = 0;
  for (let shared = Math.max(0, 2 * k - others); shared <= k; shared++) {
    const logarithm =
      logChoose(k, shared) + logChoose(others - k, k - shared) - logChoose(others, k);
    mean += (shared / (2 * k - shared)) * Math.exp(logarithm);
  }
  return mean;
}

/** The logarithm of n over k; k factors, so that it is exact to rounding. */
function logChoose(n: number, k: number): number {
  const factors = Math.min(k, n - k);
  let sum = 0;
  for (let i = 1; i <= factors; i++) sum += Math.log((n - factors + i) / i);
  return sum;
}
