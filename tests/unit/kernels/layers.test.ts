import { describe, expect, it } from 'vitest';
import { layersSource, type LayerKernels } from '../../../src/lib/kernels/layers.ts';
import { loadTogether } from '../../../src/lib/kernels/load.ts';
import { random, type Random } from '../../../src/lib/math/random.ts';

const VALUES = 4096;
const BYTES = 4 * VALUES;
/** Six places with room for as many values each. */
const ROOM = 512;
const [A, B, C, D, E, F] = [0, 1, 2, 3, 4, 5].map((place) => 4 * place * ROOM);
/** Ids, and the state of the random numbers. */
const IDS = 4 * 6 * ROOM;
const STATE = IDS + 4 * 64;

/** A memory of normal numbers, and what `use` leaves of it with the kernel and with its twin. */
async function both(seed: number, use: (kernels: LayerKernels, random: Random) => void) {
  return Promise.all(
    [false, true].map(async (plain) => {
      const { buffer, functions } = await loadTogether([layersSource], BYTES, { plain });
      const draws = random(seed);
      const floats = new Float32Array(buffer, 0, 6 * ROOM);
      for (let i = 0; i < floats.length; i++) floats[i] = draws.normal();
      const ids = new Uint32Array(buffer, IDS, 64);
      for (let i = 0; i < ids.length; i++) ids[i] = draws.integer(4);
      const state = new Uint32Array(buffer, STATE, 16);
      for (let i = 0; i < 16; i++) state[i] = draws.seed() | 1;
      use(functions, draws);
      return new Float32Array(buffer, 0, VALUES).slice();
    }),
  );
}

const uses: [string, (kernels: LayerKernels, random: Random) => void][] = [
  ['gatherRows', (k, { integer }) => k.gatherRows(IDS, 1 + integer(20), A, 1 + integer(20), C, D)],
  [
    'scatterRows',
    (k, { integer }) => k.scatterRows(IDS, 1 + integer(20), A, 1 + integer(20), C, D),
  ],
  ['dropout', (k, { integer }) => k.dropout(A, 1 + integer(400), 0x80000000, 2, STATE)],
  ['addBias', (k, { integer }) => k.addBias(A, 1 + integer(20), 1 + integer(20), B, integer(2))],
  ['reluGradient', (k, { integer }) => k.reluGradient(A, B, 1 + integer(400))],
  ['addColumns', (k, { integer }) => k.addColumns(A, 1 + integer(20), 1 + integer(20), B)],
  ['maxPairs', (k, { integer }) => k.maxPairs(A, 1 + integer(10), 1 + integer(20), B)],
  [
    'maxPairsGradient',
    (k, { integer }) => k.maxPairsGradient(A, 1 + integer(10), 1 + integer(20), B, C),
  ],
  [
    'lstmStep',
    (k, { integer }) => k.lstmStep(IDS, 1 + integer(8), 4 * (1 + integer(4)), A, B, C, D, E, F),
  ],
  [
    'lstmStepGradient',
    (k, { integer }) =>
      k.lstmStepGradient(IDS, 1 + integer(8), 4 * (1 + integer(4)), A, B, C, D, E),
  ],
  ['addSquares', (k, { integer }) => k.addSquares(A, 1 + integer(20), 1 + integer(20), B, C)],
  ['addProducts', (k, { integer }) => k.addProducts(A, B, 1 + integer(20), 1 + integer(20), C, D)],
  [
    'scaleColumns',
    (k, { integer }) => k.scaleColumns(A, 1 + integer(20), 1 + integer(20), B, C, D),
  ],
  [
    'combineColumns',
    (k, { integer }) => k.combineColumns(A, B, 1 + integer(20), 1 + integer(20), C, D, E, F),
  ],
];

describe('kernels of layers', () => {
  it.each(uses)('%s gives its twin’s answers to the bit', async (_, use) => {
    for (let seed = 0; seed < 10; seed++) {
      const [kernel, twin] = await both(seed, use);
      const [untouched] = await both(seed, () => {});
      expect(new Uint32Array(kernel.buffer)).toEqual(new Uint32Array(twin.buffer));
      expect(kernel).not.toEqual(untouched);
    }
  });

  it('drops the share asked for, the same again from the same state, others from the next', async () => {
    const { buffer, functions } = await loadTogether([layersSource], 4 * 100_000 + 128);
    const state = new Uint32Array(buffer, 0, 16).fill(1).map((_, i) => 77 * i + 1);
    new Uint32Array(buffer, 0, 16).set(state);
    const draw = () => {
      const values = new Float32Array(buffer, 128, 100_000).fill(1);
      functions.dropout(128, 100_000, Math.floor(0.2 * 2 ** 32), 1.25, 0);
      return values.slice();
    };
    const first = draw();
    const second = draw();
    new Uint32Array(buffer, 0, 16).set(state);
    expect(draw()).toEqual(first);
    expect(second).not.toEqual(first);
    for (const values of [first, second]) {
      expect([...new Set(values)].sort()).toEqual([0, 1.25]);
      const share = values.filter((value) => value === 0).length / values.length;
      // Four standard deviations of a binomial share.
      expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / values.length));
    }
    // Neighbours fall independently of each other.
    const pairs = first.filter((value, i) => value === 0 && first[i + 1] === 0).length;
    expect(Math.abs(pairs / first.length - 0.04)).toBeLessThan(0.004);
  });

  it('has the hyperbolic tangent to seven digits', async () => {
    const { buffer, functions } = await loadTogether([layersSource], BYTES);
    const f = new Float32Array(buffer);
    const steps = [-100, -9, -3, -1, -0.3, -1e-3, 0, 1e-6, 0.01, 0.5, 0.7, 2, 5, 20, 44, 1e30];
    steps.forEach((x, i) => {
      // Gates wide open (input 1, forget 0), so that the cell is tanh(x).
      f.set(
        [10, -10, x, 10].flatMap((gate) => [gate, gate, gate, gate]),
        A >> 2,
      );
      new Uint32Array(buffer, IDS, 1)[0] = 1;
      functions.lstmStep(IDS, 1, 4, A, B, C, D, E, F);
      expect(Math.abs(f[D >> 2] - Math.tanh(x)), `tanh(${x}), ${i}`).toBeLessThan(2e-7);
    });
  });

  it('keeps cells and outputs where there is no word', async () => {
    const { buffer, functions } = await loadTogether([layersSource], BYTES);
    const f = new Float32Array(buffer);
    f.set([1, 2, 3, 4], B >> 2);
    f.set([5, 6, 7, 8], C >> 2);
    functions.lstmStep(IDS, 1, 4, A, B, C, D, E, F);
    expect([...f.subarray(D >> 2, (D >> 2) + 4)]).toEqual([1, 2, 3, 4]);
    expect([...f.subarray(F >> 2, (F >> 2) + 4)]).toEqual([5, 6, 7, 8]);
  });
});
