import type { Neighbourhoods } from './affinities.ts';
import { conditionalAffinities } from './affinities.ts';

export interface PlaceOptions {
  /** How many neighbours in the map a new row has, softly; at most a third of `neighbours.k`: 5. */
  perplexity?: number;
  /** What affinities are multiplied by: 1.5. */
  exaggeration?: number;
  iterations?: number;
}

const LEARNING_RATE = 0.1;
const MOMENTUM = 0.8;
/** No point moves further in one iteration for the gradient alone. */
const LONGEST_GRADIENT = 0.25;

/**
 * Places new rows into a finished map, whose points stay where they are (Poličar, Stražar and Zupan 2023, "Embedding to
 * reference t-SNE space"). Each new point begins at the mean of its neighbours' places, weighted by affinity, and
 * descends KL(P_i ‖ Q_i) by itself, P_i being its affinities to the map's rows and
 *
 *     q_ij = (1 + |y_i − y_j|²)⁻¹ / Σ_k (1 + |y_i − y_k|²)⁻¹
 *
 * over all of them; new points neither attract nor repel one another.
 *
 * @param neighbours m × k: the rows of the map that are nearest to each new row
 * @param map 2n
 * @returns a generator that yields how many of the m rows are placed, and returns 2m
 * @throws RangeError when the perplexity is not in 1 … k
 */
export function* placeRows(
  neighbours: Neighbourhoods,
  map: Float32Array,
  { perplexity = 5, exaggeration = 1.5, iterations = 100 }: PlaceOptions = {},
): Generator<number, Float32Array> {
  const { n: count, k, rows } = neighbours;
  if (!(perplexity >= 1 && perplexity <= k)) {
    throw new RangeError(
      `perplexity is ${perplexity} (expected a number from 1 to ${k}, the neighbours that rows have)`,
    );
  }
  const affinities = conditionalAffinities(neighbours, perplexity);
  let next = affinities.next();
  while (!next.done) next = affinities.next();
  const conditional = next.value;
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const of = rows.subarray(i * k, (i + 1) * k);
    const p = conditional.subarray(i * k, (i + 1) * k);
    let x = 0;
    let y = 0;
    of.forEach((row, j) => {
      x += p[j] * map[2 * row];
      y += p[j] * map[2 * row + 1];
    });
    points.set(settle(x, y, of, p, map, exaggeration, iterations), 2 * i);
    yield i + 1;
  }
  return points;
}

/** Descends from a place. */
function settle(
  x: number,
  y: number,
  of: Int32Array,
  p: Float32Array,
  map: Float32Array,
  exaggeration: number,
  iterations: number,
): [number, number] {
  let velocityX = 0;
  let velocityY = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    let attractionX = 0;
    let attractionY = 0;
    for (let j = 0; j < of.length; j++) {
      const dx = x - map[2 * of[j]];
      const dy = y - map[2 * of[j] + 1];
      const pull = p[j] / (1 + dx * dx + dy * dy);
      attractionX += pull * dx;
      attractionY += pull * dy;
    }
    let z = 0;
    let repulsionX = 0;
    let repulsionY = 0;
    for (let at = 0; at < map.length; at += 2) {
      const dx = x - map[at];
      const dy = y - map[at + 1];
      const w = 1 / (1 + dx * dx + dy * dy);
      z += w;
      repulsionX += w * w * dx;
      repulsionY += w * w * dy;
    }
    let slopeX = exaggeration * attractionX - repulsionX / z;
    let slopeY = exaggeration * attractionY - repulsionY / z;
    const length = Math.hypot(slopeX, slopeY);
    if (length > LONGEST_GRADIENT) {
      slopeX *= LONGEST_GRADIENT / length;
      slopeY *= LONGEST_GRADIENT / length;
    }
    velocityX = MOMENTUM * velocityX - LEARNING_RATE * slopeX;
    velocityY = MOMENTUM * velocityY - LEARNING_RATE * slopeY;
    x += velocityX;
    y += velocityY;
  }
  return [x, y];
}
