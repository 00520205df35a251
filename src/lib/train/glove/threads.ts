import type { SharedKernel } from '../../kernels/load.ts';

/** Threads that run a kernel's functions on one memory. */
export interface Threads {
  readonly count: number;
  /** What a function returns, run on the thread with this number; a thread does one thing at a time. */
  call(thread: number, name: string, values: number[]): Promise<number>;
  close(): Promise<void>;
}

/** Starts up to `count` threads; how, depends on the platform. */
export interface ThreadStarter {
  count: number;
  start<Functions>(kernel: SharedKernel<Functions>): Promise<Threads>;
}

/** The calling thread alone. */
export const ownThread: ThreadStarter = {
  count: 1,
  async start(kernel) {
    const functions = kernel.functions as Record<string, (...values: number[]) => number>;
    return {
      count: 1,
      async call(_thread, name, values) {
        // Events, such as a stop, get their turn.
        await new Promise((resolve) => setTimeout(resolve));
        return functions[name](...values);
      },
      async close() {},
    };
  },
};
