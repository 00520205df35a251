import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { soloTeam, startTeam, type Helper, type TeamStarter } from './team.ts';
import type { Membership } from './teamMember.mjs';

/**
 * Starts teams of threads of Node, by default as many as there are cores. Idle ones sleep, and do not keep the process
 * alive.
 *
 * @param patience milliseconds that a thread may need longer than the caller, before it is taken for dead
 */
export function nodeTeam(count = availableParallelism(), patience?: number): TeamStarter {
  return {
    count,
    start: (kernel) =>
      count > 1 && 'code' in kernel && kernel.code
        ? startTeam(kernel, count, startThread, patience)
        : soloTeam.start(kernel),
  };
}

function startThread(membership: Membership, died: (reason: string) => void): Promise<Helper> {
  const script = new URL('team.thread.mjs', import.meta.url);
  // Without the loaders of the calling thread, which the script does not need.
  const worker = new Worker(script, { workerData: membership, execArgv: [] });
  let ended = false;
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      if (!ended) died(error.message);
      reject(error);
    };
    worker.on('error', failed);
    worker.on('exit', (code) => failed(new Error(`it left with code ${code}`)));
    worker.once('message', () => {
      worker.unref();
      resolve({
        end() {
          ended = true;
          return worker.terminate();
        },
      });
    });
  });
}
