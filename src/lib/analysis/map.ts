import { InputError } from '../errors.ts';
import { kmeans, nearestCentres } from '../math/kmeans.ts';
import { matrix, unitRows, type Matrix } from '../math/matrix.ts';
import { random } from '../math/random.ts';
import type { Run } from '../run/types.ts';
import { fitted, remembered } from './fitted.ts';
import { checkWhole } from './item.ts';
import { computedMap, mapNames } from './mapNames.ts';
import type { Cluster, Clusters, ClusterQuery, MapQuery, PlacedMap, VectorQuery } from './types.ts';

/** Components and clusters are fitted on this many of the most frequent; the others are placed by them. */
const fittedMost = 20_000;

/**
 * Where a map puts the run's first items.
 *
 * @throws InputError when the run has no such map, or its items do not vary
 */
export function placedMap(run: Run, { map }: MapQuery): PlacedMap {
  const own = run.maps.find(({ info }) => info.name === map);
  if (own) return { name: map, points: own.points.slice(), info: own.info };
  if (map !== computedMap) {
    throw new InputError(
      `this run has no map "${map}"; there are: ${mapNames(run.manifest).join(', ')}`,
    );
  }
  return remembered(run, 'map pca', () => componentMap(run));
}

function componentMap(run: Run): PlacedMap {
  const { data, rows, columns } = run.items.vectors;
  const points = new Float32Array(2 * rows);
  if (rows < 2) return { name: computedMap, points };
  const fit = fitted(run, { items: Math.min(fittedMost, rows), convention: 'scores' });
  // Items that vary along one direction only lie on a line.
  const axes = Math.min(2, fit.components.rows);
  for (let axis = 0; axis < axes; axis++) {
    for (let row = 0; row < rows; row++) {
      let score = 0;
      for (let j = 0; j < columns; j++) {
        score += (data[row * columns + j] - fit.mean[j]) * fit.components.data[axis * columns + j];
      }
      points[2 * row + axis] = score;
    }
  }
  const [first, second = 0] = fit.explainedVarianceRatio;
  return { name: computedMap, points, explainedVarianceRatio: [first, second] };
}

/**
 * The items in `k` groups of like direction: k-means of the vectors at unit length (spherical, Dhillon and Modha 2001),
 * the same at each call. Fitted on the most frequent items; the rest go to the nearest centre.
 *
 * @returns clusters by falling size; each is known by its most frequent items
 * @throws InputError when k is out of range
 */
export function clusters(run: Run, { k }: ClusterQuery): Clusters {
  const { labels, vectors } = run.items;
  checkWhole('k', k, 1, 50);
  return remembered(run, `clusters ${k}`, () => {
    const units = unitRows(vectors);
    const fitRows = Math.min(fittedMost, units.rows);
    const sample = matrix(fitRows, units.columns, units.data.subarray(0, fitRows * units.columns));
    const fit = kmeans(sample, Math.min(k, fitRows), { random: random(1), iterations: 50 });
    const found = nearestCentres(units, fit.centres);
    const groups: Cluster[] = Array.from(fit.sizes, () => ({ size: 0, labels: [] }));
    for (let row = 0; row < found.length; row++) {
      const group = groups[found[row]];
      group.size++;
      if (group.labels.length < 3) group.labels.push(labels[row]);
    }
    const order = groups.map((_, i) => i).sort((a, b) => groups[b].size - groups[a].size || a - b);
    const place = new Uint16Array(groups.length);
    order.forEach((group, i) => (place[group] = i));
    return {
      clusters: order.map((group) => groups[group]),
      assignment: found.map((group) => place[group]),
    };
  });
}

/**
 * The vectors of some rows, in the order in which they are named.
 *
 * @throws InputError when the run has no such row
 */
export function vectorsOf({ items }: Run, { rows }: VectorQuery): Matrix {
  const { data, columns, rows: all } = items.vectors;
  const picked = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    checkWhole('row', row, 0, all - 1);
    picked.data.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return picked;
}
