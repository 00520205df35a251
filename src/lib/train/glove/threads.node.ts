import { Worker } from 'node:worker_threads';
import type { SharedKernel } from '../../kernels/load.ts';
import { ownThread, type Threads, type ThreadStarter } from './threads.ts';

/** Starts `count` worker threads; one thread alone is the calling one, and so is the plain twin. */
export function workerThreads(count: number): ThreadStarter {
  return {
    count,
    start: (kernel) =>
      count === 1 || !kernel.code ? ownThread.start(kernel) : start(kernel, count),
  };
}

interface Waiting {
  resolve(value: number): void;
  reject(error: Error): void;
}

async function start<Functions>(kernel: SharedKernel<Functions>, count: number): Promise<Threads> {
  const script = new URL('../../kernels/thread.mjs', import.meta.url);
  const waiting: (Waiting | undefined)[] = [];
  let failure: Error | undefined;
  const workers = Array.from({ length: count }, (_, thread) => {
    // Without the loaders of the calling thread, which the script does not need.
    const worker = new Worker(script, { workerData: kernel.code, execArgv: [] });
    const fail = (error: Error) => {
      failure ??= error;
      waiting[thread]?.reject(error);
    };
    worker.on('message', (value: number) => waiting[thread]?.resolve(value));
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('a thread of the training ended before its time')));
    return worker;
  });
  return {
    count,
    call(thread, name, values) {
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise<number>((resolve, reject) => {
        waiting[thread] = { resolve, reject };
        workers[thread].postMessage({ name, values });
      });
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
