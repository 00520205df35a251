import { describe, expect, it } from 'vitest';
import { loadGlove, PAIR_BYTES } from '../../../src/lib/kernels/glove.ts';
import { Layout } from '../../../src/lib/kernels/load.ts';
import { random } from '../../../src/lib/math/random.ts';
import { workerThreads } from '../../../src/lib/train/glove/threads.node.ts';

const WORDS = 6;
const DIMENSIONS = 5;
const COLUMNS = 8;
const PAIRS = 40;
const RATE = 0.05;

/** Words with drawn vectors, biases and sums of squares, and drawn pairs of them. */
async function scene({ plain = false, rate = RATE } = {}) {
  const layout = new Layout();
  const at = {
    rows: layout.reserve(WORDS * 4 * COLUMNS),
    steps: layout.reserve(2 * COLUMNS),
    pairs: layout.reserve((PAIRS * PAIR_BYTES) / 4),
  };
  const kernel = await loadGlove(layout.bytes, { plain });
  const draw = random(5);
  const rows = new Float32Array(kernel.buffer, at.rows, WORDS * 4 * COLUMNS);
  for (let word = 0; word < WORDS; word++) {
    for (let side = 0; side < 2; side++) {
      const start = (4 * word + side) * COLUMNS;
      for (let k = 0; k < DIMENSIONS; k++) rows[start + k] = draw.uniform() - 0.5;
      rows[start + DIMENSIONS + side] = draw.uniform() - 0.5;
      rows[start + DIMENSIONS + 1 - side] = 1;
      rows.fill(1, start + 2 * COLUMNS, start + 3 * COLUMNS);
    }
  }
  const steps = new Float32Array(kernel.buffer, at.steps, 2 * COLUMNS);
  for (let side = 0; side < 2; side++) {
    steps.fill(rate, side * COLUMNS, side * COLUMNS + DIMENSIONS);
    steps[side * COLUMNS + DIMENSIONS + side] = rate;
  }
  const integers = new Uint32Array(kernel.buffer, at.pairs, 4 * PAIRS);
  const floats = new Float32Array(kernel.buffer, at.pairs, 4 * PAIRS);
  for (let k = 0; k < PAIRS; k++) {
    integers[4 * k] = draw.integer(WORDS);
    integers[4 * k + 1] = draw.integer(integers[4 * k] + 1);
    floats[4 * k + 2] = draw.normal();
    floats[4 * k + 3] = draw.uniform();
  }
  return { kernel, at, rows, integers, floats };
}

describe('the GloVe kernel', () => {
  it('gives the same as plain JavaScript, to the bit', async () => {
    const [compiled, plain] = [await scene(), await scene({ plain: true })];
    expect([compiled.kernel.backend, plain.kernel.backend]).toEqual(['kernel', 'javascript']);
    const before = compiled.rows.slice();
    const costs = [compiled, plain].map(({ kernel, at }) => {
      const pass = (seed: number) =>
        kernel.functions.pass(at.pairs, PAIRS, seed, at.rows, 4 * COLUMNS, at.steps);
      return [pass(1), pass(4294967295)];
    });
    expect(costs[0]).toEqual(costs[1]);
    expect(compiled.rows).toEqual(plain.rows);
    expect(compiled.integers).toEqual(plain.integers);
    expect(compiled.rows).not.toEqual(before);
  });

  it('steps along the gradient of the cost, both ways, and once on the diagonal', async () => {
    // So small a rate that all steps are taken from the same place, and sums of squares stay 1.
    const rate = 1e-3;
    for (const [i, j] of [
      [3, 1],
      [2, 2],
    ]) {
      const { kernel, at, rows, integers, floats } = await scene({ rate });
      integers.set([i, j], 0);
      const [logarithm, weight] = floats.subarray(2, 4);
      const before = Float64Array.from(rows);
      const cost = (values: Float64Array) => {
        let sum = 0;
        for (const [a, b] of i === j
          ? [[i, j]]
          : [
              [i, j],
              [j, i],
            ]) {
          let prediction = 0;
          for (let k = 0; k < COLUMNS; k++) {
            prediction += values[4 * a * COLUMNS + k] * values[(4 * b + 1) * COLUMNS + k];
          }
          sum += 0.5 * weight * (prediction - logarithm) ** 2;
        }
        return sum;
      };
      const { train } = kernel.functions;
      expect(train(at.pairs, 1, at.rows, 4 * COLUMNS, at.steps)).toBeCloseTo(cost(before), 6);
      let moved = 0;
      for (let row = 0; row < 4 * WORDS; row++) {
        const side = row % 4;
        if (side > 1) continue;
        for (let column = 0; column < COLUMNS; column++) {
          const k = row * COLUMNS + column;
          const isFixed = column === DIMENSIONS + 1 - side || column > DIMENSIONS + 1;
          const step = isFixed ? 0 : rate * gradient(cost, before, k);
          expect(rows[k] - before[k]).toBeCloseTo(-step, 6);
          expect(rows[k + 2 * COLUMNS] - 1).toBeCloseTo(step ** 2, 6);
          if (Math.abs(step) > 1e-9) moved++;
        }
      }
      expect(moved).toBe(i === j ? 12 : 24);
    }
  });

  it('divides a step by the root of the sum of squares before it', async () => {
    const { kernel, at, rows, integers, floats } = await scene();
    integers.set([1, 0], 0);
    const word = 4 * COLUMNS;
    const context = COLUMNS;
    rows.fill(0.25, word + 2 * COLUMNS, word + 3 * COLUMNS);
    const [p, q] = [rows[word], rows[context]];
    let prediction = 0;
    for (let k = 0; k < COLUMNS; k++) prediction += rows[word + k] * rows[context + k];
    const a = floats[3] * (prediction - floats[2]) * q * RATE;
    kernel.functions.train(at.pairs, 1, at.rows, 4 * COLUMNS, at.steps);
    expect(rows[word] - p).toBeCloseTo(-a / 0.5, 6);
    expect(rows[word + 2 * COLUMNS]).toBeCloseTo(0.25 + a * a, 6);
  });

  it('shuffles: the same pairs, another order, by the seed', async () => {
    const { kernel, at, integers } = await scene();
    for (let k = 0; k < PAIRS; k++) integers[4 * k] = k;
    const order = () => Array.from({ length: PAIRS }, (_, k) => integers[4 * k]);
    const identity = order();
    kernel.functions.shuffle(at.pairs, PAIRS, 1);
    const first = order();
    expect(first).not.toEqual(identity);
    expect([...first].sort((a, b) => a - b)).toEqual(identity);
    // Where the first pair goes is spread evenly: chi squared with 39 degrees of freedom, 99.9 % below 72.1.
    const places = new Float64Array(PAIRS);
    for (let seed = 0; seed < 4000; seed++) {
      for (let k = 0; k < PAIRS; k++) integers[4 * k] = k;
      kernel.functions.shuffle(at.pairs, PAIRS, seed);
      places[order().indexOf(0)]++;
    }
    const expected = 4000 / PAIRS;
    expect(places.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(72.1);
  });

  it('runs in threads on one memory', async () => {
    const [own, threaded] = [await scene(), await scene()];
    const values = [own.at.pairs, PAIRS, 7, own.at.rows, 4 * COLUMNS, own.at.steps];
    const expected = own.kernel.functions.pass(
      ...(values as [number, number, number, number, number, number]),
    );
    const threads = await workerThreads(2).start(threaded.kernel);
    try {
      expect(threads.count).toBe(2);
      expect(await threads.call(1, 'pass', values)).toBe(expected);
      expect(threaded.rows).toEqual(own.rows);
      await expect(threads.call(0, 'nothing', [])).rejects.toThrow('is not a function');
    } finally {
      await threads.close();
    }
  });
});

/** The partial derivative of `cost` by the value with index `k`, by central differences. */
function gradient(cost: (values: Float64Array) => number, at: Float64Array, k: number): number {
  const shifted = (by: number) => cost(at.map((x, other) => (other === k ? x + by : x)));
  return (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
}
