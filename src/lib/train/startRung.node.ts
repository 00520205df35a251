import { chooseBackend } from './backend.node.ts';
import { startGpu, type GpuRung, type Probe } from './gpu.node.ts';

/**
 * Makes tfjs of this process compute on a rung, without a trial before: for a child process, which may die of it.
 *
 * @param urls of the rung's packages, in the order of `PACKAGES`
 */
export async function startRung(rung: string, urls: readonly string[]): Promise<Probe> {
  if (rung !== 'wasm') return startGpu(rung as GpuRung, urls);
  const { device, software } = await chooseBackend('wasm');
  return { device, software, isSoftware: false };
}
