import type { Matrix } from '../matrix.ts';
import { pca } from '../pca.ts';
import type { Products } from '../products.ts';
import { random, type Random } from '../random.ts';

/** The standard deviation along x with which a map begins. */
const SPREAD = 1e-4;
/** Of that, what tells rows apart that are the same. */
const JITTER = 0.01;

/**
 * Where the points begin.
 *
 * - `pca`: the first two principal components, scaled so that x has standard deviation 1e-4 (Kobak and Berens
 *   2019), and a hundredth of that as noise, since rows that are the same would stay on one point for ever. An
 *   axis that the data do not have, because they have fewer than two dimensions, is drawn at random.
 * - `random`: a normal distribution of standard deviation 1e-4.
 *
 * @param data n × d, finite
 * @returns 2n
 */
export function initialise(
  data: Matrix,
  initialisation: 'pca' | 'random',
  seed: number,
  products?: Products,
): Float32Array {
  const draw = random(seed);
  return initialisation === 'pca' ? principal(data, draw, products) : scattered(data.rows, draw);
}

/**
 * Points as given.
 *
 * @throws RangeError when there are not 2n values, or one is not finite
 */
export function given(points: Float32Array, n: number): Float32Array {
  if (points.length !== 2 * n) {
    throw new RangeError(
      `the initialisation has ${points.length} values (expected ${2 * n}, x and y of each row)`,
    );
  }
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `the initialisation of row ${bad >> 1} is ${points[bad]} (expected a finite number)`,
    );
  }
  return points.slice();
}

function scattered(n: number, draw: Random): Float32Array {
  return Float32Array.from({ length: 2 * n }, () => SPREAD * draw.normal());
}

function principal(data: Matrix, draw: Random, products?: Products): Float32Array {
  const points = scattered(data.rows, draw);
  const scores = principalPlane(data, products);
  if (!scores) return points;
  const { columns } = scores;
  let squares = 0;
  for (let i = 0; i < scores.rows; i++) squares += scores.data[i * columns] ** 2;
  const scale = SPREAD / Math.sqrt(squares / scores.rows);
  for (let i = 0; i < scores.rows; i++) {
    for (let axis = 0; axis < columns; axis++) {
      const at = 2 * i + axis;
      points[at] = scale * scores.data[i * columns + axis] + JITTER * points[at];
    }
  }
  return points;
}

/**
 * The scores of the rows on their first two principal components, or on one where there is one; undefined where
 * nothing varies.
 *
 * @returns n × 2 or n × 1
 */
export function principalPlane(data: Matrix, products?: Products): Matrix | undefined {
  for (const components of [2, 1]) {
    try {
      return pca(data, { components, products }).scores;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}
