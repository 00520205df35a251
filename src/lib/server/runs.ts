import { error } from '@sveltejs/kit';
import { InputError } from '../errors.ts';
import { findListedRun, listRuns, type ListedRun } from '../run/catalogue.node.ts';
import type { Manifest } from '../run/types.ts';
import {
  cardOf,
  summaryOf,
  type BrokenRun,
  type RunCard,
  type RunSummary,
} from '../ui/run/summary.ts';

/** Every run that can be opened, briefly. */
export async function summaries(): Promise<RunSummary[]> {
  return (await listRuns()).flatMap(({ manifest }) => (manifest ? [summaryOf(manifest)] : []));
}

/** Every run with its curves, and what is wrong with those that cannot be opened. */
export async function cards(): Promise<{ runs: RunCard[]; broken: BrokenRun[] }> {
  const runs: RunCard[] = [];
  const broken: BrokenRun[] = [];
  for (const { id, manifest, error } of await listRuns()) {
    if (manifest) runs.push(cardOf(manifest));
    else broken.push({ id, error });
  }
  return { runs, broken };
}

/**
 * The listed run of an id.
 *
 * @throws HttpError 404 when there is none, 422 when it is broken, with what a person can do about it
 */
export async function runOf(id: string): Promise<ListedRun & { manifest: Manifest }> {
  const listed = (await listRuns()).some((run) => run.id === id);
  try {
    return await findListedRun(id);
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    return error(listed ? 422 : 404, thrown.message);
  }
}
