/** Settings of the descent; the defaults are those of openTSNE and scikit-learn. */
export interface Schedule {
  /** How many iterations the affinities are exaggerated for. */
  earlyIterations: number;
  earlyExaggeration: number;
  /** For `gradient`, which is a quarter of the derivative. */
  learningRate: number;
}

const EARLY_MOMENTUM = 0.5;
const MOMENTUM = 0.8;
const GAIN_STEP = 0.2;
const GAIN_DECAY = 0.8;
const LEAST_GAIN = 0.01;
/** No point moves further in one iteration, so that a few points cannot throw one another away. */
const LONGEST_STEP = 5;

/** max(200, n / early exaggeration) (Belkina and others 2019). */
export function defaultLearningRate(n: number, earlyExaggeration: number): number {
  return Math.max(200, n / earlyExaggeration);
}

/** Gradient descent with momentum and a gain for every coordinate (van der Maaten and Hinton 2008, §3.4). */
export interface Optimiser {
  /** Of the coming iteration. */
  readonly exaggeration: number;
  /** Moves the points against the gradient, in place, and centres them. */
  move(points: Float64Array, gradient: Float64Array): void;
}

/** An optimiser of 2n coordinates at rest. */
export function optimiser(coordinates: number, schedule: Schedule): Optimiser {
  const velocity = new Float64Array(coordinates);
  const gains = new Float64Array(coordinates).fill(1);
  let iteration = 0;
  const isEarly = () => iteration < schedule.earlyIterations;
  return {
    get exaggeration() {
      return isEarly() ? schedule.earlyExaggeration : 1;
    },
    move(points, gradient) {
      const momentum = isEarly() ? EARLY_MOMENTUM : MOMENTUM;
      const { learningRate } = schedule;
      let sumX = 0;
      let sumY = 0;
      for (let i = 0; i < coordinates; i += 2) {
        const x = stepOf(i, gradient[i], momentum, learningRate);
        const y = stepOf(i + 1, gradient[i + 1], momentum, learningRate);
        const length = Math.sqrt(x * x + y * y);
        const shrink = length > LONGEST_STEP ? LONGEST_STEP / length : 1;
        velocity[i] = x * shrink;
        velocity[i + 1] = y * shrink;
        points[i] += velocity[i];
        points[i + 1] += velocity[i + 1];
        sumX += points[i];
        sumY += points[i + 1];
      }
      const meanX = (2 * sumX) / coordinates;
      const meanY = (2 * sumY) / coordinates;
      for (let i = 0; i < coordinates; i += 2) {
        points[i] -= meanX;
        points[i + 1] -= meanY;
      }
      iteration++;
    },
  };

  function stepOf(i: number, slope: number, momentum: number, learningRate: number): number {
    const before = velocity[i];
    const gain = slope * before < 0 ? gains[i] + GAIN_STEP : gains[i] * GAIN_DECAY;
    gains[i] = gain < LEAST_GAIN ? LEAST_GAIN : gain;
    return momentum * before - learningRate * gains[i] * slope;
  }
}
