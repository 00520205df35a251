import { row as rowOf } from '../../math/matrix.ts';
import { lowest, measureOf, type Metric, type Nearest, nearest } from '../../math/neighbours.ts';
import { METRICS } from '../nearest.ts';
import { EMPTY, type GraphSearch, offsetOf, WORDS } from './plan.ts';

/** The same functions in plain JavaScript, one row at a time. */
export function graphSearchTwin(buffer: ArrayBufferLike): GraphSearch {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);
  const { fround } = Math;

  function planAt(offset: number) {
    const words = u.subarray(offset >>> 2, (offset >>> 2) + WORDS);
    const [metric, columns, k, size] = words;
    const place = (word: number) => words[word] >>> 2;
    const n = (words[9] - words[8]) >>> 3;
    return {
      metric: (Object.keys(METRICS) as Metric[]).find((name) => METRICS[name] === metric)!,
      columns,
      k,
      size,
      norms: new Float64Array(buffer, words[9], n),
      scale: new Float64Array(buffer, offset + 96, 1)[0],
      matrix: { data: f.subarray(place(6), place(6) + n * columns), rows: n, columns },
      means: new Float64Array(buffer, words[7], columns),
      scales: new Float64Array(buffer, words[8], n),
      panels: { rows: place(10), offsets: place(11) },
      ids: u.subarray(place(12), place(12) + words[13]),
      cells: words[14],
      cellStarts: place(15),
      centroids: { rows: place(16), offsets: place(17) },
      probes: words[18],
      list: place(19),
      outRows: place(20),
      outValues: place(21),
    };
  }
  type Plan = ReturnType<typeof planAt>;

  function scannedRow({ matrix, means, scales }: Plan, row: number): Float32Array {
    const own = rowOf(matrix, row);
    return own.map((value, column) => (value - means[column]) * scales[row]);
  }

  /**
   * Of some places of panels the `keep` nearest to a vector, nearest first, of equals the first; and the value of the
   * last, where others have been left out.
   */
  function scan(
    panels: Plan['panels'],
    places: ArrayLike<number>,
    vector: Float32Array,
    keep: number,
  ): { kept: number[]; worst: number } {
    const values = Float32Array.from(places, (place) => {
      let sum = f[panels.offsets + place];
      let at = panels.rows + (place >>> 3) * 8 * vector.length + (place & 7);
      for (const value of vector) {
        sum = fround(sum + fround(f[at] * value));
        at += 8;
      }
      return sum;
    });
    const order = Array.from(values.keys())
      .filter((at) => values[at] > -Infinity)
      .sort((a, b) => values[b] - values[a] || places[a] - places[b]);
    return {
      kept: order.slice(0, keep).map((at) => places[at]),
      worst: order.length > keep ? values[order[keep - 1]] : -Infinity,
    };
  }

  function cellsNear(plan: Plan, row: number, count: number): number[] {
    const all = Array.from({ length: plan.cells }, (_, cell) => cell);
    return scan(plan.centroids, all, scannedRow(plan, row), count).kept;
  }

  /** What the cells nearest to a row have to offer, where single precision can tell it apart. */
  function nearestInCells(plan: Plan, row: number): Nearest | undefined {
    const { k, metric, ids, cellStarts } = plan;
    const places = cellsNear(plan, row, plan.probes).flatMap((cell) => {
      const [from, to] = u.subarray(cellStarts + cell, cellStarts + cell + 2);
      return Array.from({ length: 8 * (to - from) }, (_, at) => 8 * from + at);
    });
    const { kept, worst } = scan(plan.panels, places, scannedRow(plan, row), plan.size);
    const answer = nearestAmong(plan, Int32Array.from(kept, (place) => ids[place]).sort(), row);
    if (answer.rows.length < k) return undefined;
    const kth = answer.values[k - 1];
    return worst < leastOf(plan, row, metric === 'euclidean' ? kth : -kth) ? answer : undefined;
  }

  /** The k nearest to a row of some, which rise, without itself. */
  function nearestAmong({ k, metric, matrix }: Plan, rows: Int32Array, row: number): Nearest {
    const values = Float64Array.from(rows, measureOf(matrix, rowOf(matrix, row), metric));
    const sign = metric === 'euclidean' ? 1 : -1;
    const order = lowest(
      values.map((value) => sign * value),
      k,
      rows.indexOf(row),
    );
    return {
      rows: order.map((at) => rows[at]),
      values: Float64Array.from(order, (at) => values[at]),
    };
  }

  return {
    fillPanels(offset, _, from, to) {
      const plan = planAt(offset);
      const { matrix, ids, panels, metric } = plan;
      for (let place = 8 * from; place < 8 * to; place++) {
        const empty = ids[place] === EMPTY;
        const vector = empty ? new Float32Array(matrix.columns) : scannedRow(plan, ids[place]);
        const at = panels.rows + (place >>> 3) * 8 * matrix.columns + (place & 7);
        vector.forEach((value, column) => (f[at + 8 * column] = value));
        f[panels.offsets + place] = empty ? -Infinity : offsetOf(vector, metric);
      }
    },

    neighboursOf(offset, _, from, to, probing) {
      const plan = planAt(offset);
      const { k, metric, matrix, outRows, outValues } = plan;
      for (let at = from; at < to; at++) {
        const row = u[plan.list + at];
        const answer =
          (probing && nearestInCells(plan, row)) ||
          nearest(matrix, rowOf(matrix, row), k, metric, row);
        u.set(answer.rows, outRows + at * k);
        f.set(answer.values, outValues + at * k);
      }
    },

    cellsOf(offset, _, from, to, count) {
      const plan = planAt(offset);
      for (let at = from; at < to; at++) {
        u.set(cellsNear(plan, u[plan.list + at], count), plan.outRows + at * count);
      }
    },
  };
}

/** The least that a row whose measure is no more than `kth` is scanned as; the kernel's `leastOf`. */
function leastOf(
  {
    metric,
    columns,
    norms,
    scale,
  }: { metric: Metric; columns: number; norms: Float64Array; scale: number },
  query: number,
  kth: number,
): number {
  const relative = (columns + 32) * 1.01 * 2 ** -24;
  const lost = columns * 2 ** -126;
  if (metric === 'cosine') return -kth - relative - lost;
  const length = norms[query];
  if (metric === 'dot') return -kth * scale * scale - relative * length - lost;
  const distance = kth * scale;
  const reach = length + distance;
  const error = relative * reach * (length + reach / 2) + lost;
  return (length * length - distance * distance) / 2 - error;
}
