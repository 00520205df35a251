import { matrix, type Matrix } from './matrix.ts';
import type { Random } from './random.ts';
import type { Stop } from './stop.ts';

export interface KMeans {
  /** n whole numbers from 0: the cluster of each row. */
  assignment: Uint16Array;
  /** k × d; k is smaller than asked for where there are fewer different rows. */
  centres: Matrix;
  /** k numbers of rows. */
  sizes: Uint32Array;
  /** Sum of the squared distances of the rows to their centres. */
  inertia: number;
  iterations: number;
}

export interface KMeansOptions {
  random: Random;
  iterations?: number;
  stop?: Stop;
}

/**
 * Lloyd's k-means from seeds drawn by k-means++ (Arthur and Vassilvitskii 2007), until no row changes its cluster.
 *
 * A cluster that loses all its rows is set anew at the row farthest from its centre.
 *
 * @param m n × d, finite
 * @throws RangeError when k is not in 1 … min(n, 65,536), or a value is not finite
 */
export function kmeans(m: Matrix, k: number, options: KMeansOptions): KMeans {
  const { random, iterations: most = 100, stop } = options;
  if (!Number.isInteger(k) || k < 1 || k > Math.min(m.rows, 65_536)) {
    throw new RangeError(`k is ${k} (expected a whole number from 1 to ${m.rows}, the rows)`);
  }
  if (!m.data.every(Number.isFinite))
    throw new RangeError('the rows hold a value that is not finite');
  const centres = seeds(m, k, random);
  const assignment = new Uint16Array(m.rows);
  const distances = new Float64Array(m.rows);
  let iterations = 0;
  assign(m, centres, assignment, distances);
  let changed = true;
  while (changed && iterations < most && !stop?.aborted) {
    move(m, centres, assignment, distances);
    changed = assign(m, centres, assignment, distances);
    iterations++;
  }
  const sizes = new Uint32Array(centres.rows);
  for (const cluster of assignment) sizes[cluster]++;
  const inertia = distances.reduce((sum, distance) => sum + distance, 0);
  return { assignment, centres, sizes, inertia, iterations };
}

/** The cluster of each row of `m`: that of the nearest of `centres` (k × d), of equals the first. */
export function nearestCentres(m: Matrix, centres: Matrix): Uint16Array {
  const assignment = new Uint16Array(m.rows);
  assign(m, centres, assignment, new Float64Array(m.rows));
  return assignment;
}

function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const from = i * a.columns;
  const to = j * b.columns;
  let sum = 0;
  for (let c = 0; c < a.columns; c++) {
    const difference = a.data[from + c] - b.data[to + c];
    sum += difference * difference;
  }
  return sum;
}

/**
 * Rows of `m`, each drawn with a chance proportional to its squared distance from those drawn before. Of a few draws
 * the one is taken that brings all rows nearest (greedy k-means++, as scikit-learn does it).
 */
function seeds(m: Matrix, k: number, random: Random): Matrix {
  const draws = 2 + Math.floor(Math.log(k));
  const chosen = [random.integer(m.rows)];
  let distances = distancesWith(m, chosen[0]);
  while (chosen.length < k) {
    const total = distances.reduce((sum, distance) => sum + distance, 0);
    if (total === 0) break;
    let best = { row: -1, distances, total: Infinity };
    for (let draw = 0; draw < draws; draw++) {
      const row = drawn(distances, random.uniform() * total);
      const next = distancesWith(m, row, distances);
      const left = next.reduce((sum, distance) => sum + distance, 0);
      if (left < best.total) best = { row, distances: next, total: left };
    }
    chosen.push(best.row);
    distances = best.distances;
  }
  const centres = matrix(chosen.length, m.columns);
  chosen.forEach((row, at) => {
    const start = row * m.columns;
    centres.data.set(m.data.subarray(start, start + m.columns), at * m.columns);
  });
  return centres;
}

/** The squared distance of each row to `row`, or to what it was nearest to before. */
function distancesWith(m: Matrix, row: number, before?: Float64Array): Float64Array {
  const distances = new Float64Array(m.rows);
  for (let i = 0; i < m.rows; i++) {
    distances[i] = Math.min(before?.[i] ?? Infinity, squaredDistance(m, i, m, row));
  }
  return distances;
}

/** The row at which the running sum of the distances passes `level`. */
function drawn(distances: Float64Array, level: number): number {
  let row = -1;
  for (let i = 0; i < distances.length && level >= 0; i++) {
    if (distances[i] === 0) continue;
    row = i;
    level -= distances[i];
  }
  return row;
}

/** Puts each row into its nearest cluster; returns whether any has changed. */
function assign(
  m: Matrix,
  centres: Matrix,
  assignment: Uint16Array,
  distances: Float64Array,
): boolean {
  let changed = false;
  for (let i = 0; i < m.rows; i++) {
    let best = 0;
    let least = Infinity;
    for (let c = 0; c < centres.rows; c++) {
      const distance = squaredDistance(m, i, centres, c);
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    if (assignment[i] !== best) changed = true;
    assignment[i] = best;
    distances[i] = least;
  }
  return changed;
}

/** Moves each centre to the mean of its rows. */
function move(m: Matrix, centres: Matrix, assignment: Uint16Array, distances: Float64Array): void {
  const { rows: k, columns } = centres;
  const sums = new Float64Array(k * columns);
  const sizes = new Uint32Array(k);
  for (let i = 0; i < m.rows; i++) {
    sizes[assignment[i]]++;
    const to = assignment[i] * columns;
    for (let c = 0; c < columns; c++) sums[to + c] += m.data[i * columns + c];
  }
  for (let cluster = 0; cluster < k; cluster++) {
    const at = cluster * columns;
    if (sizes[cluster] > 0) {
      for (let c = 0; c < columns; c++) centres.data[at + c] = sums[at + c] / sizes[cluster];
      continue;
    }
    const farthest = distances.reduce((best, d, i) => (d > distances[best] ? i : best), 0);
    centres.data.set(m.data.subarray(farthest * columns, (farthest + 1) * columns), at);
    distances[farthest] = 0;
  }
}
