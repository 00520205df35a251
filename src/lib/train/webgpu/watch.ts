import { deviceFailure, type DeviceFailure, type Watch } from '../deviceFailure.ts';

/** As far as it is used here; see WebGPU, sections 4.4 and 22. */
export interface WatchedDevice {
  readonly lost: Promise<{ message: string }>;
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  pushErrorScope(filter: string): void;
  popErrorScope(): Promise<{ message: string } | null>;
}

/** The kinds of errors, in the order in which they are looked at; the last is looked at first by WebGPU. */
const SCOPES = ['validation', 'internal', 'out-of-memory'] as const;
/** After so long what was sent is asked for errors, in which the results are zeros and the training goes on. */
const LOOK_EVERY_MS = 500;

/**
 * A watch over a WebGPU device: whether it is lost, and whether it refuses a command or has no memory left, of which
 * WebGPU tells nobody who does not ask.
 *
 * @param every calls a function again and again, and never keeps the process from ending
 */
export function watchDevice(
  rung: string,
  device: WatchedDevice,
  every: (milliseconds: number, look: () => void) => void = repeat,
): Watch {
  let failure: DeviceFailure | undefined;
  let reject: (failure: DeviceFailure) => void;
  const failed = new Promise<never>((_, no) => (reject = no));
  // Who does not wait for it is told by `settle`.
  failed.catch(() => {});
  const fail = (found: DeviceFailure) => {
    failure ??= found;
    reject(failure);
  };
  const open = () => SCOPES.forEach((scope) => device.pushErrorScope(scope));
  const look = async () => {
    if (failure) return;
    const found = SCOPES.map(() => device.popErrorScope());
    open();
    for (const [i, error] of (await Promise.all(found)).entries()) {
      if (!error) continue;
      const isMemory = SCOPES[SCOPES.length - 1 - i] === 'out-of-memory';
      fail(deviceFailure(rung, error.message, isMemory ? 'memory' : 'error'));
    }
  };
  open();
  void device.lost.then(({ message }) => fail(deviceFailure(rung, message, 'lost')));
  // A device that is lost says so by itself.
  every(LOOK_EVERY_MS, () => void look().catch(() => {}));
  return {
    failed,
    async settle() {
      const done = Promise.all([look(), device.queue.onSubmittedWorkDone()]);
      await Promise.race([failed, done.catch((error) => fail(deviceFailure(rung, error)))]);
      if (failure) throw failure;
    },
    explain: (error) => failure ?? deviceFailure(rung, error),
  };
}

function repeat(milliseconds: number, look: () => void): void {
  const timer = setInterval(look, milliseconds) as unknown as { unref?(): void };
  timer.unref?.();
}
