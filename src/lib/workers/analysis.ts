import { analogy } from '../analysis/analogy.ts';
import { biasRanking } from '../analysis/bias.ts';
import {
  componentPlaces,
  componentRanking,
  componentScores,
  spectrum,
} from '../analysis/components.ts';
import { findItem } from '../analysis/find.ts';
import { lineEnds, linePlaces } from '../analysis/line.ts';
import { clusters, placedMap, vectorsOf } from '../analysis/map.ts';
import { measuredMap } from '../analysis/mapQuality.ts';
import { neighbours } from '../analysis/neighbours.ts';
import type {
  AnalogyQuery,
  BiasQuery,
  ClusterQuery,
  ComponentQuery,
  ItemTable,
  LineEndsQuery,
  LineQuery,
  MapQuery,
  NeighbourQuery,
  SpectrumQuery,
  VectorQuery,
} from '../analysis/types.ts';
import { browserTeam } from '../kernels/team.browser.ts';
import { readRun } from '../run/read.ts';
import { urlSource } from '../run/url.ts';
import type { Run } from '../run/types.ts';

const kept = 3;
const runs = new Map<string, Promise<Run>>();

/** The run at `url`, read once; the `kept` used last stay in memory. */
function opened(url: string, onProgress?: (done: number, total: number) => void): Promise<Run> {
  const run = runs.get(url) ?? readRun(urlSource(url), { onProgress });
  runs.delete(url);
  runs.set(url, run);
  run.catch(() => runs.delete(url));
  for (const old of runs.keys()) {
    if (runs.size <= kept) break;
    runs.delete(old);
  }
  return run;
}

/** Everything about the items but their vectors. */
function itemTable({ items }: Run): ItemTable {
  const { ids, labels, counts, bias, columns } = items;
  return { ids, labels, counts, bias, columns };
}

/**
 * What the worker answers. Each function takes a run's address (its folder, ending in a slash) and a query;
 * a run that cannot be read throws an InputError that names the file.
 */
export const analysisFunctions = {
  /** Reads and verifies the run; `onProgress` hears of bytes. */
  async open(url: string, onProgress: (done: number, total: number) => void) {
    await opened(url, onProgress);
  },
  items: async (url: string) => itemTable(await opened(url)),
  spectrum: async (url: string, query: SpectrumQuery) => spectrum(await opened(url), query),
  componentRanking: async (url: string, query: ComponentQuery) =>
    componentRanking(await opened(url), query),
  componentScores: async (url: string, query: SpectrumQuery) =>
    componentScores(await opened(url), query),
  componentPlaces: async (url: string, query: SpectrumQuery & { row: number }) =>
    componentPlaces(await opened(url), query),
  biasRanking: async (url: string, query: BiasQuery) => biasRanking(await opened(url), query),
  neighbours: async (url: string, query: NeighbourQuery) => neighbours(await opened(url), query),
  analogy: async (url: string, query: AnalogyQuery) => analogy(await opened(url), query),
  lineEnds: async (url: string, query: LineEndsQuery) => lineEnds(await opened(url), query),
  linePlaces: async (url: string, query: LineQuery) => linePlaces(await opened(url), query),
  placedMap: async (url: string, query: MapQuery) => placedMap(await opened(url), query),
  /** `onProgress` hears of items. */
  measuredMap: async (
    url: string,
    query: MapQuery,
    onProgress?: (done: number, total: number) => void,
  ) => measuredMap(await opened(url), query, onProgress, browserTeam()),
  clusters: async (url: string, query: ClusterQuery) => clusters(await opened(url), query),
  vectors: async (url: string, query: VectorQuery) => vectorsOf(await opened(url), query),
  findItem: async (url: string, query: { text: string }) => findItem(await opened(url), query.text),
};

export type AnalysisFunctions = typeof analysisFunctions;
