import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureMap } from '../../src/lib/kernels/mapQuality.ts';
import { largestK, mapQuality } from '../../src/lib/math/mapQuality.ts';
import { matrix, type Matrix } from '../../src/lib/math/matrix.ts';
import { random } from '../../src/lib/math/random.ts';

/** How the rows lie: everywhere, on a grid (many ties), twice over. */
const scenes = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 3, max: 70 }),
  columns: fc.integer({ min: 1, max: 20 }),
  shape: fc.constantFrom('cloud', 'grid', 'doubled'),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Scene = typeof scenes extends fc.Arbitrary<infer S> ? S : never;

function drawn({ seed, rows, columns, shape, share }: Scene) {
  const { normal, integer } = random(seed);
  const value = shape === 'grid' ? () => integer(3) : normal;
  const m = matrix(rows, columns, Float32Array.from({ length: rows * columns }, value));
  if (shape === 'doubled') m.data.copyWithin((rows >> 1) * columns, 0, (rows >> 1) * columns);
  const map = Float32Array.from({ length: 2 * rows }, value);
  const labels = Uint32Array.from({ length: rows }, () => integer(8));
  const k = 1 + Math.floor(share * (largestK(rows) - 1));
  return { m, map, labels, k };
}

function permuted({ data, columns, rows }: Matrix, order: Int32Array): Matrix {
  const result = matrix(rows, columns);
  order.forEach((from, to) =>
    result.data.set(data.subarray(from * columns, (from + 1) * columns), to * columns),
  );
  return result;
}

const measures = ['trustworthiness', 'continuity', 'preservation'] as const;

describe('the quality of a map', () => {
  it('is the same to the bit by the kernel and by its plain twin', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const { m, map, labels, k } = drawn(scene);
        const twin = await measureMap(m, map, { k, labels, plain: true });
        expect(await measureMap(m, map, { k, labels })).toEqual(twin);
        if (scene.shape === 'grid') expect(twin).toEqual(mapQuality(m, map, { k, labels }));
      }),
      { numRuns: 150 },
    );
  });

  it('lies in [0, 1], whatever the map', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const { m, map, k } = drawn(scene);
        const quality = await measureMap(m, map, { k });
        for (const name of measures) {
          for (const value of quality[name].perRow) {
            expect(value).toBeGreaterThanOrEqual(-1e-12);
            expect(value).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('goes with its rows where they are put in another order', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        // Where distances are equal, the order of the rows decides.
        const { m, map, labels, k } = drawn({ ...scene, shape: 'cloud' });
        const { rows } = m;
        const order = random(scene.seed + 1).shuffle(
          Int32Array.from({ length: rows }, (_, i) => i),
        );
        const before = await measureMap(m, map, { k, labels });
        const after = await measureMap(
          permuted(m, order),
          permuted(matrix(rows, 2, map), order).data,
          { k, labels: Uint32Array.from(order, (row) => labels[row]) },
        );
        for (const name of measures) {
          expect([...after[name].perRow]).toEqual(
            Array.from(order, (row) => before[name].perRow[row]),
          );
          expect(after[name].mean).toBeCloseTo(before[name].mean, 12);
        }
        const [hits, own] = [after.neighbourhoodHit!, before.neighbourhoodHit!];
        expect([...hits.onMap.perRow]).toEqual(Array.from(order, (row) => own.onMap.perRow[row]));
        expect(hits.chance).toBeCloseTo(own.chance, 12);
      }),
    );
  });

  it('changes places, trustworthiness for continuity, where map and data do', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const { m, map, k } = drawn({ ...scene, columns: 2 });
        const there = await measureMap(m, map, { k });
        const back = await measureMap(matrix(m.rows, 2, map), m.data, { k });
        expect(back.trustworthiness).toEqual(there.continuity);
        expect(back.continuity).toEqual(there.trustworthiness);
        expect(back.preservation).toEqual(there.preservation);
      }),
    );
  });

  it('names the row and the column of a value that is not finite', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, fc.constantFrom(NaN, Infinity, -Infinity), async (scene, wrong) => {
        const { m, map } = drawn(scene);
        const { integer } = random(scene.seed);
        const [row, column] = [integer(m.rows), integer(m.columns)];
        m.data[row * m.columns + column] = wrong;
        await expect(measureMap(m, map)).rejects.toThrow(
          `row ${row}, column ${column} is ${wrong} (expected a finite number)`,
        );
      }),
    );
  });
});
