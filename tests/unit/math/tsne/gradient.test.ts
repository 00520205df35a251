import { describe, expect, it } from 'vitest';
import { neighbourGraph } from '../../../../src/lib/kernels/neighbourGraph.ts';
import { random } from '../../../../src/lib/math/random.ts';
import {
  conditionalAffinities,
  jointAffinities,
} from '../../../../src/lib/math/tsne/affinities.ts';
import { barnesHutRepulsion } from '../../../../src/lib/math/tsne/barnesHut.ts';
import { exactRepulsion } from '../../../../src/lib/math/tsne/exact.ts';
import { gradient, klDivergence, type Repulsion } from '../../../../src/lib/math/tsne/gradient.ts';
import { data, finish, goldens } from './goldens.ts';

const graph = { n: data.rows, ...(await neighbourGraph(data, 60, 'euclidean')) };
const affinities = jointAffinities(graph, finish(conditionalAffinities(graph, goldens.perplexity)));

/** Points like those of a map: clusters in an ellipse. */
function clusters(n: number, extent: number, seed = 1): Float64Array {
  const draw = random(seed);
  const points = new Float64Array(2 * n);
  for (let i = 0, x = 0, y = 0; i < n; i++) {
    if (i % 40 === 0) [x, y] = [extent * draw.normal(), 0.6 * extent * draw.normal()];
    points[2 * i] = x + 0.08 * extent * draw.normal();
    points[2 * i + 1] = y + 0.08 * extent * draw.normal();
  }
  return points;
}

function forces(points: Float64Array, repulsion: Repulsion): { forces: Float64Array; z: number } {
  const out = new Float64Array(points.length);
  return { z: repulsion(points, out), forces: out };
}

/** |a − b| / |b|, over all coordinates. */
function relativeError(a: Float64Array, b: Float64Array): number {
  const difference = a.map((value, at) => value - b[at]);
  return Math.hypot(...difference) / Math.hypot(...b);
}

describe('exact gradient', () => {
  it('is a quarter of what finite differences of the KL divergence give', () => {
    const points = clusters(data.rows, 3);
    const out = new Float64Array(points.length);
    gradient(affinities, 1, points, exactRepulsion, out);
    const h = 1e-5;
    for (const at of [0, 1, 77, 200, 479]) {
      const moved = (by: number) =>
        klDivergence(
          affinities,
          points.map((value, i) => (i === at ? value + by : value)),
          exactRepulsion,
        );
      expect((moved(h) - moved(-h)) / (2 * h) / 4 / out[at]).toBeCloseTo(1, 4);
    }
  });

  it('multiplies the attraction alone when it exaggerates', () => {
    const points = clusters(data.rows, 3);
    const [once, twice, thrice] = [1, 2, 3].map((exaggeration) => {
      const out = new Float64Array(points.length);
      gradient(affinities, exaggeration, points, exactRepulsion, out);
      return out;
    });
    thrice.forEach((value, at) => expect(value - twice[at]).toBeCloseTo(twice[at] - once[at], 12));
    expect(relativeError(twice, once)).toBeGreaterThan(0.1);
  });
});

describe.each<[string, () => Repulsion, number]>([
  ['Barnes and Hut, theta 0.8', () => barnesHutRepulsion(0.8), 1e-2],
  ['Barnes and Hut, theta 0.5', () => barnesHutRepulsion(0.5), 1e-3],
])('%s', (_, make, bound) => {
  // From the start of a map to its end.
  it.each([1e-4, 0.01, 1, 10, 40])('is near the exact forces (extent %d)', (extent) => {
    const repulsion = make();
    for (const points of [clusters(1_200, extent), clusters(1_201, 1.3 * extent, 2)]) {
      const exact = forces(points, exactRepulsion);
      const near = forces(points, repulsion);
      expect(relativeError(near.forces, exact.forces)).toBeLessThan(bound);
      expect(Math.abs(near.z / exact.z - 1)).toBeLessThan(bound);
    }
  });

  it('moves the map as a whole by nothing, and knows points that lie on one another', () => {
    const points = new Float64Array(200).fill(0.5);
    points[0] = -1;
    const near = forces(points, make());
    const exact = forces(points, exactRepulsion);
    expect(near.z / exact.z).toBeCloseTo(1, 3);
    expect(relativeError(near.forces, exact.forces)).toBeLessThan(1e-3);
    const together = forces(new Float64Array(20), make());
    expect(together.z).toBeCloseTo(90, 9);
    expect(Math.hypot(...together.forces)).toBeLessThan(1e-9);
  });

  it('gives the same on a grid or tree that was used before', () => {
    const repulsion = make();
    const points = clusters(300, 5);
    const first = forces(points, repulsion);
    forces(clusters(900, 21, 4), repulsion);
    const again = forces(points, repulsion);
    expect(again.z).toBe(first.z);
    expect(again.forces).toEqual(first.forces);
  });
});
