import { InputError } from '../src/lib/errors.ts';
import type { Epoch } from '../src/lib/run/types.ts';
import { DeviceFailure, type Watch } from '../src/lib/train/deviceFailure.ts';
import { Stopped, type Learnt, type Trainer } from '../src/lib/train/types.ts';
import type { Progress } from './progress.ts';

export interface Training {
  curves: Epoch[];
  learnt: Learnt;
  /** Of the epochs alone, without reading and writing. */
  seconds: number;
  samples: number;
}

export interface TrainingOptions {
  progress: Progress;
  signal: AbortSignal;
  /** What to do when the training diverges. */
  advice: string;
  /** Of the device on which the trainer computes. */
  watch?: Watch;
}

/** A trainer that was told to stop, for its device failed, is waited for so long. */
const STOP_MS = 5_000;

/**
 * Trains to the end, one epoch at a time, and frees the trainer.
 *
 * @throws Stopped when the signal is aborted
 * @throws DeviceFailure when the device fails on which the trainer computes
 * @throws Error when a loss is no longer finite, or the trainer says that it diverged
 */
export async function train(trainer: Trainer, options: TrainingOptions): Promise<Training> {
  const { progress, signal, advice, watch } = options;
  const halt = new AbortController();
  const watched = <T>(work: Promise<T>) => onDevice(work, watch, halt);
  const curves: Epoch[] = [];
  const work = new Work(trainer);
  let last: Epoch | undefined;
  const began = performance.now();
  try {
    for (;;) {
      if (signal.aborted) throw new Stopped();
      const start = performance.now();
      const epoch = await trainEpoch(trainer, watched, {
        signal: AbortSignal.any([signal, halt.signal]),
        onProgress(done, total, loss) {
          work.report(done, total, curves.length);
          const current = Math.min(curves.length + 1, trainer.epochs);
          const validation = last?.validationLoss;
          progress.update(
            work.done,
            work.total,
            `epoch ${current} of ${trainer.epochs}, loss ${loss.toFixed(4)}` +
              (validation === undefined ? '' : `, validation ${validation.toFixed(4)}`),
          );
        },
      });
      if (epoch === undefined) break;
      last = { ...epoch, seconds: (performance.now() - start) / 1000 };
      curves.push(last);
      const wrong = [epoch.trainLoss, epoch.validationLoss ?? 0].find((loss) => !isFinite(loss));
      if (wrong !== undefined) {
        throw new Error(`the loss is ${wrong} in epoch ${epoch.epoch}: the training diverged`);
      }
      work.endEpoch();
    }
    const seconds = (performance.now() - began) / 1000;
    if (curves.length === 0) throw new Error('the model trained no epoch (expected at least one)');
    const learnt = await watched(trainer.learnt());
    if (signal.aborted) throw new Stopped();
    return {
      curves,
      learnt,
      seconds,
      samples: Math.max(work.done, curves.length * trainer.samplesPerEpoch),
    };
  } catch (error) {
    if (error instanceof Error && /diverged/.test(error.message)) {
      throw new Error(`${error.message}. ${advice}; nothing was written`, { cause: error });
    }
    throw error;
  } finally {
    progress.stop();
    if (!halt.signal.aborted) trainer.dispose();
  }
}

/** What the work gives, once the device has done all of it; whatever a failed device makes of it is not used. */
async function onDevice<T>(
  work: Promise<T>,
  watch: Watch | undefined,
  halt: AbortController,
): Promise<T> {
  if (!watch) return work;
  try {
    const result = await Promise.race([work, watch.failed]);
    await watch.settle();
    return result;
  } catch (error) {
    if (error instanceof Stopped) throw error;
    const failure = await failureBehind(error, watch);
    if (!failure) throw error;
    halt.abort();
    await Promise.race([work.catch(() => {}), new Promise((done) => setTimeout(done, STOP_MS))]);
    throw failure;
  }
}

/** Of errors in our own words the device is the cause only if it says so. */
async function failureBehind(error: unknown, watch: Watch): Promise<DeviceFailure | undefined> {
  if (error instanceof DeviceFailure) return error;
  try {
    await watch.settle();
  } catch (failure) {
    return failure as DeviceFailure;
  }
  const isOurs = error instanceof InputError || /diverged/.test(String(error));
  return isOurs ? undefined : watch.explain(error);
}

/** What goes wrong inside an epoch is failed work, and no longer a matter of the user's input. */
async function trainEpoch(
  trainer: Trainer,
  watched: <T>(work: Promise<T>) => Promise<T>,
  progress: Parameters<Trainer['epoch']>[0],
) {
  try {
    return await watched(trainer.epoch(progress));
  } catch (error) {
    throw error instanceof InputError ? new Error(error.message, { cause: error }) : error;
  }
}

/** Counts samples over passes, of which a trainer may make several in one epoch (a search before the fit). */
class Work {
  done = 0;
  total: number;
  private finished = 0;
  private current = 0;

  constructor(private readonly trainer: Trainer) {
    this.total = trainer.epochs * trainer.samplesPerEpoch;
  }

  report(done: number, total: number, epochsDone: number): void {
    if (done < this.current) this.endEpoch();
    this.current = done;
    this.done = this.finished + done;
    const { epochs, samplesPerEpoch } = this.trainer;
    const isSearch = total > samplesPerEpoch;
    this.total =
      this.finished +
      total +
      Math.max(0, epochs - epochsDone - (isSearch ? 0 : 1)) * samplesPerEpoch;
  }

  endEpoch(): void {
    this.finished += this.current;
    this.current = 0;
  }
}
