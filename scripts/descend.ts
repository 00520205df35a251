import { InputError } from '../src/lib/errors.ts';
import { DeviceFailure } from '../src/lib/train/deviceFailure.ts';
import type { Progress } from './progress.ts';

/**
 * Trains on the rung that is asked for; with `auto`, where the device of a rung fails, from the start on the next one.
 *
 * @param attempt trains on the highest rung that is not among those that failed, each with its reason
 * @throws InputError when the device of a rung fails that was asked for by hand
 */
export async function descend<T>(
  requested: string,
  progress: Progress,
  attempt: (failed: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const failed: Record<string, string> = {};
  for (;;) {
    try {
      return await attempt(failed);
    } catch (error) {
      if (!(error instanceof DeviceFailure)) throw error;
      const { rung, message, remedy } = error;
      if (requested !== 'auto' || rung in failed) {
        throw new InputError(
          `the backend ${requested} failed in training: ${message}; nothing was written (${remedy}, or leave it to auto, which goes on with the next one)`,
          { cause: error },
        );
      }
      failed[rung] = `in training, ${message}`;
      progress.note(
        `note: the backend ${rung} failed in training: ${message}; the training starts anew on the next one`,
      );
    }
  }
}
