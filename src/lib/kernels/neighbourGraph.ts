import type { Matrix } from '../math/matrix.ts';
import type { Metric } from '../math/neighbours.ts';
import { random, type Random } from '../math/random.ts';
import { cellsFor, mostProbesOf, sortIntoCells } from './neighbourGraph/cells.ts';
import { type OpenSearch, openSearch, type Question } from './neighbourGraph/open.ts';
import { soloTeam, type TeamStarter } from './team.ts';

/** The `k` nearest neighbours of every row of a matrix. */
export interface NeighbourGraph {
  readonly k: number;
  /** n × k: those of row i are `rows[i * k … (i + 1) * k]`, nearest first, of equals the lower row first. */
  readonly rows: Int32Array;
  /** n × k similarities, falling, for `cosine` and `dot`; distances, rising, for `euclidean`. */
  readonly values: Float32Array;
  readonly method: 'exact' | 'approximate';
  /**
   * The share of rows' `k` nearest that are among those found. 1 for an exact graph; of an approximate one it is
   * measured, on 300 rows drawn beside those that its search is tuned on.
   */
  readonly recall: number;
}

export interface NeighbourGraphOptions {
  /** Only the neighbours of these rows, among all: the graph is of them, in their order, and exact. */
  of?: Int32Array;
  /** `auto`: exactly up to 50,000 rows. */
  method?: 'auto' | 'exact' | 'approximate';
  /** The recall that an approximate graph has on average, 0.97 unless told. */
  recall?: number;
  /** Of the sampling for an approximate graph. */
  seed?: number;
  signal?: AbortSignal;
  /** Hears how much is done of how much, in rows or passes over them. */
  onProgress?: (done: number, total: number) => void;
  /** Threads that share the work where there is enough of it; the graph is the same. */
  team?: TeamStarter;
  /** Takes the plain JavaScript twin of the kernel. */
  plain?: boolean;
}

/** Rows up to which a graph is exact unless told otherwise. */
const EXACT_ROWS = 50_000;
const USUAL_RECALL = 0.97;
/** Products from which on threads are worth their start. */
const WORTH_THREADS = 1e9;
/** Rows whose exact neighbours an approximate graph is held against. */
const MEASURED = 300;
/** A sample's recall is to exceed the one asked for by so many standard errors. */
const MARGIN = 2;

/**
 * Every row's `k` nearest without itself. Exactly: rank and ties are those of `nearest`, and time grows with n². Or
 * approximately: rows are sorted into cells around centres, and each row's neighbours are looked for in the cells
 * whose centres are nearest to it (an inverted file; Jégou, Douze and Schmid 2011), in as many as a sample of rows
 * needs for the recall. What is found is measured and ranked as exactly.
 *
 * @param m n × d
 * @throws RangeError when k is not in 1…n−1, recall not in 0…1, there is no row that is asked for, one holds a value
 *   that is not finite, or there is no memory for it
 * @throws the signal's reason when it is aborted
 */
export async function neighbourGraph(
  m: Matrix,
  k: number,
  metric: Metric,
  options: NeighbourGraphOptions = {},
): Promise<NeighbourGraph> {
  const { of, signal, method = 'auto', recall = USUAL_RECALL, seed = 0, team, plain } = options;
  signal?.throwIfAborted();
  if (!(Number.isInteger(k) && k >= 1 && k < m.rows)) {
    throw new RangeError(
      `k is ${k} (expected a whole number from 1 to ${m.rows - 1}, one less than there are rows)`,
    );
  }
  const missing = of?.find((row) => !(row >= 0 && row < m.rows));
  if (missing !== undefined) throw new RangeError(`row ${missing} is not one of ${m.rows}`);
  if (!(recall > 0 && recall <= 1)) {
    throw new RangeError(`recall is ${recall} (expected more than 0, and at most 1)`);
  }
  checkFinite(m);
  const approximately =
    !of && (method === 'approximate' || (method === 'auto' && m.rows > EXACT_ROWS));
  const cells = approximately && recall < 1 ? cellsFor(m.rows) : 0;
  const products = (of?.length ?? m.rows) * m.rows * m.columns;
  const starter = plain || products < WORTH_THREADS ? soloTeam : (team ?? soloTeam);
  const shape = { k, metric, cells, mostProbes: mostProbesOf(cells) };
  const search = await openSearch(m, shape, starter, plain);
  try {
    const generator = random(seed);
    const approximate = cells > 0 && (await approximateGraph(search, recall, generator, options));
    return approximate || (await exactGraph(search, options));
  } finally {
    search.close();
  }
}

/** Numbers from 0. */
const upTo = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

interface Found {
  rows: Int32Array;
  values: Float32Array;
}

/** Asks about rows. The answer for `rows[i]` is at place i of what is found, or `scattered`, at place `rows[i]`. */
async function answersOf(
  search: OpenSearch,
  question: Omit<Question, 'take'> & { scattered: boolean },
  onDone?: (done: number) => void,
): Promise<Found> {
  const { rows, scattered } = question;
  const { k, at } = search.layout;
  const found = {
    rows: new Int32Array(rows.length * k),
    values: new Float32Array(rows.length * k),
  };
  await search.ask({
    ...question,
    take(from, count) {
      const foundRows = new Int32Array(search.buffer, at.outRows, count * k);
      const foundValues = new Float32Array(search.buffer, at.outValues, count * k);
      for (let i = 0; i < count; i++) {
        const target = k * (scattered ? rows[from + i] : from + i);
        found.rows.set(foundRows.subarray(k * i, k * i + k), target);
        found.values.set(foundValues.subarray(k * i, k * i + k), target);
      }
      onDone?.(from + count);
    },
  });
  return found;
}

function exactly(
  search: OpenSearch,
  rows: Uint32Array,
  signal?: AbortSignal,
  onDone?: (done: number) => void,
): Promise<Found> {
  const { n } = search.layout;
  const question = { ask: 'neighboursOf', argument: 0, against: n, rows, signal } as const;
  return answersOf(search, { ...question, scattered: false }, onDone);
}

async function exactGraph(
  search: OpenSearch,
  { of, signal, onProgress }: NeighbourGraphOptions,
): Promise<NeighbourGraph> {
  const { n, k } = search.layout;
  const all = upTo(n);
  search.arrange(all);
  const asked = of ? Uint32Array.from(of) : all;
  const onDone = (done: number) => onProgress?.(done, asked.length);
  const found = await exactly(search, asked, signal, onDone);
  return { k, ...found, method: 'exact', recall: 1 };
}

/** The graph found in cells, or none where an exact one is hardly slower. */
async function approximateGraph(
  search: OpenSearch,
  wanted: number,
  generator: Random,
  { signal, onProgress }: NeighbourGraphOptions,
): Promise<NeighbourGraph | undefined> {
  const { n, k } = search.layout;
  const { order, cells, work, hitsByProbes } = await sortIntoCells(search, generator, {
    signal,
    onDone: (done, total) => onProgress?.(done, total + n),
  });
  const shuffled = generator.shuffle(upTo(n));
  const [tuning, testing] = [shuffled.slice(0, MEASURED), shuffled.slice(-MEASURED)];
  const truth = (await exactly(search, tuning, signal)).rows;
  const hits = await hitsByProbes(tuning, truth, signal);
  const probes = 1 + hits.findIndex((own) => suffices(own, k, wanted));
  if (probes === 0) return undefined;
  search.set({ cells, probes });
  const against = cells + (n / cells) * probes;
  const found = await answersOf(
    search,
    { ask: 'neighboursOf', argument: 1, rows: order, against, scattered: true, signal },
    (done) => onProgress?.(work + done, work + n),
  );
  const tested = hitsOf(found.rows, testing, (await exactly(search, testing, signal)).rows);
  return { k, ...found, method: 'approximate', recall: mean(tested) / k };
}

/** How many of the exact neighbours of each of some rows a graph holds. */
function hitsOf(graph: Int32Array, rows: Uint32Array, truth: Int32Array): number[] {
  const k = truth.length / rows.length;
  return Array.from(rows, (row, i) => {
    const own = new Set(graph.subarray(k * row, k * row + k));
    return truth.subarray(k * i, k * i + k).filter((other) => own.has(other)).length;
  });
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whether so many hits of k for each row of a sample give a recall, and would in most samples. */
function suffices(hits: ArrayLike<number>, k: number, recall: number): boolean {
  const average = mean(hits);
  const variance = mean(Array.from(hits, (value) => (value - average) ** 2));
  return average - MARGIN * Math.sqrt(variance / hits.length) >= recall * k;
}

function checkFinite({ data, columns }: Matrix): void {
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RangeError(
    `row ${Math.floor(wrong / columns)} holds ${data[wrong]} in column ${wrong % columns} (expected finite values)`,
  );
}
