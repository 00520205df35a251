import { chooseBackend } from './backend.node.ts';
import { startOptional, type OptionalRung, type Probe } from './optional.node.ts';

/**
 * Makes tfjs of this process compute on a rung, without a trial before: for a child process, which may die of it.
 *
 * @param urls of the rung's packages, in the order of `PACKAGES`
 */
export async function startRung(rung: string, urls: readonly string[]): Promise<Probe> {
  if (rung !== 'wasm') return startOptional(rung as OptionalRung, urls);
  const { device, software } = await chooseBackend('wasm');
  return { device, software, isSoftware: false };
}
