import { barnesHutRepulsion } from './barnesHut.ts';
import { exactRepulsion } from './exact.ts';
import type { Repulsion } from './gradient.ts';
import { gridNodes, interpolatedRepulsion } from './interpolation.ts';

/** Gives errors under 1e-2, as the interpolation does. */
const THETA = 0.8;

/** What the methods cost, measured, in nanoseconds; only their ratios matter. */
const PER_PAIR = 1.7;
const PER_WALK = 220;
const PER_NODE = 30;
const PER_POINT = 150;

/**
 * Repulsive forces by whichever method is the cheapest for the map as it is: every pair for few points, a tree for a
 * wide map with few points, a grid for many points or a map that is still small.
 */
export function cheapestRepulsion(): Repulsion {
  const tree = barnesHutRepulsion(THETA);
  const grid = interpolatedRepulsion();
  return (points, forces) => cheapest(points)(points, forces);

  function cheapest(points: Float64Array): Repulsion {
    const n = points.length / 2;
    const exact = (PER_PAIR * n * (n - 1)) / 2;
    const walks = PER_WALK * n * Math.log(n);
    // Looking at the extent is worth it where a grid may win.
    if (exact < PER_POINT * n) return exactRepulsion;
    const interpolation = PER_NODE * gridNodes(points) + PER_POINT * n;
    if (exact <= Math.min(walks, interpolation)) return exactRepulsion;
    return walks < interpolation ? tree : grid;
  }
}
