/** What changes from iteration to iteration, and the learning rate. */
export interface Schedule {
  readonly learningRate: number;
  /** Of the iteration with this number, from 0. */
  at(iteration: number): { exaggeration: number; momentum: number };
}

export interface ScheduleOptions {
  /** How many iterations the affinities are exaggerated for at first, and by what. */
  earlyIterations: number;
  earlyExaggeration: number;
  /** By what they are exaggerated from iteration `lateFrom` on; 1 for not at all. */
  lateExaggeration: number;
  lateFrom: number;
  learningRate: number;
}

const EARLY_MOMENTUM = 0.5;
const MOMENTUM = 0.8;

/** max(200, n / early exaggeration) (Belkina and others 2019). */
export function defaultLearningRate(n: number, earlyExaggeration: number): number {
  return Math.max(200, n / earlyExaggeration);
}

/** The schedule of openTSNE and scikit-learn, with late exaggeration as FIt-SNE has it (Linderman et al. 2019). */
export function schedule(options: ScheduleOptions): Schedule {
  const { earlyIterations, earlyExaggeration, lateExaggeration, lateFrom, learningRate } = options;
  return {
    learningRate,
    at(iteration) {
      if (iteration < earlyIterations) {
        return { exaggeration: earlyExaggeration, momentum: EARLY_MOMENTUM };
      }
      return { exaggeration: iteration >= lateFrom ? lateExaggeration : 1, momentum: MOMENTUM };
    },
  };
}
