import { SingleBar } from 'cli-progress';

/** What long work shows on stderr while it goes on. */
export interface Progress {
  /** `done` of `total` in any unit; `label` says what is being done, e.g. `epoch 3 of 40, loss 0.712`. */
  update(done: number, total: number | undefined, label: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** Removes the bar. */
  stop(): void;
}

export interface ProgressOptions {
  quiet?: boolean;
  stream?: NodeJS.WriteStream;
  /** Milliseconds, for the time left. */
  now?: () => number;
}

const LINE_EVERY_MS = 5_000;

/** A bar on a terminal, a line every five seconds elsewhere, nothing when quiet. */
export function progress(options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  if (options.quiet) return { update() {}, note() {}, stop() {} };
  return stream.isTTY ? bar(stream, options) : lines(stream, options);
}

function bar(stream: NodeJS.WriteStream, options: ProgressOptions): Progress {
  const shown = new SingleBar({
    stream,
    format: '{bar} {percentage} %  {label}{left}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 1,
    fps: 8,
    gracefulExit: false,
  });
  const timeLeft = stopwatch(options);
  const stop = () => {
    if (shown.isActive) shown.stop();
  };
  return {
    update(done, total, label) {
      const values = { label, left: timeLeft(done, total) };
      if (!shown.isActive) shown.start(total ?? done + 1, done, values);
      shown.setTotal(total ?? done + 1);
      shown.update(done, values);
    },
    note(text) {
      stop();
      stream.write(`${text}\n`);
    },
    stop,
  };
}

function lines(stream: NodeJS.WriteStream, options: ProgressOptions): Progress {
  const now = options.now ?? (() => performance.now());
  const timeLeft = stopwatch(options);
  let due = now() + LINE_EVERY_MS;
  return {
    update(done, total, label) {
      const left = timeLeft(done, total);
      if (now() < due) return;
      due = now() + LINE_EVERY_MS;
      const share = total ? `${Math.floor((100 * done) / total)} %  ` : '';
      stream.write(`${share}${label}${left}\n`);
    },
    note(text) {
      stream.write(`${text}\n`);
    },
    stop() {},
  };
}

/** The time left, from the share done and the time since the work began; a smaller `done` begins anew. */
function stopwatch(options: ProgressOptions): (done: number, total: number | undefined) => string {
  const now = options.now ?? (() => performance.now());
  let start = now();
  let startedAt = 0;
  let before = Infinity;
  return (done, total) => {
    if (done < before) [start, startedAt] = [now(), done];
    before = done;
    const elapsed = now() - start;
    if (!total || done <= startedAt || elapsed < 500) return '';
    return `, ${formatSeconds((elapsed * (total - done)) / (done - startedAt) / 1000)} left`;
  };
}

/** `1.2 s`, `18 s`, `3 min 20 s`, `1 h 5 min` */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
