import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentRanking, componentScores } from '../../src/lib/analysis/components.ts';
import { neighbours } from '../../src/lib/analysis/neighbours.ts';
import type { ItemFilter } from '../../src/lib/analysis/types.ts';
import { matrix, type Matrix } from '../../src/lib/math/matrix.ts';
import { nearest } from '../../src/lib/math/neighbours.ts';
import { pca } from '../../src/lib/math/pca.ts';
import { random } from '../../src/lib/math/random.ts';
import { correlations, pearson } from '../../src/lib/math/statistics.ts';
import type { Manifest, Run } from '../../src/lib/run/types.ts';

const METRICS = ['cosine', 'dot', 'euclidean'] as const;
const metrics = fc.constantFrom(...METRICS);
const conventions = fc.constantFrom('scores' as const, 'lesson' as const);
const seeds = fc.integer();

/** Small whole numbers, so that ties, duplicates and zeros are common and sums exact. */
const whole = (least: number, columns = 3) =>
  fc
    .array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: columns, maxLength: columns }), {
      minLength: least,
      maxLength: 25,
    })
    .map((rows) => matrix(rows.length, columns, Float32Array.from(rows.flat())));

/** Points of a normal distribution, wider in some directions: no ties, no equal variances. */
function cloud(seed: number, rows = 40, columns = 4): Matrix {
  const draw = random(seed);
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, (_, at) => draw.normal() * 2 ** (at % columns)),
  );
}

/** A random rotation (or reflection): Gram and Schmidt's process on normal vectors. */
function rotation(seed: number, d: number): Float64Array[] {
  const draw = random(seed);
  const basis: Float64Array[] = [];
  while (basis.length < d) {
    const vector = Float64Array.from({ length: d }, () => draw.normal());
    // Twice, for what rounding leaves of it the first time.
    for (const other of [...basis, ...basis]) {
      const along = vector.reduce((sum, value, j) => sum + value * other[j], 0);
      for (let j = 0; j < d; j++) vector[j] -= along * other[j];
    }
    const length = Math.hypot(...vector);
    if (length > 1e-6) basis.push(vector.map((value) => value / length));
  }
  return basis;
}

function rotate({ data, rows, columns }: Matrix, basis: Float64Array[]): Matrix {
  const turned = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    basis.forEach((direction, j) => {
      turned.data[i * columns + j] = direction.reduce(
        (sum, value, l) => sum + value * data[i * columns + l],
        0,
      );
    });
  }
  return turned;
}

function permute({ data, rows, columns }: Matrix, order: ArrayLike<number>): Matrix {
  const result = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    result.data.set(data.subarray(order[i] * columns, (order[i] + 1) * columns), i * columns);
  }
  return result;
}

const orderOf = (rows: number, seed: number) =>
  random(seed).shuffle(Array.from({ length: rows }, (_, i) => i));

/** Equal up to the rounding of 32-bit figures of about `size`. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, size = 1): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThan(1e-4 * size);
  }
}

function runOf(vectors: Matrix): Run {
  const rows = Array.from({ length: vectors.rows }, (_, i) => i);
  return {
    manifest: { kind: 'movies' } as Manifest,
    maps: [],
    items: {
      ids: rows.map(String),
      labels: rows.map((i) => `Film ${i % 5}`),
      counts: Uint32Array.from(rows, (i) => 1000 - 10 * (i >> 1)),
      columns: {
        year: {
          kind: 'number',
          storage: 'uint16',
          values: Float64Array.from(rows, (i) => (i % 4 === 0 ? NaN : 1950 + ((i * 7) % 60))),
        },
        genres: {
          kind: 'tags',
          values: rows.map((i) => ['Drama', 'War', 'Comedy'].slice(i % 3, (i % 3) + (i % 2) + 1)),
        },
      },
      vectors,
    },
  };
}

describe('principal components', () => {
  it('do not care for the order of the rows', () => {
    fc.assert(
      fc.property(seeds, conventions, (seed, convention) => {
        const m = cloud(seed);
        const order = orderOf(m.rows, seed + 1);
        const a = pca(m, { convention });
        const b = pca(permute(m, order), { convention });
        expectClose(b.explainedVariance, a.explainedVariance, a.explainedVariance[0]);
        expectClose(b.scores.data, permute(a.scores, order).data, 10);
      }),
      { numRuns: 50 },
    );
  });

  it('turn with the data: variances stay, and scores but for their signs', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const m = cloud(seed);
        const a = pca(m);
        const b = pca(rotate(m, rotation(seed + 1, m.columns)));
        expectClose(b.explainedVariance, a.explainedVariance, a.explainedVariance[0]);
        expectClose(b.scores.data.map(Math.abs), a.scores.data.map(Math.abs), 10);
      }),
      { numRuns: 50 },
    );
  });

  it('grow with the square of the data, and their shares not at all', () => {
    fc.assert(
      fc.property(
        seeds,
        conventions,
        fc.integer({ min: -6, max: 6 }),
        (seed, convention, power) => {
          const m = cloud(seed);
          // A power of two scales without rounding.
          const scaled = matrix(
            m.rows,
            m.columns,
            m.data.map((value) => value * 2 ** power),
          );
          const a = pca(m, { convention });
          const b = pca(scaled, { convention });
          const expected = a.explainedVariance.map((variance) => variance * 4 ** power);
          expectClose(b.explainedVariance, expected, expected[0]);
          expectClose(b.explainedVarianceRatio, a.explainedVarianceRatio);
          expectClose(b.components.data, a.components.data);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('have the total variance, fall, and stand at right angles, whatever ties and constants there are', () => {
    fc.assert(
      fc.property(whole(2), fc.boolean(), (m, constant) => {
        if (constant) for (let i = 0; i < m.rows; i++) m.data[3 * i + 1] = 2;
        fc.pre(m.data.some((value, at) => value !== m.data[at % 3]));
        const fit = pca(m);
        const { data, rows, columns } = fit.components;
        expect(fit.explainedVarianceRatio.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
        for (let a = 0; a < rows; a++) {
          if (a > 0)
            expect(fit.explainedVariance[a]).toBeLessThanOrEqual(fit.explainedVariance[a - 1]);
          if (constant) expect(data[a * columns + 1]).toBeCloseTo(0, 5);
          for (let b = 0; b <= a; b++) {
            let dot = 0;
            for (let j = 0; j < columns; j++) dot += data[a * columns + j] * data[b * columns + j];
            expect(dot).toBeCloseTo(Number(a === b), 5);
          }
        }
      }),
    );
  });

  it('say what is wrong with no row and with one, and give the only component of two', () => {
    fc.assert(
      fc.property(whole(2, 2), (m) => {
        const first = (n: number) => matrix(n, 2, m.data.slice(0, 2 * n));
        expect(() => pca(first(0))).toThrow('principal components need at least 2 rows, not 0');
        expect(() => pca(first(1))).toThrow('principal components need at least 2 rows, not 1');
        const [x, y, u, v] = m.data;
        fc.pre(x !== u || y !== v);
        const fit = pca(first(2));
        expect(fit.explainedVariance).toHaveLength(1);
        expect(fit.explainedVariance[0]).toBeCloseTo(((x - u) ** 2 + (y - v) ** 2) / 2, 5);
        expect(fit.scores.data[0]).toBeCloseTo(-fit.scores.data[1], 5);
      }),
    );
  });
});

describe('neighbours', () => {
  it('do not care for the order of the rows', () => {
    fc.assert(
      fc.property(seeds, metrics, (seed, metric) => {
        const m = cloud(seed);
        const order = orderOf(m.rows, seed + 1);
        const query = m.data.slice(0, m.columns);
        const a = nearest(m, query, 9, metric);
        const b = nearest(permute(m, order), query, 9, metric);
        expect(Array.from(b.rows, (row) => order[row])).toEqual([...a.rows]);
        expect(b.values).toEqual(a.values);
      }),
    );
  });

  it('do not care for a rotation', () => {
    fc.assert(
      fc.property(seeds, metrics, (seed, metric) => {
        const m = cloud(seed, 25);
        const turned = rotate(m, rotation(seed + 1, m.columns));
        const a = nearest(m, m.data.slice(0, 4), 25, metric);
        const b = nearest(turned, turned.data.slice(0, 4), 25, metric);
        expectClose(b.values, a.values, metric === 'dot' ? 100 : 10);
        // Rounding may swap what is as good as equal.
        a.rows.forEach((row, at) => {
          const gap = Math.min(
            Math.abs(a.values[at] - (a.values[at - 1] ?? Infinity)),
            Math.abs(a.values[at] - (a.values[at + 1] ?? Infinity)),
          );
          if (gap > 1e-3) expect(b.rows[at]).toBe(row);
        });
      }),
    );
  });

  it('by cosine stay when a vector grows, by the others when all do', () => {
    fc.assert(
      fc.property(whole(2), fc.nat(24), fc.integer({ min: -3, max: 3 }), (m, row, power) => {
        const query = Float32Array.of(1, 2, -1);
        const one = matrix(m.rows, 3, m.data.slice());
        const grown = (row % m.rows) * 3;
        for (let j = 0; j < 3; j++) one.data[grown + j] *= 2 ** power;
        expect(nearest(one, query, 25, 'cosine')).toEqual(nearest(m, query, 25, 'cosine'));
        const all = matrix(
          m.rows,
          3,
          m.data.map((value) => value * 2 ** power),
        );
        const larger = query.map((value) => value * 2 ** power);
        for (const metric of ['dot', 'euclidean'] as const) {
          expect([...nearest(all, larger, 25, metric).rows]).toEqual([
            ...nearest(m, query, 25, metric).rows,
          ]);
        }
      }),
    );
  });

  it('of a duplicate are its twins first, by row, and never itself', async () => {
    await fc.assert(
      fc.asyncProperty(whole(2), fc.nat(24), fc.nat(30), async (m, at, count) => {
        const row = at % m.rows;
        const same = (other: number) =>
          [0, 1, 2].every((j) => m.data[3 * other + j] === m.data[3 * row + j]);
        const all = Array.from({ length: m.rows }, (_, i) => i).filter((other) => other !== row);
        const twins = all.filter(same);
        const found = await neighbours(runOf(m), { row, metric: 'euclidean', count: count + 1 });
        // With count n, n − 1 and far more than that too.
        expect(found).toHaveLength(Math.min(count + 1, m.rows - 1));
        expect(found.slice(0, twins.length).map((other) => other.row)).toEqual(
          twins.slice(0, count + 1),
        );
        expect(found.some((other) => other.row === row)).toBe(false);
      }),
    );
  });

  it('of one item alone are none', async () => {
    for (const metric of METRICS) {
      const run = runOf(matrix(1, 2, Float32Array.of(1, 2)));
      expect(await neighbours(run, { row: 0, metric, count: 5 })).toEqual([]);
      expect([...nearest(matrix(0, 2), Float32Array.of(1, 2), 5, metric).rows]).toEqual([]);
    }
  });
});

describe('the ranking of a component', () => {
  const filters: fc.Arbitrary<ItemFilter> = fc.record(
    {
      genres: fc.constantFrom(['Drama'], ['War', 'Comedy'], []),
      yearFrom: fc.integer({ min: 1950, max: 2010 }),
      yearTo: fc.integer({ min: 1950, max: 2010 }),
      minimumCount: fc.integer({ min: 850, max: 1000 }),
    },
    { requiredKeys: [] },
  );
  const base = { component: 1, items: 1000 };

  it('filters, then ranks, as if it ranked, then filtered', () => {
    fc.assert(
      fc.property(
        seeds,
        conventions,
        filters,
        fc.integer({ min: 1, max: 45 }),
        (seed, convention, filter, count) => {
          const run = runOf(cloud(seed));
          const { genres, year } = run.items.columns;
          if (genres.kind !== 'tags' || year.kind !== 'number') throw new Error('a wrong run');
          const passes = ({ row }: { row: number }) => {
            const { genres: wanted = [], yearFrom, yearTo, minimumCount = 0 } = filter;
            if (wanted.length > 0 && !wanted.some((genre) => genres.values[row].includes(genre)))
              return false;
            if (yearFrom !== undefined && !(year.values[row] >= yearFrom)) return false;
            if (yearTo !== undefined && !(year.values[row] <= yearTo)) return false;
            return run.items.counts[row] >= minimumCount;
          };
          const all = componentRanking(run, { ...base, convention, count: 40 });
          const some = componentRanking(run, { ...base, convention, count, filter });
          expect(some.top).toEqual(all.top.filter(passes).slice(0, count));
          expect(some.bottom).toEqual(all.bottom.filter(passes).slice(0, count));
          expect(some.ranked).toBe(all.top.filter(passes).length);
          expect(some.about).toEqual(all.about);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same from both ends, of equals the lower row first at either', () => {
    fc.assert(
      fc.property(whole(2), conventions, (m, convention) => {
        const run = runOf(m);
        fc.pre(canFit(m, convention));
        const { top, bottom } = componentRanking(run, { ...base, convention, count: 99 });
        const byScore = (a: { score: number; row: number }, b: { score: number; row: number }) =>
          a.score - b.score || b.row - a.row;
        expect(top).toHaveLength(m.rows);
        expect(bottom.toSorted(byScore).toReversed()).toEqual(top);
        for (const list of [top, bottom]) {
          for (let i = 1; i < list.length; i++) {
            if (list[i].score === list[i - 1].score) {
              expect(list[i].row).toBeGreaterThan(list[i - 1].row);
            }
          }
        }
        const distinct = new Set(top.map(({ score }) => score)).size === m.rows;
        if (distinct) expect(bottom.toReversed()).toEqual(top);
      }),
    );
  });

  it('gives equal vectors equal scores', () => {
    fc.assert(
      fc.property(whole(2), conventions, (m, convention) => {
        fc.pre(canFit(m, convention));
        const twice = matrix(2 * m.rows, 3, Float32Array.of(...m.data, ...m.data));
        const { scores, items, components } = componentScores(runOf(twice), {
          items: 1000,
          convention,
        });
        expect(items).toBe(2 * m.rows);
        expect([...scores.subarray(0, m.rows * components)]).toEqual([
          ...scores.subarray(m.rows * components),
        ]);
      }),
    );
  });
});

/** Whether anything varies in the sense of the convention. */
function canFit({ data }: Matrix, convention: 'scores' | 'lesson'): boolean {
  return convention === 'scores'
    ? data.some((value, at) => value !== data[at % 3])
    : data.some((value, at) => value !== data[at - (at % 3)]);
}

describe('correlations', () => {
  it('equal those of the pairs that are known, for two values as for many', () => {
    const value = fc.oneof(
      fc.constantFrom(0, 1),
      fc.constantFrom(0, 1, NaN),
      fc.integer({ min: -3, max: 3 }),
    );
    const pairs = fc.oneof(
      fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0, 1)), { maxLength: 30 }),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0, 1, NaN)), {
        maxLength: 30,
      }),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), value), { maxLength: 30 }),
    );
    fc.assert(
      fc.property(pairs, (drawn) => {
        const scores = drawn.map(([score]) => score);
        const values = drawn.map(([, own]) => own);
        const known = drawn.filter(([, own]) => !Number.isNaN(own));
        const expected = pearson(
          known.map(([score]) => score),
          known.map(([, own]) => own),
        );
        const [found] = correlations(scores, [{ name: 'own', values }], 3, random(1));
        if (Number.isNaN(expected)) {
          expect(found).toBeUndefined();
        } else {
          expect(found.correlation).toBeCloseTo(expected, 9);
          expect(found.n).toBe(known.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('have the p-values of an attribute written otherwise: shifted, turned round, or with other units', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, isBinary) => {
        const draw = random(seed);
        const scores = Float64Array.from({ length: 40 }, () => draw.normal());
        const values = scores.map((score) => score / 3 + draw.normal());
        if (isBinary) values.forEach((own, i) => (values[i] = Number(own > 0.8)));
        const other = values.map((own) => 7 - 4 * own);
        const [a] = correlations(scores, [{ name: 'a', values }], 99, random(1));
        const [b] = correlations(scores, [{ name: 'b', values: other }], 99, random(1));
        fc.pre(a !== undefined);
        expect(b.correlation).toBeCloseTo(-a.correlation, 9);
        expect(b.pValue).toBe(a.pValue);
      }),
    );
  });
});
