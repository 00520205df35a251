import { describe, expect, it } from 'vitest';
import { matrix, row } from '../../../../src/lib/math/matrix.ts';
import { nearest } from '../../../../src/lib/math/neighbours.ts';
import { random } from '../../../../src/lib/math/random.ts';
import { conditionalAffinities } from '../../../../src/lib/math/tsne/affinities.ts';
import { placeRows } from '../../../../src/lib/math/tsne/place.ts';
import { finish } from './goldens.ts';

/** Three groups in six dimensions, row i of group i mod 3, and a map on which each has a place of its own. */
const n = 150;
const draw = random(5);
const rows = matrix(n, 6, Float32Array.from({ length: 6 * n }, draw.normal));
const map = new Float32Array(2 * n);
const places = [
  [0, 0],
  [30, 0],
  [0, 30],
];
for (let i = 0; i < n; i++) {
  rows.data[6 * i + (i % 3)] += 20;
  map[2 * i] = places[i % 3][0] + 3 * draw.normal();
  map[2 * i + 1] = places[i % 3][1] + 3 * draw.normal();
}

/** The neighbours of new rows in the map. */
function neighboursOf(data: Float32Array, k = 15) {
  const queries = matrix(data.length / 6, 6, data);
  const found = Array.from({ length: queries.rows }, (_, i) =>
    nearest(rows, row(queries, i), k, 'euclidean'),
  );
  return {
    n: queries.rows,
    k,
    rows: Int32Array.from(found.flatMap((answer) => [...answer.rows])),
    values: Float32Array.from(found.flatMap((answer) => [...answer.values])),
  };
}

describe('placeRows', () => {
  it('places new rows among those of their own group', () => {
    const data = Float32Array.from({ length: 30 * 6 }, draw.normal);
    for (let i = 0; i < 30; i++) data[6 * i + (i % 3)] += 20;
    const points = finish(placeRows(neighboursOf(data), map));
    for (let i = 0; i < 30; i++) {
      const nearestOnMap = Array.from({ length: n }, (_, j) => j).sort(
        (a, b) => distance(points, i, map, a) - distance(points, i, map, b),
      );
      expect(nearestOnMap.slice(0, 10).every((j) => j % 3 === i % 3)).toBe(true);
    }
  });

  it('descends: the divergence of each is lower than at the mean of its neighbours', () => {
    const data = rows.data.slice(0, 60).map((value) => value + 0.3 * draw.normal());
    const neighbours = neighboursOf(data);
    const affinities = finish(conditionalAffinities(neighbours, 5));
    const begun = finish(placeRows(neighbours, map, { iterations: 0, exaggeration: 1 }));
    const settled = finish(placeRows(neighbours, map, { iterations: 300, exaggeration: 1 }));
    for (let i = 0; i < 10; i++) {
      expect(divergence(settled, i)).toBeLessThan(divergence(begun, i));
    }

    /** −Σ p ln q: KL(P_i ‖ Q_i) but for what does not change. */
    function divergence(points: Float32Array, i: number): number {
      const w = (j: number) => 1 / (1 + distance(points, i, map, j) ** 2);
      let z = 0;
      for (let j = 0; j < n; j++) z += w(j);
      let sum = 0;
      for (let at = 15 * i; at < 15 * (i + 1); at++) {
        sum -= affinities[at] * Math.log(w(neighbours.rows[at]) / z);
      }
      return sum;
    }
  });

  it('does not depend on what else is placed, and says how far it is', () => {
    const data = Float32Array.from({ length: 4 * 6 }, draw.normal);
    const all = finish(placeRows(neighboursOf(data), map));
    const last = finish(placeRows(neighboursOf(data.slice(18)), map));
    expect(last).toEqual(all.slice(6));
    expect([...placeRows(neighboursOf(data), map)]).toEqual([1, 2, 3, 4]);
    expect(finish(placeRows(neighboursOf(new Float32Array(0)), map))).toEqual(new Float32Array(0));
  });

  it('places a row on one neighbour alone, and refuses a perplexity beyond the neighbours', () => {
    const [x, y] = finish(
      placeRows(neighboursOf(rows.data.slice(0, 6), 1), map, { perplexity: 1 }),
    );
    expect(Math.hypot(x - map[0], y - map[1])).toBeLessThan(5);
    expect(() => finish(placeRows(neighboursOf(rows.data.slice(0, 6), 4), map))).toThrow(
      new RangeError(
        'perplexity is 5 (expected a number from 1 to 4, the neighbours that rows have)',
      ),
    );
  });
});

function distance(a: Float32Array, i: number, b: Float32Array, j: number): number {
  return Math.hypot(a[2 * i] - b[2 * j], a[2 * i + 1] - b[2 * j + 1]);
}
