import { describe, expect, it } from 'vitest';
import { matrix, row } from '../../../src/lib/math/matrix.ts';
import { neighbourGraph } from '../../../src/lib/math/neighbourGraph.ts';
import { nearest } from '../../../src/lib/math/neighbours.ts';
import { random } from '../../../src/lib/math/random.ts';
import { finish } from './tsne/goldens.ts';

const noise = (n: number, d: number, seed = 1) => {
  const draw = random(seed);
  return matrix(n, d, Float32Array.from({ length: n * d }, draw.normal));
};

describe('neighbourGraph', () => {
  // Around the sizes of blocks and tiles.
  it.each([2, 3, 5, 63, 64, 65, 127, 130, 201])(
    'has for each of %i rows the neighbours that are found one by one',
    (n) => {
      const m = noise(n, 7, n);
      const k = Math.min(n - 1, 10);
      const graph = finish(neighbourGraph(m, k));
      for (let i = 0; i < n; i++) {
        const alone = nearest(m, row(m, i), k, 'euclidean', i);
        expect([...graph.rows.subarray(i * k, (i + 1) * k)]).toEqual([...alone.rows]);
        for (let j = 0; j < k; j++) {
          expect(Math.sqrt(graph.squaredDistances[i * k + j])).toBeCloseTo(alone.values[j], 6);
        }
      }
    },
  );

  it('settles many ties as they are settled one by one: by row', () => {
    const m = noise(140, 2, 8);
    m.data.forEach((value, at) => (m.data[at] = Math.round(1.5 * value)));
    const graph = finish(neighbourGraph(m, 12));
    for (let i = 0; i < 140; i++) {
      const alone = nearest(m, row(m, i), 12, 'euclidean', i);
      expect([...graph.rows.subarray(i * 12, (i + 1) * 12)]).toEqual([...alone.rows]);
    }
  });

  it('takes the lower row of equals, and knows that rows are the same', () => {
    const m = matrix(
      70,
      2,
      Float32Array.from({ length: 140 }, (_, at) => (at < 136 ? 0.1 : 3)),
    );
    const graph = finish(neighbourGraph(m, 3));
    expect([...graph.rows.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect([...graph.rows.subarray(2 * 3, 3 * 3)]).toEqual([0, 1, 3]);
    expect([...graph.rows.subarray(67 * 3, 68 * 3)]).toEqual([0, 1, 2]);
    expect([...graph.rows.subarray(69 * 3)]).toEqual([68, 0, 1]);
    expect([...graph.squaredDistances.subarray(0, 3)]).toEqual([0, 0, 0]);
  });

  it('tells how far it is, and computes nothing for k = 0', () => {
    expect([...neighbourGraph(noise(150, 2), 1)]).toEqual([64, 128, 150]);
    expect(finish(neighbourGraph(noise(1, 2), 0)).rows.length).toBe(0);
  });

  it('refuses a k that cannot be, and names a row that is not finite', () => {
    expect(() => finish(neighbourGraph(noise(4, 2), 4))).toThrow(
      'k is 4 (expected a whole number from 0 to 3)',
    );
    const broken = noise(4, 2);
    broken.data[5] = NaN;
    expect(() => finish(neighbourGraph(broken, 1))).toThrow(
      'row 2, column 1 is NaN (expected a finite number)',
    );
  });
});
