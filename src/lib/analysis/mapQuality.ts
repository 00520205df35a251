import { InputError } from '../errors.ts';
import { measureMap } from '../kernels/mapQuality.ts';
import type { TeamStarter } from '../kernels/team.ts';
import { largestK, type MapQuality } from '../math/mapQuality.ts';
import type { Run } from '../run/types.ts';
import { categoryOf } from './category.ts';
import { remembered } from './fitted.ts';
import { placedMap } from './map.ts';
import type { MapQuery, MeasuredMap } from './types.ts';

/**
 * How far a map can be trusted, at each item and overall: measured against the vectors by the metric that the map was
 * made by, all items up to 20,000 and a sample beyond.
 *
 * @param onProgress hears of items
 * @param team threads to share the work
 * @throws InputError when the run has no such map, or it places fewer than three items
 */
export async function measuredMap(
  run: Run,
  query: MapQuery,
  onProgress?: (done: number, total: number) => void,
  team?: TeamStarter,
): Promise<MeasuredMap> {
  return remembered(run, `map quality ${query.map}`, async () => {
    const { points, info } = placedMap(run, query);
    const n = points.length / 2;
    if (largestK(n) < 1) {
      throw new InputError(
        `map "${query.map}" places ${n} items, too few to say how far it can be trusted (expected at least 3)`,
      );
    }
    const { columns, data } = run.items.vectors;
    const category = categoryOf(run.items, n);
    const quality = await measureMap(
      { rows: n, columns, data: data.subarray(0, n * columns) },
      points,
      {
        metric: info?.parameters.metric === 'cosine' ? 'cosine' : 'euclidean',
        seed: info?.seed,
        labels: category?.labels,
        team,
        onProgress,
      },
    );
    const trustworthiness = new Float64Array(n).fill(NaN);
    quality.rows.forEach((row, at) => {
      trustworthiness[row] = quality.trustworthiness.perRow[at];
    });
    return {
      name: query.map,
      trustworthiness,
      quality: qualityFigures(quality, category?.name),
    };
  });
}

/**
 * The figures of a map as a run's manifest has them, the number of neighbours being part of their names:
 * `trustworthiness12`, of a sample also `trustworthiness12Error`, its standard error, and so on. The neighbourhood hit is
 * `GENRES.hit12` on the map, `GENRES.hit12Embedding` in the embedding and `GENRES.hitChance`, where GENRES is the column.
 */
export function qualityFigures(quality: MapQuality, category?: string): Record<string, number> {
  const { k, rows, n, neighbourhoodHit: hit } = quality;
  const measures = {
    [`trustworthiness${k}`]: quality.trustworthiness,
    [`continuity${k}`]: quality.continuity,
    [`preservation${k}`]: quality.preservation,
    ...(hit && {
      [`${category}.hit${k}`]: hit.onMap,
      [`${category}.hit${k}Embedding`]: hit.inData,
    }),
  };
  const figures: Record<string, number> = {};
  for (const [name, { mean, standardError }] of Object.entries(measures)) {
    // No item of a sample may have a label.
    if (!Number.isFinite(mean)) continue;
    figures[name] = mean;
    if (rows.length < n && Number.isFinite(standardError)) figures[`${name}Error`] = standardError;
  }
  if (hit && Number.isFinite(hit.chance)) figures[`${category}.hitChance`] = hit.chance;
  figures.itemsMeasured = rows.length;
  return figures;
}
