import { soloTeam, startTeam, type Helper, type TeamStarter } from './team.ts';
import type { Membership } from './teamMember.mjs';

/**
 * Starts teams of workers, by default as many members as there are cores. It is to be used in a worker: a page's own
 * thread may not wait for others and works alone, and so does every thread where memory cannot be shared (the page is
 * not cross-origin isolated) or a worker does not start.
 */
export function browserTeam(count = globalThis.navigator?.hardwareConcurrency ?? 1): TeamStarter {
  const able = !('document' in globalThis) && globalThis.crossOriginIsolated && count > 1;
  if (!able) return soloTeam;
  return {
    count,
    async start(kernel) {
      if (!('code' in kernel) || !kernel.code) return soloTeam.start(kernel);
      try {
        return await startTeam(kernel, count, startWorker);
      } catch {
        return soloTeam.start(kernel);
      }
    },
  };
}

function startWorker(membership: Membership, died: (reason: string) => void): Promise<Helper> {
  const worker = new Worker(new URL('./team.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => {
      const reason = event.message ?? 'it could not be loaded';
      died(reason);
      reject(new Error(`a worker did not start: ${reason}`));
    };
    worker.onmessage = () => resolve({ end: () => worker.terminate() });
    worker.postMessage(membership);
  });
}
