/** What a rung is trained on does not compute any more, or not what it was asked. */
export class DeviceFailure extends Error {
  /**
   * @param rung as the run would name it
   * @param remedy what a person may do about it, as a part of a sentence
   */
  constructor(
    readonly rung: string,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DeviceFailure';
  }
}

/** Looks after a device that may fail while it computes. */
export interface Watch {
  /** Rejects with a DeviceFailure as soon as the device has failed; until then it stays open. */
  readonly failed: Promise<never>;
  /**
   * Waits for what was sent to the device.
   *
   * @throws DeviceFailure when any of it failed
   */
  settle(): Promise<void>;
  /** What an error thrown in the work says of the device. */
  explain(error: unknown): DeviceFailure;
}

const SMALLER = 'take a smaller batch or a smaller model';

/**
 * A failure as its cause is worded by Dawn, by a driver or by TensorFlow.
 *
 * @param kind what is known of it beside its message
 */
export function deviceFailure(
  rung: string,
  cause: unknown,
  kind: 'lost' | 'memory' | 'error' = 'error',
): DeviceFailure {
  const text = cause instanceof Error ? cause.message : String(cause);
  const [line = ''] = text.trim().split('\n');
  const detail = line === '' ? '' : ` (${line.replace(/\.$/, '').slice(0, 200)})`;
  const failure = (message: string, remedy: string) =>
    new DeviceFailure(rung, message + detail, remedy, { cause });
  if (kind === 'lost') return failure('the device was lost', 'try it again or update the driver');
  if (
    kind === 'memory' ||
    /\bOOM\b|out of (device )?memory|failed to allocate|allocation failed/i.test(text)
  ) {
    return failure('no memory is left on the device', SMALLER);
  }
  if (/\blimit\b|exceeds|too large|larger than|max[A-Z]\w+/.test(text)) {
    return failure('the model asks for more than the device allows', SMALLER);
  }
  return failure('the device refuses what it is asked', 'update the driver');
}

/** A watch over a device of which nothing is known but what its library throws. */
export function watchErrors(rung: string): Watch {
  return {
    failed: new Promise(() => {}),
    settle: async () => {},
    explain: (error) => deviceFailure(rung, error),
  };
}
