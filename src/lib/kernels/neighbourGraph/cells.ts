import type { Random } from '../../math/random.ts';
import type { OpenSearch } from './open.ts';
import { EMPTY, offsetOf } from './plan.ts';

/** Rows to a cell where there are many: fewer make the cells' centres dear, more the cells. */
const ROWS_A_CELL = 500;
/** Rows to a cell that its centre is computed from. */
const SAMPLED_A_CELL = 32;
const ITERATIONS = 6;
/** How many cells rows are sorted into. */
export const cellsFor = (n: number) => Math.round(Math.max(Math.sqrt(n), n / ROWS_A_CELL));
/** The most cells that it pays to look into: a quarter. */
export const mostProbesOf = (cells: number) => Math.ceil(cells / 4);

export interface Cells {
  readonly cells: number;
  /** All rows, cell after cell. */
  readonly order: Uint32Array;
  /** What the sorting was, in rows that were held against all centres. */
  readonly work: number;
  /**
   * How many of the neighbours of some rows lie in the cells nearest to each: of one cell, of two, and so on, row by row.
   *
   * @param truth rows.length × k: the exact neighbours
   */
  hitsByProbes(rows: Uint32Array, truth: Int32Array, signal?: AbortSignal): Promise<Uint32Array[]>;
}

/**
 * Sorts the rows of a search into cells by Lloyd's algorithm, its centres computed from a sample, and arranges them
 * cell after cell. A centre that no row is nearest to is set on a sampled row.
 */
export async function sortIntoCells(
  search: OpenSearch,
  { shuffle, integer }: Random,
  { signal, onDone }: { signal?: AbortSignal; onDone?: (done: number, total: number) => void } = {},
): Promise<Cells> {
  const { layout, buffer } = search;
  const { n, columns, cells, metric, at } = layout;
  const sampled = Math.min(n, SAMPLED_A_CELL * cells);
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const sample = shuffle(all.slice()).subarray(0, sampled);
  const work = ITERATIONS * sampled + n;
  let before = 0;

  const rows = new Float32Array(buffer, at.rows, n * columns);
  const means = new Float64Array(buffer, at.means, columns);
  const scales = new Float64Array(buffer, at.scales, n);
  const addTo = (sums: Float64Array, cell: number, row: number) => {
    for (let c = 0; c < columns; c++) {
      sums[cell * columns + c] += (rows[row * columns + c] - means[c]) * scales[row];
    }
  };
  const positions = Math.ceil(cells / 8) * 8;
  const centroids = new Float32Array(buffer, at.centroids, positions * columns);
  const offsets = new Float32Array(buffer, at.centroidOffsets, positions);
  /** Sets centres where the kernel reads them, to be ranked by distance or by product. */
  function place(centres: Float64Array, by: 'euclidean' | 'dot'): void {
    offsets.fill(-Infinity);
    for (let cell = 0; cell < cells; cell++) {
      const centre = Float32Array.from(centres.subarray(cell * columns, (cell + 1) * columns));
      const target = (cell >>> 3) * 8 * columns + (cell & 7);
      centre.forEach((value, c) => (centroids[target + 8 * c] = value));
      offsets[cell] = offsetOf(centre, by);
    }
  }

  async function nearestCells(asked: Uint32Array): Promise<Uint32Array> {
    const nearest = new Uint32Array(asked.length);
    await search.ask({
      ask: 'cellsOf',
      rows: asked,
      argument: 1,
      against: cells,
      signal,
      take(from, count) {
        nearest.set(new Uint32Array(buffer, at.outRows, count), from);
        onDone?.(before + from + count, work);
      },
    });
    before += asked.length;
    return nearest;
  }

  search.set({ cells, probes: 0 });
  let centres = new Float64Array(cells * columns);
  for (let cell = 0; cell < cells; cell++) addTo(centres, cell, sample[cell]);
  place(centres, 'euclidean');
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const nearest = await nearestCells(sample);
    centres = new Float64Array(cells * columns);
    const sizes = new Uint32Array(cells);
    nearest.forEach((cell, i) => {
      sizes[cell]++;
      addTo(centres, cell, sample[i]);
    });
    for (let cell = 0; cell < cells; cell++) {
      if (sizes[cell] === 0) addTo(centres, cell, sample[integer(sampled)]);
      for (let c = 0; sizes[cell] > 1 && c < columns; c++)
        centres[cell * columns + c] /= sizes[cell];
    }
    place(centres, 'euclidean');
  }
  const cellOf = await nearestCells(all);
  place(centres, metric === 'dot' ? 'dot' : 'euclidean');

  const order = arrange();
  /** Cell after cell, each from a panel of its own on. */
  function arrange(): Uint32Array {
    const sizes = new Uint32Array(cells);
    for (const cell of cellOf) sizes[cell]++;
    const starts = new Uint32Array(buffer, at.cellStarts, cells + 1);
    for (let cell = 0; cell < cells; cell++) {
      starts[cell + 1] = starts[cell] + Math.ceil(sizes[cell] / 8);
    }
    const ids = new Uint32Array(8 * starts[cells]).fill(EMPTY);
    const next = Uint32Array.from(starts, (start) => 8 * start);
    cellOf.forEach((cell, row) => (ids[next[cell]++] = row));
    search.arrange(ids);
    return ids.filter((row) => row !== EMPTY);
  }

  return {
    cells,
    order,
    work,
    async hitsByProbes(asked, truth, signal) {
      const k = truth.length / asked.length;
      const most = layout.mostProbes;
      const hits = Array.from({ length: most }, () => new Uint32Array(asked.length));
      await search.ask({
        ask: 'cellsOf',
        rows: asked,
        argument: most,
        against: cells,
        signal,
        take(from, count) {
          const answers = new Uint32Array(buffer, at.outRows, count * most);
          const rank = new Uint32Array(cells);
          for (let i = 0; i < count; i++) {
            rank.fill(most);
            answers
              .subarray(i * most, (i + 1) * most)
              .forEach((cell, place) => (rank[cell] = place));
            for (const other of truth.subarray((from + i) * k, (from + i + 1) * k)) {
              const place = rank[cellOf[other]];
              if (place < most) hits[place][from + i]++;
            }
            for (let place = 1; place < most; place++) {
              hits[place][from + i] += hits[place - 1][from + i];
            }
          }
        },
      });
      return hits;
    },
  };
}
