import type { Affinities } from './affinities.ts';

/**
 * The repulsive forces of some method: adds Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² to row i of `forces`, and
 * returns Z = Σ_{i≠j} 1 / (1 + |y_i − y_j|²).
 */
export type Repulsion = (points: Float64Array, forces: Float64Array) => number;

/**
 * A quarter of the gradient of KL(P‖Q) with respect to the points (van der Maaten 2014, eq. 8),
 *
 *     Σ_j (e · p_ij − q_ij) (y_i − y_j) / (1 + |y_i − y_j|²),
 *
 * the quarter being what the learning rates of the literature since then are stated for.
 *
 * @param exaggeration e
 * @param points 2n
 * @param out 2n, written
 */
export function gradient(
  affinities: Affinities,
  exaggeration: number,
  points: Float64Array,
  repulsion: Repulsion,
  out: Float64Array,
): void {
  out.fill(0);
  const z = repulsion(points, out);
  const scale = z > 0 ? -1 / z : 0;
  for (let i = 0; i < out.length; i++) out[i] *= scale;
  attraction(affinities, exaggeration, points, out);
}

/** Adds Σ_j e · p_ij (y_i − y_j) / (1 + |y_i − y_j|²) to row i of `forces`. */
function attraction(
  { n, starts, columns, values }: Affinities,
  exaggeration: number,
  points: Float64Array,
  forces: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const x = points[2 * i];
    const y = points[2 * i + 1];
    let forceX = 0;
    let forceY = 0;
    const end = starts[i + 1];
    for (let at = starts[i]; at < end; at++) {
      const j = 2 * columns[at];
      const dx = x - points[j];
      const dy = y - points[j + 1];
      const pull = (exaggeration * values[at]) / (1 + dx * dx + dy * dy);
      forceX += pull * dx;
      forceY += pull * dy;
    }
    forces[2 * i] += forceX;
    forces[2 * i + 1] += forceY;
  }
}

/** The Kullback–Leibler divergence of Q from P, in nats (van der Maaten and Hinton 2008, eq. 2). */
export function klDivergence(
  { n, starts, columns, values }: Affinities,
  points: Float64Array,
  repulsion: Repulsion,
): number {
  if (n < 2) return 0;
  const z = repulsion(points, new Float64Array(points.length));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      const p = values[at];
      if (p === 0) continue;
      const dx = points[2 * i] - points[2 * columns[at]];
      const dy = points[2 * i + 1] - points[2 * columns[at] + 1];
      sum += p * Math.log(p * (1 + dx * dx + dy * dy) * z);
    }
  }
  return sum;
}
