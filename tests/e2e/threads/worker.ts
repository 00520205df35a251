/** A worker that has threads fill a memory together, and says what each found of the others' work. */
import { browserTeam } from '../../../src/lib/kernels/team.browser.ts';
import { loadGlove } from '../../../src/lib/kernels/glove.ts';
import { loadScan } from '../../../src/lib/kernels/nearest.ts';

async function answer() {
  const starter = browserTeam(3);
  const isolated = self.crossOriginIsolated;
  // Without shared memory there is the kernel for one thread.
  const kernel = isolated ? await loadGlove(2 ** 16) : await loadScan(2 ** 16);
  const team = await starter.start<unknown>(kernel);
  const bytes = new Uint32Array(kernel.buffer);
  const failures: string[] = [];
  let shuffles = 0;
  if (isolated) {
    // Pairs of 16 bytes: each member shuffles a hundred of its own.
    for (let round = 0; round < 200; round++) {
      for (let pair = 0; pair < 300; pair++) bytes[4 * pair] = pair;
      team.run('shuffle', (member) => [1600 * member, 100, round]);
      const parts = [0, 1, 2].map((part) =>
        Array.from({ length: 100 }, (_, at) => bytes[4 * (100 * part + at)] - 100 * part),
      );
      const [first] = parts;
      const sorted = first.toSorted((a, b) => a - b);
      if (sorted.some((pair, at) => pair !== at)) failures.push(`round ${round}: no permutation`);
      if (first.every((pair, at) => pair === at)) failures.push(`round ${round}: not shuffled`);
      if (parts.some((part) => String(part) !== String(first))) failures.push(`round ${round}`);
      shuffles += parts.length;
    }
    try {
      team.run('shuffle', (member) => (member === 2 ? [2 ** 31, 10, 1] : [0, 0, 1]));
      failures.push('a member that fails is not heard');
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  const { count } = team;
  await team.close();
  return { isolated, count, shuffles, failures };
}

answer().then(
  (value) => self.postMessage(value),
  (error: Error) => self.postMessage({ error: error.message }),
);
