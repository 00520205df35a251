/** A stretch of epochs at one learning rate, which is a multiple of the model's. */
export interface Stretch {
  epochs: number;
  multiple: number;
}

/**
 * The learning rate of an epoch.
 *
 * Beyond the schedule's end its last rate goes on, so that more epochs extend it and fewer cut it short.
 *
 * @param epoch from 0
 */
export function learningRateAt(
  schedule: readonly Stretch[],
  epoch: number,
  learningRate: number,
): number {
  let end = 0;
  for (const { epochs, multiple } of schedule) {
    end += epochs;
    if (epoch < end) return learningRate * multiple;
  }
  return learningRate * schedule[schedule.length - 1].multiple;
}
