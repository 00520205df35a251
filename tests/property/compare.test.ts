import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/lib/analysis/compare.ts';
import { align } from '../../src/lib/math/alignment.ts';
import { bestAssignment } from '../../src/lib/math/assignment.ts';
import { svd } from '../../src/lib/math/centred.ts';
import { matrix, type Matrix } from '../../src/lib/math/matrix.ts';
import { random, type Random } from '../../src/lib/math/random.ts';
import type { Manifest, Run } from '../../src/lib/run/types.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const RUNS = { numRuns: 12 };

function normal(draw: Random, rows: number, columns: number): Matrix {
  return matrix(
    rows,
    columns,
    new Float32Array(rows * columns).map(() => draw.normal()),
  );
}

/** A run with a falling spectrum, so that its components are told apart. */
function shaped(draw: Random, rows: number, columns: number): Matrix {
  const m = normal(draw, rows, columns);
  m.data.forEach((_, at) => (m.data[at] *= 0.6 ** (at % columns)));
  return m;
}

/** A random rotation or reflection, d × d. */
function orthogonal(draw: Random, d: number): number[][] {
  const { left, right } = svd(Float64Array.from(normal(draw, d, d).data), d, d);
  return left.mmul(right.transpose()).to2DArray();
}

function times(m: Matrix, by: number[][], scale = 1): Matrix {
  const [d, e] = [m.columns, by[0].length];
  const result = matrix(m.rows, e);
  for (let i = 0; i < m.rows; i++) {
    for (let c = 0; c < e; c++) {
      let sum = 0;
      for (let r = 0; r < d; r++) sum += m.data[i * d + r] * by[r][c];
      result.data[i * e + c] = scale * sum;
    }
  }
  return result;
}

function run(vectors: Matrix): Run {
  const ids = Array.from({ length: vectors.rows }, (_, i) => `i${i}`);
  const model = { name: 'none', hyperparameters: {}, seed: 0 };
  return {
    manifest: { id: 'x', dataset: {}, model } as unknown as Manifest,
    maps: [],
    items: { ids, labels: ids, counts: new Uint32Array(ids.length), columns: {}, vectors },
  };
}

async function compared(a: Matrix, b: Matrix, k = 5) {
  const { pairs } = await compareRuns([run(a), run(b)], { k, seed: 1 });
  return pairs[0];
}

type Pair = Awaited<ReturnType<typeof compared>>;
const near = (value: number, digits = 4): number => expect.closeTo(value, digits) as number;

/** @param but what is left out of the comparison: the figures that may differ */
function expectSame(actual: Pair, expected: Pair): void {
  expect(actual.overlap.mean).toBeCloseTo(expected.overlap.mean, 2);
  expect(actual.cka).toEqual(near(expected.cka));
  expect(actual.rsa.correlation).toEqual(near(expected.rsa.correlation, 3));
  expect(actual.procrustes.scaled).toEqual(near(expected.procrustes.scaled));
  expect(actual.secondOrder).toEqual(near(expected.secondOrder, 3));
  expect([...actual.angles]).toEqual([...expected.angles].map((angle) => near(angle, 2)));
  actual.components.forEach(({ correlation }, c) =>
    expect(Math.abs(correlation)).toBeCloseTo(Math.abs(expected.components[c].correlation), 2),
  );
}

describe('comparing two embeddings', () => {
  it('a run against itself is 1 everywhere', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 12, max: 60 }), async (seed, n) => {
        const m = shaped(random(seed), n, 4);
        const pair = await compared(m, m);
        expect([...pair.perItem.overlap]).toEqual(new Array(n).fill(1));
        pair.perItem.rankBiased.forEach((value) => expect(value).toBeCloseTo(1, 10));
        pair.perItem.secondOrder.forEach((value) => expect(value).toBeCloseTo(1, 10));
        pair.perItem.residual.forEach((value) => expect(value).toBeCloseTo(0, 6));
        pair.perItem.unscaledResidual.forEach((value) => expect(value).toBeCloseTo(0, 6));
        expect(pair.overlap).toMatchObject({ mean: 1, interval: [1, 1] });
        expect(pair.cka).toBeCloseTo(1, 10);
        expect(pair.rsa).toMatchObject({ correlation: near(1, 10), error: 0 });
        expect(pair.components).toEqual(
          pair.components.map((_, c) => ({ a: c, b: c, correlation: near(1, 6) })),
        );
        pair.angles.forEach((angle) => expect(angle).toBeLessThan(1e-5));
      }),
      RUNS,
    );
  });

  it('a rotation, reflection or permutation of columns changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.boolean(), async (seed, permute) => {
        const draw = random(seed);
        const [a, b] = [shaped(draw, 80, 4), shaped(draw, 80, 4)];
        b.data.forEach((value, at) => (b.data[at] = a.data[at] + 0.4 * value));
        const turn = permute
          ? draw.shuffle([0, 1, 2, 3]).map((to) => [0, 1, 2, 3].map((c) => Number(c === to)))
          : orthogonal(draw, 4);
        const [plain, turned] = [await compared(a, b), await compared(a, times(b, turn))];
        expectSame(turned, plain);
        expect(turned.procrustes.unscaled).toBeCloseTo(plain.procrustes.unscaled, 4);
      }),
      RUNS,
    );
  });

  it('scaling changes only the residual without scaling, and that as it must', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.double({ min: 0.1, max: 10, noNaN: true }), async (seed, by) => {
        const draw = random(seed);
        const [a, b] = [shaped(draw, 60, 4), shaped(draw, 60, 4)];
        const scaled = matrix(
          60,
          4,
          b.data.map((value) => value * by),
        );
        expectSame(await compared(a, scaled), await compared(a, b));
        const self = matrix(
          60,
          4,
          a.data.map((value) => value * by),
        );
        expect((await compared(a, self)).procrustes.unscaled).toBeCloseTo(
          (1 - by) ** 2 / (1 + by * by),
          4,
        );
      }),
      RUNS,
    );
  });

  it('is symmetric', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const draw = random(seed);
        const [a, b] = [shaped(draw, 70, 4), shaped(draw, 70, 6)];
        const [there, back] = [await compared(a, b), await compared(b, a)];
        expectSame(
          {
            ...back,
            components: there.components.map(({ a, b, correlation }) => {
              const other = back.components.find((one) => one.a === b && one.b === a)!;
              return { a, b, correlation: other.correlation * Math.sign(correlation) };
            }),
          },
          there,
        );
        expect([...back.perItem.overlap]).toEqual([...there.perItem.overlap]);
        expect(back.procrustes.unscaled).toBeCloseTo(there.procrustes.unscaled, 6);
      }),
      RUNS,
    );
  });

  it('gives independent noise the value of chance, within its interval 19 times of 20', async () => {
    const within: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const draw = random(seed);
      const pair = await compared(normal(draw, 150, 20), normal(draw, 150, 12));
      const { interval, chance } = pair.overlap;
      within.push(Number(interval[0] <= chance && chance <= interval[1]));
      expect(Math.abs(pair.cka)).toBeLessThan(0.08);
      expect(Math.abs(pair.rsa.correlation)).toBeLessThan(0.12);
      expect(pair.procrustes.scaled).toBeGreaterThan(0.6);
    }
    // Of 40 intervals of 95 %, fewer than 32 that hold chance would be drawn once in ten thousand times.
    expect(within.reduce((sum, value) => sum + value)).toBeGreaterThanOrEqual(32);
  });
});

it('padding with zeros is what differing dimensions mean to an alignment', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const draw = random(seed);
      const [a, b] = [normal(draw, 30, 3), normal(draw, 30, 5)];
      const padded = times(a, [
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
      ]);
      for (const [narrow, wide] of [
        [align(a, b), align(padded, b)],
        [align(b, a), align(b, padded)],
      ]) {
        for (const fit of ['scaled', 'unscaled'] as const) {
          expect([...narrow[fit].residuals]).toEqual(
            [...wide[fit].residuals].map((value) => near(value, 6)),
          );
        }
      }
    }),
    RUNS,
  );
});

it('no assignment of three is better than the best', () => {
  const weights = fc.array(fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  });
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  fc.assert(
    fc.property(weights, (w) => {
      const sum = bestAssignment(w).reduce((total, [r, c]) => total + w[r][c], 0);
      const all = orders.map((order) => order.reduce((total, c, r) => total + w[r][c], 0));
      expect(sum).toBe(Math.max(...all));
    }),
  );
});
