import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matrix } from '../../src/lib/math/matrix.ts';
import { nearest } from '../../src/lib/math/neighbours.ts';
import { pca } from '../../src/lib/math/pca.ts';

/** Small whole numbers, so that ties and duplicates are common and sums exact. */
const points = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 })), {
    minLength: 2,
    maxLength: 30,
  })
  .map((rows) => matrix(rows.length, 2, Float32Array.from(rows.flat())));
const metrics = fc.constantFrom('cosine' as const, 'dot' as const, 'euclidean' as const);

it('the k nearest are the first k of all sorted, ties by row', () => {
  fc.assert(
    fc.property(points, metrics, fc.nat(40), (m, metric, k) => {
      const query = Float32Array.of(1, 2);
      const all = nearest(m, query, m.rows, metric);
      const sign = metric === 'euclidean' ? 1 : -1;
      for (let i = 1; i < m.rows; i++) {
        const step = sign * (all.values[i] - all.values[i - 1]);
        expect(step > 0 || (step === 0 && all.rows[i] > all.rows[i - 1])).toBe(true);
      }
      expect([...nearest(m, query, k, metric).rows]).toEqual([...all.rows.slice(0, k)]);
    }),
  );
});

it('a quarter turn changes no distance and no variance', () => {
  fc.assert(
    fc.property(points, (m) => {
      const turned = matrix(m.rows, 2);
      for (let i = 0; i < m.rows; i++) {
        turned.data.set([-m.data[2 * i + 1], m.data[2 * i]], 2 * i);
      }
      expect(nearest(turned, Float32Array.of(-2, 1), 9, 'euclidean')).toEqual(
        nearest(m, Float32Array.of(1, 2), 9, 'euclidean'),
      );
      fc.pre(m.data.some((value, at) => value !== m.data[at % 2]));
      const [a, b] = [pca(m).explainedVariance, pca(turned).explainedVariance];
      expect(a.length).toBe(b.length);
      a.forEach((value, c) => expect(b[c]).toBeCloseTo(value, 6));
    }),
  );
});
