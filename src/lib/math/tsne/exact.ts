/**
 * The repulsive forces, every pair counted: adds Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² to row i of `forces`.
 *
 * @param points 2n
 * @param forces 2n
 * @returns Z = Σ_{i≠j} 1 / (1 + |y_i − y_j|²)
 */
export function exactRepulsion(points: Float64Array, forces: Float64Array): number {
  let z = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    let forceX = 0;
    let forceY = 0;
    let sum = 0;
    for (let j = i + 2; j < points.length; j += 2) {
      const dx = x - points[j];
      const dy = y - points[j + 1];
      const w = 1 / (1 + dx * dx + dy * dy);
      const square = w * w;
      sum += w;
      forceX += square * dx;
      forceY += square * dy;
      forces[j] -= square * dx;
      forces[j + 1] -= square * dy;
    }
    forces[i] += forceX;
    forces[i + 1] += forceY;
    z += sum;
  }
  return 2 * z;
}
