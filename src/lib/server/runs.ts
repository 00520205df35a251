import { error } from '@sveltejs/kit';
import { seedGroups } from '../analysis/seeds.ts';
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
  const manifests = (await listRuns()).flatMap(({ manifest }) => manifest ?? []);
  return withSeeds(manifests, manifests.map(summaryOf));
}

/** The summaries of `manifests`, those of several seeds marked. */
function withSeeds<Summary extends RunSummary>(manifests: Manifest[], all: Summary[]): Summary[] {
  const groups = seedGroups(manifests);
  return all.map((summary, r) => {
    const group = groups.find((members) => members.includes(r));
    return group ? { ...summary, seedsOf: all[group[0]].id } : summary;
  });
}

/** Every run with its curves, and what is wrong with those that cannot be opened. */
export async function cards(): Promise<{ runs: RunCard[]; broken: BrokenRun[] }> {
  const manifests: Manifest[] = [];
  const broken: BrokenRun[] = [];
  for (const { id, manifest, error } of await listRuns()) {
    if (manifest) manifests.push(manifest);
    else broken.push({ id, error });
  }
  return { runs: withSeeds(manifests, manifests.map(cardOf)), broken };
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
