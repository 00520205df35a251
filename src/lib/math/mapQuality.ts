import { checkFinite, unitRows, type Matrix } from './matrix.ts';
import { lowest } from './neighbours.ts';
import { random } from './random.ts';

/** One measure of a map: a value in [0, 1] for each row measured, 1 the best. */
export interface MapMeasure {
  mean: number;
  /** Of the mean as an estimate for all rows; 0 when all were measured. */
  standardError: number;
  /** In the order of `MapQuality.rows`. */
  perRow: Float64Array;
}

/** How far a map's neighbourhoods are those of the data. */
export interface MapQuality {
  /** Rows of the data, all of which count as possible neighbours. */
  n: number;
  /** How many neighbours make a neighbourhood. */
  k: number;
  /** The rows measured, rising: all, or a sample. */
  rows: Int32Array;
  /** Whether the neighbours on the map are neighbours in the data (Venna and Kaski 2001). */
  trustworthiness: MapMeasure;
  /** Whether the neighbours in the data are neighbours on the map. */
  continuity: MapMeasure;
  /** The share of the k neighbours in the data that are among the k on the map. */
  preservation: MapMeasure;
}

export interface MapQualityOptions {
  /** Neighbours; 12 when left out, or as many as n allows. */
  k?: number;
  /** As the map was made: `cosine` is the Euclidean distance of rows scaled to length 1. */
  metric?: 'euclidean' | 'cosine';
  /** Draws the sample. */
  seed?: number;
}

/** Up to so many rows all are measured, … */
const MOST_EXACT = 3_000;
/** … and of more a sample of this size. */
const SAMPLE = 1_000;
const DEFAULT_K = 12;
/** Rows between two reports. */
const BLOCK = 16;

/** The most neighbours for which trustworthiness is defined: fewer than half of the rows. */
export function largestK(n: number): number {
  return Math.max(0, Math.ceil(n / 2) - 1);
}

/**
 * Trustworthiness, continuity and neighbourhood preservation of a map, overall and row by row: of all rows up to
 * 3,000, of a sample of 1,000 beyond, each against all rows. Of equal distances the lower row counts as nearer.
 *
 * Trustworthiness of row i: 1 − 2 / (k (2n − 3k − 1)) Σ (r(i, j) − k) over those j that are among its k nearest
 * on the map and not in the data, where r is the rank of j by distance in the data. Continuity: the other way round.
 *
 * @param data n × d, finite
 * @param points 2n: x and y of row i at 2i and 2i + 1
 * @throws RangeError when k is not in 1 … ⌈n/2⌉ − 1, so for fewer than three rows; or a value is not finite
 */
export function mapQuality(
  data: Matrix,
  points: Float32Array,
  options: MapQualityOptions = {},
): MapQuality {
  const measuring = measureMap(data, points, options);
  for (;;) {
    const next = measuring.next();
    if (next.done) return next.value;
  }
}

/** `mapQuality` in portions: yields how many rows are measured of how many, and returns the quality. */
export function* measureMap(
  data: Matrix,
  points: Float32Array,
  {
    k = Math.min(DEFAULT_K, largestK(data.rows)),
    metric = 'euclidean',
    seed = 1,
  }: MapQualityOptions,
): Generator<{ done: number; total: number }, MapQuality> {
  const n = data.rows;
  if (points.length !== 2 * n) {
    throw new RangeError(`the map has ${points.length} values (expected ${2 * n})`);
  }
  if (!Number.isInteger(k) || k < 1 || k > largestK(n)) {
    throw new RangeError(
      `k is ${k} (expected a whole number from 1 to ${largestK(n)}, under half of the ${n} rows)`,
    );
  }
  const map = { data: points, rows: n, columns: 2 };
  checkFinite(data);
  checkFinite(map);
  const vectors = metric === 'cosine' ? unitRows(data) : data;
  const rows = sampled(n, seed);
  const perRow = {
    trustworthiness: new Float64Array(rows.length),
    continuity: new Float64Array(rows.length),
    preservation: new Float64Array(rows.length),
  };
  const worst = (k * (2 * n - 3 * k - 1)) / 2;
  const inData = new Float64Array(n);
  const onMap = new Float64Array(n);
  for (let at = 0; at < rows.length; at++) {
    const i = rows[at];
    squaredDistances(vectors, i, inData);
    squaredDistances(map, i, onMap);
    const nearInData = lowest(inData, k, i);
    const nearOnMap = lowest(onMap, k, i);
    perRow.trustworthiness[at] = 1 - excess(inData, i, nearInData, nearOnMap) / worst;
    perRow.continuity[at] = 1 - excess(onMap, i, nearOnMap, nearInData) / worst;
    perRow.preservation[at] = nearInData.filter((j) => nearOnMap.includes(j)).length / k;
    if ((at + 1) % BLOCK === 0) yield { done: at + 1, total: rows.length };
  }
  const measure = (values: Float64Array): MapMeasure => ({
    ...meanAndError(values, n),
    perRow: values,
  });
  return {
    n,
    k,
    rows,
    trustworthiness: measure(perRow.trustworthiness),
    continuity: measure(perRow.continuity),
    preservation: measure(perRow.preservation),
  };
}

function sampled(n: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  return n <= MOST_EXACT ? all : random(seed).shuffle(all).slice(0, SAMPLE).sort();
}

function squaredDistances({ data, rows, columns }: Matrix, from: number, out: Float64Array): void {
  const base = from * columns;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const difference = data[i * columns + j] - data[base + j];
      sum += difference * difference;
    }
    out[i] = sum;
  }
}

/** Σ (rank − k) over those of `claimed` that are not among the k `nearest` of row `of`. */
function excess(
  distances: Float64Array,
  of: number,
  nearest: Int32Array,
  claimed: Int32Array,
): number {
  let sum = 0;
  for (const j of claimed) {
    if (nearest.includes(j)) continue;
    const distance = distances[j];
    let rank = 1;
    for (let other = 0; other < distances.length; other++) {
      if (other === of) continue;
      if (distances[other] < distance || (distances[other] === distance && other < j)) rank++;
    }
    sum += rank - nearest.length;
  }
  return sum;
}

function meanAndError(values: Float64Array, n: number): Pick<MapMeasure, 'mean' | 'standardError'> {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  if (length === n) return { mean, standardError: 0 };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // Drawn without replacement: the rows that were measured are known.
  const unseen = (n - length) / (n - 1);
  return { mean, standardError: Math.sqrt((squares / (length - 1) / length) * unseen) };
}
