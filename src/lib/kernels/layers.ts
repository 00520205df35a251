import { wasm } from './generated/layers.ts';
import type { KernelSource } from './load.ts';

/**
 * What the layers of a net do beside products of matrices. Offsets are in bytes, values float32, ids uint32; matrices
 * are row-major and dense. Functions that take a `count` work on whole vectors of four values, so that every array
 * has room up to the next multiple of 16 bytes.
 */
export interface LayerKernels {
  /** Row i of `out` becomes row ids[i] of `table` times scales[ids[i]]. */
  gatherRows(
    ids: number,
    count: number,
    table: number,
    columns: number,
    scales: number,
    out: number,
  ): void;

  /** Adds row i of `gradient` times scales[ids[i]] to row ids[i] of `table`. */
  scatterRows(
    ids: number,
    count: number,
    gradient: number,
    columns: number,
    scales: number,
    table: number,
  ): void;

  /**
   * Multiplies each value with `scale`, or with 0 where the next random number is less than `below`. The same state
   * gives the same zeros again.
   *
   * @param state sixteen uint32, four lanes of xorshift128 (Marsaglia 2003), moved on
   */
  dropout(values: number, count: number, below: number, scale: number, state: number): void;

  /** Adds `bias` to each row; with `relu` 1, what is below zero becomes zero. */
  addBias(values: number, rows: number, columns: number, bias: number, relu: number): void;

  /** Zeroes the gradient where the value is not above zero. */
  reluGradient(values: number, gradient: number, count: number): void;

  /** Adds the sum of the rows to `sums`. */
  addColumns(values: number, rows: number, columns: number, sums: number): void;

  /** Row i of `out` becomes the larger of rows 2i and 2i + 1, column by column. */
  maxPairs(values: number, pairs: number, columns: number, out: number): void;

  /** Gives the gradient of each maximum to the one that it came from, the first of equals, and 0 to the other. */
  maxPairsGradient(
    values: number,
    pairs: number,
    columns: number,
    outGradient: number,
    gradient: number,
  ): void;

  /**
   * One step of an LSTM as Keras 1 has it (hard sigmoid max(0, min(1, 0.2x + 0.5)) for the gates) for each row of a
   * batch; a row whose id is 0 keeps its cells and its output. `gates` holds 4 × units sums a row (input, forget, fresh,
   * output) and gets what becomes of them; `squashed` gets tanh of the cells. `units` is a multiple of 4.
   */
  lstmStep(
    ids: number,
    batch: number,
    units: number,
    gates: number,
    cellsBefore: number,
    hiddenBefore: number,
    cells: number,
    squashed: number,
    hidden: number,
  ): void;

  /**
   * The way back through such a step. `gates` become the gradient of their sums; `cellGradient` that of the cells before;
   * `hiddenGradient` keeps only what passes by the step, where the id is 0.
   */
  lstmStepGradient(
    ids: number,
    batch: number,
    units: number,
    gates: number,
    cellsBefore: number,
    squashed: number,
    hiddenGradient: number,
    cellGradient: number,
  ): void;

  /** Adds Σ (value − mean)² of each column to `sums`. */
  addSquares(values: number, rows: number, columns: number, means: number, sums: number): void;

  /** Adds Σ (value − mean)·gradient of each column to `sums`. */
  addProducts(
    values: number,
    gradient: number,
    rows: number,
    columns: number,
    means: number,
    sums: number,
  ): void;

  /** out = value · factor + shift, each column with its own. */
  scaleColumns(
    values: number,
    rows: number,
    columns: number,
    factors: number,
    shifts: number,
    out: number,
  ): void;

  /** out = gradient · factor + (value · slope + shift), each column with its own. */
  combineColumns(
    gradient: number,
    values: number,
    rows: number,
    columns: number,
    factors: number,
    slopes: number,
    shifts: number,
    out: number,
  ): void;
}

const { fround, max, min, abs } = Math;

/** The same functions in plain JavaScript. Every operation is rounded to float32, so that the answers are the kernel's to the bit. */
export function layersTwin(buffer: ArrayBuffer): LayerKernels {
  const f = new Float32Array(buffer);
  const u = new Uint32Array(buffer);

  /** Calls `each` with the index of every cell of a matrix and its column. */
  function cells(
    offset: number,
    rows: number,
    columns: number,
    each: (i: number, j: number) => void,
  ) {
    const end = rows * columns;
    for (let k = 0; k < end; k++) each((offset >>> 2) + k, k % columns);
  }

  return {
    gatherRows(ids, count, table, columns, scales, out) {
      for (let i = 0; i < count; i++) {
        const id = u[(ids >>> 2) + i];
        const scale = f[(scales >>> 2) + id];
        const from = (table >>> 2) + id * columns;
        const to = (out >>> 2) + i * columns;
        for (let j = 0; j < columns; j++) f[to + j] = f[from + j] * scale;
      }
    },

    scatterRows(ids, count, gradient, columns, scales, table) {
      for (let i = 0; i < count; i++) {
        const id = u[(ids >>> 2) + i];
        const scale = f[(scales >>> 2) + id];
        const from = (gradient >>> 2) + i * columns;
        const to = (table >>> 2) + id * columns;
        for (let j = 0; j < columns; j++) f[to + j] += fround(f[from + j] * scale);
      }
    },

    dropout(values, count, below, scale, state) {
      const at = state >>> 2;
      const factor = fround(scale);
      for (let k = 0; k < Math.ceil(count / 4) * 4; k++) {
        const lane = at + (k % 4);
        let t = u[lane];
        t ^= t << 11;
        const w = u[lane + 12];
        u[lane] = u[lane + 4];
        u[lane + 4] = u[lane + 8];
        u[lane + 8] = w;
        u[lane + 12] = w ^ (w >>> 19) ^ t ^ (t >>> 8);
        const to = (values >>> 2) + k;
        f[to] = u[lane + 12] >= below ? f[to] * factor : 0;
      }
    },

    addBias(values, rows, columns, bias, relu) {
      const least = relu ? 0 : -Infinity;
      cells(values, rows, columns, (i, j) => {
        f[i] = max(fround(f[i] + f[(bias >>> 2) + j]), least);
      });
    },

    reluGradient(values, gradient, count) {
      for (let k = 0; k < Math.ceil(count / 4) * 4; k++) {
        if (!(f[(values >>> 2) + k] > 0)) f[(gradient >>> 2) + k] = 0;
      }
    },

    addColumns(values, rows, columns, sums) {
      cells(values, rows, columns, (i, j) => {
        f[(sums >>> 2) + j] += f[i];
      });
    },

    maxPairs(values, pairs, columns, out) {
      cells(out, pairs, columns, (i, j) => {
        const row = ((i - (out >>> 2) - j) / columns) * 2 * columns;
        const first = (values >>> 2) + row + j;
        f[i] = max(f[first], f[first + columns]);
      });
    },

    maxPairsGradient(values, pairs, columns, outGradient, gradient) {
      cells(outGradient, pairs, columns, (i, j) => {
        const row = ((i - (outGradient >>> 2) - j) / columns) * 2 * columns + j;
        const first = (values >>> 2) + row;
        const to = (gradient >>> 2) + row;
        const isFirst = f[first] >= f[first + columns];
        f[to] = isFirst ? f[i] : 0;
        f[to + columns] = isFirst ? 0 : f[i];
      });
    },

    lstmStep(ids, batch, units, gates, cellsBefore, hiddenBefore, cellsAt, squashed, hidden) {
      for (let b = 0; b < batch; b++) {
        for (let j = 0; j < units; j++) {
          const k = b * units + j;
          const to = (cellsAt >>> 2) + k;
          const out = (hidden >>> 2) + k;
          if (u[(ids >>> 2) + b] === 0) {
            f[to] = f[(cellsBefore >>> 2) + k];
            f[out] = f[(hiddenBefore >>> 2) + k];
            continue;
          }
          const at = (gates >>> 2) + b * 4 * units + j;
          f[at] = hardSigmoid(f[at]);
          f[at + units] = hardSigmoid(f[at + units]);
          f[at + 2 * units] = tanh(f[at + 2 * units]);
          f[at + 3 * units] = hardSigmoid(f[at + 3 * units]);
          f[to] = fround(
            fround(f[at + units] * f[(cellsBefore >>> 2) + k]) + fround(f[at] * f[at + 2 * units]),
          );
          const flat = tanh(f[to]);
          f[(squashed >>> 2) + k] = flat;
          f[out] = f[at + 3 * units] * flat;
        }
      }
    },

    lstmStepGradient(
      ids,
      batch,
      units,
      gates,
      cellsBefore,
      squashed,
      hiddenGradient,
      cellGradient,
    ) {
      for (let b = 0; b < batch; b++) {
        for (let j = 0; j < units; j++) {
          const k = b * units + j;
          const at = (gates >>> 2) + b * 4 * units + j;
          if (u[(ids >>> 2) + b] === 0) {
            for (let gate = 0; gate < 4; gate++) f[at + gate * units] = 0;
            continue;
          }
          const [input, forget, fresh, output] = [0, 1, 2, 3].map((gate) => f[at + gate * units]);
          const flat = f[(squashed >>> 2) + k];
          const dh = f[(hiddenGradient >>> 2) + k];
          const through = fround(fround(dh * output) * fround(1 - fround(flat * flat)));
          const dc = fround(f[(cellGradient >>> 2) + k] + through);
          f[at] = fround(dc * fresh) * hardSlope(input);
          f[at + units] = fround(dc * f[(cellsBefore >>> 2) + k]) * hardSlope(forget);
          f[at + 2 * units] = fround(dc * input) * fround(1 - fround(fresh * fresh));
          f[at + 3 * units] = fround(dh * flat) * hardSlope(output);
          f[(cellGradient >>> 2) + k] = dc * forget;
          f[(hiddenGradient >>> 2) + k] = 0;
        }
      }
    },

    addSquares(values, rows, columns, means, sums) {
      cells(values, rows, columns, (i, j) => {
        const away = fround(f[i] - f[(means >>> 2) + j]);
        f[(sums >>> 2) + j] += fround(away * away);
      });
    },

    addProducts(values, gradient, rows, columns, means, sums) {
      const apart = (gradient >>> 2) - (values >>> 2);
      cells(values, rows, columns, (i, j) => {
        const away = fround(f[i] - f[(means >>> 2) + j]);
        f[(sums >>> 2) + j] += fround(away * f[i + apart]);
      });
    },

    scaleColumns(values, rows, columns, factors, shifts, out) {
      const apart = (out >>> 2) - (values >>> 2);
      cells(values, rows, columns, (i, j) => {
        f[i + apart] = fround(f[i] * f[(factors >>> 2) + j]) + f[(shifts >>> 2) + j];
      });
    },

    combineColumns(gradient, values, rows, columns, factors, slopes, shifts, out) {
      const base = gradient >>> 2;
      cells(gradient, rows, columns, (i, j) => {
        const own = fround(f[i] * f[(factors >>> 2) + j]);
        const value = f[(values >>> 2) + i - base];
        const line = fround(fround(value * f[(slopes >>> 2) + j]) + f[(shifts >>> 2) + j]);
        f[(out >>> 2) + i - base] = own + line;
      });
    },
  };
}

const SLOPE = fround(0.2);

function hardSigmoid(x: number): number {
  return min(max(fround(fround(x * SLOPE) + 0.5), 0), 1);
}

function hardSlope(value: number): number {
  return value > 0 && value < 1 ? SLOPE : 0;
}

/** 1/7!, 1/6! ... 1/2!, 1, 1. */
const SERIES = [0.0001984127, 0.0013888889, 0.0083333333, 0.041666667, 0.16666667, 0.5, 1, 1].map(
  fround,
);
const LOG2E = fround(1.44269504);
/** ln 2 in two parts, of which the first has few digits, so that its multiples are exact. */
const LN2 = fround(0.693359375);
const LN2_REST = fround(0.000212194442);

/** e^x for x in [−80, 0]: 2ⁿ·eʳ with |r| ≤ ln 2 / 2. */
function exponential(x: number): number {
  const n = nearest(fround(x * LOG2E));
  const r = fround(fround(x - fround(n * LN2)) + fround(n * LN2_REST));
  const p = SERIES.reduce((sum, term) => fround(fround(sum * r) + term));
  return fround(p * 2 ** n);
}

/** Ties go to the even one, as in the kernel. */
function nearest(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function tanh(x: number): number {
  const e = exponential(max(fround(abs(x) * -2), -80));
  const size = fround(fround(1 - e) / fround(1 + e));
  return x < 0 || Object.is(x, -0) ? -size : size;
}

export const layersSource: KernelSource<LayerKernels> = { wasm, twin: layersTwin };
