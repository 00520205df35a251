import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeTeam } from '../../src/lib/kernels/team.node.ts';
import {
  neighbourIndex,
  type NeighbourIndexOptions,
} from '../../src/lib/kernels/neighbourIndex.ts';
import { matrix, type Matrix, row } from '../../src/lib/math/matrix.ts';
import { nearest } from '../../src/lib/math/neighbours.ts';
import { random } from '../../src/lib/math/random.ts';

const WAYS = [
  { plain: false, quantised: false },
  { plain: false, quantised: true },
  { plain: true, quantised: false },
  { plain: true, quantised: true },
];
const THREADED = [
  { team: nodeTeam(2), quantised: false },
  { team: nodeTeam(3), quantised: true },
];
const metrics = fc.constantFrom('cosine' as const, 'dot' as const, 'euclidean' as const);
/** How the vectors lie: everywhere, near one another, on a grid (many ties), far from 0, twice over. */
const shapes = fc.constantFrom('cloud', 'tight', 'grid', 'far', 'doubled');
const scene = fc.record({
  seed: fc.integer(),
  rows: fc.nat(60),
  columns: fc.integer({ min: 1, max: 130 }),
  shape: shapes,
  /** A power of 2 that all is multiplied by, the last ones beyond what single precision can square. */
  size: fc.constantFrom(0, 0, 0, -30, 30, -70, 70, -100, 100),
  spoilt: fc.nat(3),
});

function points({ seed, rows, columns, shape, size, spoilt }: SceneOf<typeof scene>): Matrix {
  const { normal, integer } = random(seed);
  const m = matrix(rows, columns);
  const centre = Float32Array.from({ length: columns }, normal);
  for (let at = 0; at < m.data.length; at++) {
    const j = at % columns;
    m.data[at] =
      shape === 'grid'
        ? integer(3) - 1
        : shape === 'tight'
          ? centre[j] + 1e-6 * normal()
          : shape === 'far'
            ? 1000 * centre[j] + 0.01 * normal()
            : normal();
    m.data[at] *= 2 ** size;
  }
  if (shape === 'doubled') m.data.copyWithin(columns * Math.ceil(rows / 2), 0);
  for (let i = 0; i < spoilt && rows > 3; i++) {
    const at = integer(rows - 1) + 1;
    row(m, at).fill([0, NaN, Infinity][i], 0, i === 0 ? columns : 1);
  }
  return m;
}
type SceneOf<T> = T extends fc.Arbitrary<infer U> ? U : never;

describe('an index of neighbours', () => {
  it.each<NeighbourIndexOptions>([...WAYS, ...THREADED])(
    'answers as the plain search does, to the bit: %j',
    async (options) => {
      await fc.assert(
        fc.asyncProperty(scene, metrics, fc.nat(20), fc.nat(9), async (given, metric, k, count) => {
          const m = points(given);
          const index = await neighbourIndex(m, options);
          expect(index.backend).toBe(options.plain ? 'javascript' : 'kernel');
          expect(index.threads).toBe(options.team?.count ?? 1);
          const queries = points({ ...given, seed: given.seed + 1, rows: count, spoilt: 0 });
          // Some queries are rows of the matrix.
          for (let q = 0; q < Math.min(count, m.rows); q += 2) {
            const own = row(m, m.rows - 1 - q);
            if (own.every(Number.isFinite)) row(queries, q).set(own);
          }
          const expected = Array.from({ length: count }, (_, q) =>
            nearest(m, row(queries, q), k, metric),
          );
          expect(index.nearestBatch(queries, k, metric)).toEqual(expected);
          expected.forEach((answer, q) => {
            expect(index.nearest(row(queries, q), k, metric)).toEqual(answer);
          });
          for (let i = 0; i < Math.min(4, m.rows); i++) {
            if (!row(m, i).every(Number.isFinite)) continue;
            const others = nearest(m, row(m, i), k, metric, i);
            expect(index.nearest(i, k, metric)).toEqual(others);
          }
          index.free();
        }),
        { numRuns: options.team ? 60 : 150 },
      );
    },
  );

  it('gives the same neighbours when the rows come in another order', async () => {
    await fc.assert(
      fc.asyncProperty(scene, metrics, fc.integer(), async (given, metric, seed) => {
        // Without ties, whose order is that of the rows.
        const m = points({ ...given, shape: 'cloud', size: 0, spoilt: 0 });
        const order = random(seed).shuffle(Array.from({ length: m.rows }, (_, i) => i));
        const permuted = matrix(m.rows, m.columns);
        order.forEach((from, to) => row(permuted, to).set(row(m, from)));
        const [a, b] = await Promise.all([neighbourIndex(m), neighbourIndex(permuted)]);
        for (let i = 0; i < Math.min(5, m.rows); i++) {
          // In one dimension all cosines are 1 or −1.
          if (m.columns === 1) continue;
          const found = b.nearest(i, 7, metric);
          const expected = a.nearest(order[i], 7, metric);
          expect([...found.rows].map((at) => order[at])).toEqual([...expected.rows]);
          expect(found.values).toEqual(expected.values);
        }
      }),
      { numRuns: 50 },
    );
  });
});
