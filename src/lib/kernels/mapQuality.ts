import {
  mapQualitySettings,
  measuredRows,
  qualityFromClaims,
  type MapQuality,
  type MapQualityOptions,
} from '../math/mapQuality.ts';
import { unitRows, type Matrix } from '../math/matrix.ts';
import { wasm } from './generated/mapQuality.ts';
import { wasm as sharedWasm } from './generated/mapQuality.shared.ts';
import { Layout } from './load.ts';
import { loadTeam, soloTeam, type TeamKernelSource, type TeamStarter } from './team.ts';

/**
 * The ranks that the nearest rows of one space have in another.
 *
 * The rows of a space lie in panels of eight: value c of rows 8p … 8p + 7 side by side, 32 bytes, at
 * (p · columns + c) · 32. The distance of two rows is the sum of the squared differences of their values, in single
 * precision and in the order of the columns, so that it is the same both ways and 0 between rows that are the same. Of
 * equal distances the lower row is nearer.
 */
export interface MapRanks {
  /**
   * Measures the rows at places `from` … `to` (half open) of `list`, uint32. Calls with a room of their own can run side
   * by side.
   *
   * @param data panels of n rows of `columns` values, `map` of `mapColumns`; no squared distance may be infinite
   * @param labels n uint32, a bit for each group
   * @param room `roomFor(n, columns, k)` values
   * @param stride bytes from the distances of one query to those of the next: room for n rounded up to eight
   * @param results six float64 for each place of the list: of the k nearest on the map Σ (rank − k) in the data over
   *   those that are not among the k nearest there, how many are, and how many share a label with the row; then the same
   *   of the k nearest in the data
   */
  measure(
    data: number,
    columns: number,
    map: number,
    mapColumns: number,
    n: number,
    labels: number,
    list: number,
    from: number,
    to: number,
    k: number,
    room: number,
    stride: number,
    results: number,
  ): void;
}

/** Query rows that the kernel takes at a time. */
const BLOCK = 16;
/** Results of a row, and their bytes. */
const RESULTS = 6;
const PANEL = 8;
const { fround } = Math;

/** So many bytes between the distances of two queries do not fall on the same places of a cache. */
function strideFor(n: number): number {
  return Math.ceil((4 * n) / 4096) * 4096 + 192;
}

/** Values of four bytes that `measure` needs beside the data. */
function roomFor(n: number, columns: number, k: number): number {
  return 2 * BLOCK * (strideFor(n) / 4) + 4 * k + BLOCK * Math.max(columns, 2) + 4;
}

/** The same function in plain JavaScript, which gives the kernel's answers to the bit. */
export function mapRanksTwin(buffer: ArrayBufferLike): MapRanks {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);
  const results64 = new Float64Array(buffer);

  /** The squared distances of all rows from one, at `out`; ∞ from itself. */
  function distancesFrom(row: number, panels: number, columns: number, n: number, out: number) {
    const place = (i: number) => (panels >>> 2) + (i >>> 3) * columns * PANEL + (i & 7);
    const own = place(row);
    for (let i = 0; i < n; i++) {
      const at = place(i);
      let sum = 0;
      for (let c = 0; c < columns * PANEL; c += PANEL) {
        const difference = fround(f[at + c] - f[own + c]);
        sum = fround(sum + fround(difference * difference));
      }
      f[out + i] = sum;
    }
    f[out + row] = Infinity;
  }

  /** The k nearest, in no order, and the farthest of them. */
  function nearest(distances: number, n: number, k: number) {
    const order = (a: number, b: number) => f[distances + a] - f[distances + b] || a - b;
    // Those beyond the kth distance need no sorting.
    const limit = f.slice(distances, distances + n).sort()[k - 1];
    const rows: number[] = [];
    for (let i = 0; i < n; i++) if (f[distances + i] <= limit) rows.push(i);
    rows.sort(order).length = k;
    return { rows, farthest: rows[k - 1] };
  }

  function nearer(distances: number, n: number, row: number): number {
    const limit = f[distances + row];
    let count = 0;
    for (let i = 0; i < row; i++) count += Number(f[distances + i] <= limit);
    for (let i = row + 1; i < n; i++) count += Number(f[distances + i] < limit);
    return count;
  }

  return {
    measure(data, columns, map, mapColumns, n, labels, list, from, to, k, room, stride, resultsAt) {
      const inData = room >>> 2;
      const onMap = inData + (stride >>> 2);
      for (let at = from; at < to; at++) {
        const query = u[(list >>> 2) + at];
        distancesFrom(query, data, columns, n, inData);
        distancesFrom(query, map, mapColumns, n, onMap);
        const label = u[(labels >>> 2) + query];
        const claims = (claimed: number[], distances: number, farthest: number, out: number) => {
          const limit = f[distances + farthest];
          let [excess, kept, hits] = [0, 0, 0];
          for (const row of claimed) {
            if ((label & u[(labels >>> 2) + row]) !== 0) hits++;
            const distance = f[distances + row];
            if (distance < limit || (distance === limit && row <= farthest)) kept++;
            else excess += nearer(distances, n, row) + 1 - k;
          }
          results64.set([excess, kept, hits], out);
        };
        const [own, mapped] = [nearest(inData, n, k), nearest(onMap, n, k)];
        const out = (resultsAt >>> 3) + at * RESULTS;
        claims(mapped.rows, inData, own.farthest, out);
        claims(own.rows, onMap, mapped.farthest, out + 3);
      }
    },
  };
}

const source: TeamKernelSource<MapRanks> = { wasm, sharedWasm, twin: mapRanksTwin };

export interface MeasureMapOptions extends MapQualityOptions {
  signal?: AbortSignal;
  /** Hears of rows. */
  onProgress?: (done: number, total: number) => void;
  /** Threads that share the rows where they are many; the figures are the same. */
  team?: TeamStarter;
  /** Takes the plain JavaScript twin of the kernel. */
  plain?: boolean;
}

/** About 25 ms of one thread's work with the compiled kernel, in differences of values. */
const DIFFERENCES_AT_A_TIME = 2e8;
/** Differences of values from which on threads are worth their start. */
const WORTH_THREADS = 1e9;

/**
 * `mapQuality` by the kernel: the same measures of the same rows, where distances are in single precision, so that rows
 * whose distances differ by less than a ten-millionth or so may change places. The kernel and its plain twin agree to
 * the bit. Time grows with the number of rows measured times n; up to 20,000 all are.
 *
 * @param data n × d, finite
 * @param points 2n: x and y of row i at 2i and 2i + 1
 * @throws RangeError as `mapQuality`, and when there is no memory for a copy of the data
 * @throws the signal's reason when it is aborted
 */
export async function measureMap(
  data: Matrix,
  points: Float32Array,
  options: MeasureMapOptions = {},
): Promise<MapQuality> {
  const { signal, onProgress, team: starter = soloTeam, plain } = options;
  signal?.throwIfAborted();
  const settings = mapQualitySettings(data, points, options);
  const { k, labels } = settings;
  const { rows: n, columns } = data;
  const rows = measuredRows(n, settings);
  const panels = Math.ceil(n / PANEL) * PANEL;
  const differences = rows.length * n * (columns + 8);
  const used = differences < WORTH_THREADS ? soloTeam : starter;
  const layout = new Layout();
  const at = {
    data: layout.reserve(panels * columns),
    map: layout.reserve(panels * 2),
    labels: layout.reserve(n),
    list: layout.reserve(rows.length),
    results: layout.reserve(2 * RESULTS * rows.length),
    rooms: Array.from({ length: used.count }, () => layout.reserve(roomFor(n, columns, k))),
  };
  const { kernel, team } = await loadTeam(source, layout.bytes, { team: used, plain });
  const { buffer } = kernel;
  const floats = (offset: number, length: number) => new Float32Array(buffer, offset, length);
  fillPanels(
    settings.metric === 'cosine' ? unitRows(data) : data,
    floats(at.data, panels * columns),
  );
  fillPanels({ data: points, rows: n, columns: 2 }, floats(at.map, panels * 2));
  if (labels) new Uint32Array(buffer, at.labels, n).set(labels);
  new Uint32Array(buffer, at.list, rows.length).set(rows);

  const perMember = DIFFERENCES_AT_A_TIME / (n * (columns + 8));
  const step = Math.max(BLOCK, Math.floor(perMember / BLOCK) * BLOCK) * team.count;
  try {
    for (let from = 0; from < rows.length; from += step) {
      const to = Math.min(rows.length, from + step);
      /** Where the rows of a member begin, a whole number of blocks from the first. */
      const share = (member: number) =>
        Math.min(to, from + BLOCK * Math.ceil(((to - from) / BLOCK) * (member / team.count)));
      team.run('measure', (member) => [
        at.data,
        columns,
        at.map,
        2,
        n,
        at.labels,
        at.list,
        share(member),
        share(member + 1),
        k,
        at.rooms[member],
        strideFor(n),
        at.results,
      ]);
      onProgress?.(to, rows.length);
      // Timers, signals and messages have their turn.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
  } finally {
    void team.close();
  }
  const results = new Float64Array(buffer, at.results, RESULTS * rows.length);
  const claimsAt = (place: number) => ({
    excess: results[place],
    kept: results[place + 1],
    hits: results[place + 2],
  });
  return qualityFromClaims(n, rows, settings, (row) => ({
    ofMap: claimsAt(RESULTS * row),
    ofData: claimsAt(RESULTS * row + 3),
  }));
}

/**
 * Copies rows to panels, times a power of two that brings the largest value near 1: no square of a difference is
 * infinite then, and the order of distances stays.
 */
function fillPanels({ data, rows, columns }: Matrix, panels: Float32Array): void {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 1 : 2 ** -Math.floor(Math.log2(largest));
  for (let i = 0, from = 0; i < rows; i++) {
    let to = (i >>> 3) * columns * PANEL + (i & 7);
    for (let c = 0; c < columns; c++, to += PANEL) panels[to] = data[from++] * scale;
  }
}
