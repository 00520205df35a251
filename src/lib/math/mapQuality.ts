import { checkFinite, unitRows, type Matrix } from './matrix.ts';
import { lowest } from './neighbours.ts';
import { random } from './random.ts';

/** One measure of a map: a value in [0, 1] for each row measured, 1 the best. */
export interface MapMeasure {
  mean: number;
  /** Of the mean as an estimate for all rows; 0 when all were measured. */
  standardError: number;
  /** In the order of `MapQuality.rows`; NaN where there is nothing to measure. */
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
  /** Where there are labels: the share of the k neighbours that have one in common (Paulovich and others 2008). */
  neighbourhoodHit?: {
    onMap: MapMeasure;
    inData: MapMeasure;
    /** What neighbours drawn at random give. */
    chance: number;
  };
}

export interface MapQualityOptions {
  /** Neighbours; 12 when left out, or as many as n allows. */
  k?: number;
  /** As the map was made: `cosine` is the Euclidean distance of rows scaled to length 1. */
  metric?: 'euclidean' | 'cosine';
  /** How many rows are measured; when left out all up to 20,000, and of more as many as take the same work. */
  sample?: number;
  /** Draws them. */
  seed?: number;
  /** What each row belongs to, a bit for each group; a row of 0 has no label and is not measured by them. */
  labels?: Uint32Array;
}

/** `MapQualityOptions` with everything said, and fit for the data. */
export interface MapQualitySettings extends MapQualityOptions {
  k: number;
  metric: 'euclidean' | 'cosine';
  sample: number;
  seed: number;
}

/** What a row's neighbours on the map are in the data, and those in the data on the map. */
export interface Claims {
  /** Σ (rank − k) in the other space over the k nearest in one that are not among the k nearest there. */
  excess: number;
  /** Those that are. */
  kept: number;
  /** Those that have a label in common with the row. */
  hits: number;
}

/** Up to so many rows all are measured, and of more so many that the work is the same … */
const MOST_EXACT = 20_000;
/** … but not fewer than so many. */
const LEAST_SAMPLE = 1_000;
const DEFAULT_K = 12;

/** The most neighbours for which trustworthiness is defined: fewer than half of the rows. */
export function largestK(n: number): number {
  return Math.max(0, Math.ceil(n / 2) - 1);
}

/**
 * Trustworthiness, continuity and neighbourhood preservation of a map, overall and row by row, in double precision:
 * the definition, beside which the kernel's `measureMap` is the fast way. All rows are measured up to 20,000, and
 * beyond a sample, each against all rows. Of equal distances the lower row counts as nearer.
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
  const settings = mapQualitySettings(data, points, options);
  const { k, labels } = settings;
  const n = data.rows;
  const map = { data: points, rows: n, columns: 2 };
  const vectors = settings.metric === 'cosine' ? unitRows(data) : data;
  const inData = new Float64Array(n);
  const onMap = new Float64Array(n);
  const rows = measuredRows(n, settings);
  const claims = Array.from(rows, (i) => {
    squaredDistances(vectors, i, inData);
    squaredDistances(map, i, onMap);
    const nearInData = lowest(inData, k, i);
    const nearOnMap = lowest(onMap, k, i);
    const shared = (j: number) => labels !== undefined && (labels[i] & labels[j]) !== 0;
    const claim = (claimed: Int32Array, nearest: Int32Array, distances: Float64Array) => ({
      excess: excess(distances, i, nearest, claimed),
      kept: claimed.filter((j) => nearest.includes(j)).length,
      hits: claimed.filter(shared).length,
    });
    return {
      ofMap: claim(nearOnMap, nearInData, inData),
      ofData: claim(nearInData, nearOnMap, onMap),
    };
  });
  return qualityFromClaims(n, rows, settings, (at) => claims[at]);
}

/**
 * The options with what was left out.
 *
 * @throws RangeError as `mapQuality`
 */
export function mapQualitySettings(
  data: Matrix,
  points: Float32Array,
  options: MapQualityOptions,
): MapQualitySettings {
  const n = data.rows;
  const { k = Math.min(DEFAULT_K, largestK(n)), metric = 'euclidean', seed = 1, labels } = options;
  const { sample = usualSample(n) } = options;
  if (points.length !== 2 * n) {
    throw new RangeError(`the map has ${points.length} values (expected ${2 * n})`);
  }
  if (labels && labels.length !== n) {
    throw new RangeError(`there are ${labels.length} labels (expected ${n}, one for each row)`);
  }
  if (!Number.isInteger(k) || k < 1 || k > largestK(n)) {
    throw new RangeError(
      largestK(n) < 1
        ? `there are ${n} rows (expected at least 3, so that half of them are more than one neighbour)`
        : `k is ${k} (expected a whole number from 1 to ${largestK(n)}, under half of the ${n} rows)`,
    );
  }
  if (!Number.isInteger(sample) || sample < Math.min(2, n) || sample > n) {
    throw new RangeError(`sample is ${sample} (expected a whole number from 2 to ${n}, the rows)`);
  }
  checkFinite(data);
  checkFinite({ data: points, rows: n, columns: 2 });
  return { k, metric, sample, seed, labels };
}

function usualSample(n: number): number {
  return n <= MOST_EXACT ? n : Math.max(LEAST_SAMPLE, Math.floor(MOST_EXACT ** 2 / n));
}

/** The rows that are measured, rising: all of them, or a sample without repeats. */
export function measuredRows(
  n: number,
  { sample, seed }: Pick<MapQualitySettings, 'sample' | 'seed'>,
): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  return sample === n ? all : random(seed).shuffle(all).slice(0, sample).sort();
}

/** The measures from what was counted of each row in `rows`, of which `claimsOf` gives the one at a place. */
export function qualityFromClaims(
  n: number,
  rows: Int32Array,
  { k, labels }: Pick<MapQualitySettings, 'k' | 'labels'>,
  claimsOf: (at: number) => { ofMap: Claims; ofData: Claims },
): MapQuality {
  const worst = (k * (2 * n - 3 * k - 1)) / 2;
  const measure = (of: (claims: { ofMap: Claims; ofData: Claims }) => number) =>
    measured(
      Float64Array.from(rows, (_, at) => of(claimsOf(at))),
      n,
    );
  const hits = (count: (claims: { ofMap: Claims; ofData: Claims }) => number): MapMeasure => {
    const labelled = labels!.reduce((sum, label) => sum + Number(label !== 0), 0);
    const values = Float64Array.from(rows, (row, at) =>
      labels![row] === 0 ? NaN : count(claimsOf(at)) / k,
    );
    return measured(values, labelled);
  };
  return {
    n,
    k,
    rows,
    trustworthiness: measure(({ ofMap }) => 1 - ofMap.excess / worst),
    continuity: measure(({ ofData }) => 1 - ofData.excess / worst),
    preservation: measure(({ ofData }) => ofData.kept / k),
    ...(labels && {
      neighbourhoodHit: {
        onMap: hits(({ ofMap }) => ofMap.hits),
        inData: hits(({ ofData }) => ofData.hits),
        chance: chanceHit(labels),
      },
    }),
  };
}

/** The share of the other rows that have a label in common with a row, its mean over the rows that have one. */
function chanceHit(labels: Uint32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) if (label !== 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  let pairs = 0;
  let labelled = 0;
  for (const [a, countA] of counts) {
    labelled += countA;
    // A row is no neighbour of itself.
    pairs -= countA;
    for (const [b, countB] of counts) if ((a & b) !== 0) pairs += countA * countB;
  }
  return pairs / (labelled * (labels.length - 1));
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

/**
 * @param values of the rows measured; NaN is left out
 * @param n how many rows have a value in all
 */
function measured(values: Float64Array, n: number): MapMeasure {
  const known = values.filter((value) => !Number.isNaN(value));
  const { length } = known;
  const mean = known.reduce((sum, value) => sum + value, 0) / length;
  if (length === n) return { mean, standardError: 0, perRow: values };
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // Drawn without replacement: the rows that were measured are known.
  const unseen = (n - length) / (n - 1);
  const standardError = Math.sqrt((squares / (length - 1) / length) * unseen);
  return { mean, standardError, perRow: values };
}
