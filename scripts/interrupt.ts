import { Stopped } from '../src/lib/train/types.ts';

/**
 * Runs `work` with a signal that Ctrl-C and SIGTERM abort, so that it can stop cleanly; a second one ends the
 * process at once, even when it computes without a pause.
 *
 * @throws Stopped for whatever the work throws once it was asked to stop
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const release = () => signals.forEach((name) => process.off(name, stop));
  const stop = () => {
    // Without a listener the system's own answer to the next signal holds: the process ends.
    release();
    process.stderr.write('stopping (Ctrl-C again ends at once)\n');
    controller.abort();
  };
  signals.forEach((name) => process.on(name, stop));
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new Stopped() : error;
  } finally {
    release();
  }
}
