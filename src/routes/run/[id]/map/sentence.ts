import type { MeasuredMap, PlacedMap } from '../../../../lib/analysis/types.ts';
import { formatCount, formatNumber, formatPercent } from '../../../../lib/ui/format.ts';

const methods: Record<string, string> = { tsne: 't-SNE', pca: 'PCA', umap: 'UMAP' };

/** What of a method's parameters is said, and how. */
const said = [
  ['perplexity', 'perplexity'],
  ['neighbours', 'neighbours'],
  ['minimumDistance', 'minimum distance'],
] as const;

/** What made a map, as one says it: `t-SNE, perplexity 30`, `UMAP, neighbours 15, minimum distance 0.1`. */
export function methodOf({ info }: Pick<PlacedMap, 'info'>): string {
  if (!info) return 'PCA';
  const method = methods[info.method] ?? info.method;
  const parameters = said
    .filter(([key]) => info.parameters[key] !== undefined)
    .map(([key, name]) => `${name} ${String(info.parameters[key])}`);
  return [method, ...parameters].join(', ');
}

/** How many items a map places, and how. */
export function mapSentence(
  placed: PlacedMap,
  { total, noun, most }: { total: number; noun: string; most: string },
): string {
  const count = placed.points.length / 2;
  const which =
    count === total
      ? `All ${formatCount(count)} ${noun}`
      : `The ${formatCount(count)} ${most} ${noun}`;
  return `${which}, placed by ${methodOf(placed)}.`;
}

export interface QualityFigure {
  name:
    | 'trustworthiness'
    | 'continuity'
    | 'neighbours kept'
    | 'neighbourhood hit'
    | 'KL divergence'
    | 'neighbours found'
    | 'explained variance';
  value: string;
}

/** How runs name a figure over k neighbours: `trustworthiness12`, and its standard error `trustworthiness12Error`. */
function overNeighbours(quality: Record<string, number>, name: RegExp) {
  for (const [key, value] of Object.entries(quality)) {
    const found = new RegExp(`^${name.source}(\\d*)$`).exec(key);
    if (!found || !Number.isFinite(value)) continue;
    const k = found.at(-1) === '' ? undefined : Number(found.at(-1));
    return { key, value, k, column: found[1], error: quality[`${key}Error`] };
  }
  return undefined;
}

/** A figure with its error bar, which has as many decimals: `0.953 ± 0.002`. */
function withError(value: number, error: number | undefined, percent: boolean): string {
  const [of, sign] = percent ? [100, '%'] : [1, ''];
  if (!Number.isFinite(error)) return percent ? formatPercent(value) : formatNumber(value);
  const decimals = percent ? 1 : 3;
  const least = 10 ** -decimals;
  const shown = of * error! < least ? `below ${least}` : (of * error!).toFixed(decimals);
  return `${(of * value).toFixed(decimals)}${sign} ± ${shown}${sign}`;
}

/**
 * How far a map can be trusted: its figures, and what they are measured against.
 *
 * @param measured figures that take the place of the run's own, where they have been measured now
 */
export function qualityOf(
  { info, explainedVarianceRatio, points }: PlacedMap,
  measured?: MeasuredMap['quality'],
): {
  figures: QualityFigure[];
  against: string;
} {
  const figures: QualityFigure[] = [];
  const against: string[] = [];
  const { klDivergence } = info?.quality ?? {};
  const quality = measured ?? info?.quality ?? {};
  if (explainedVarianceRatio) {
    const [first, second] = explainedVarianceRatio;
    figures.push({ name: 'explained variance', value: formatPercent(first + second) });
    against.push('the rest of the variance lies in directions that this map does not show');
  }
  const trustworthiness = overNeighbours(quality, /trustworthiness/);
  const continuity = overNeighbours(quality, /continuity/);
  const kept = overNeighbours(quality, /preservation/);
  const hit = overNeighbours(quality, /(.+)\.hit/);
  for (const [name, figure] of [
    ['trustworthiness', trustworthiness],
    ['continuity', continuity],
  ] as const) {
    if (figure) figures.push({ name, value: withError(figure.value, figure.error, false) });
  }
  if (trustworthiness ?? continuity) {
    against.push('1 is the best, and places at random give about 0.5');
  }
  if (kept) {
    figures.push({ name: 'neighbours kept', value: withError(kept.value, kept.error, true) });
    if (kept.k !== undefined) {
      const chance = Math.min(1, kept.k / Math.max(1, points.length / 2 - 1));
      against.push(`of ${kept.k} neighbours, chance would keep ${formatPercent(chance)}`);
    }
  }
  if (hit) {
    figures.push({
      name: 'neighbourhood hit',
      value: `${withError(hit.value, hit.error, true)} by ${hit.column}`,
    });
    const embedding = formatPercent(quality[`${hit.key}Embedding`]);
    const chance = formatPercent(quality[`${hit.column}.hitChance`]);
    against.push(`the embedding itself hits ${embedding}, chance ${chance}`);
  }
  if (Number.isFinite(klDivergence)) {
    figures.push({ name: 'KL divergence', value: formatNumber(klDivergence) });
  }
  const { neighbourRecall } = info?.quality ?? {};
  if (Number.isFinite(neighbourRecall)) {
    figures.push({ name: 'neighbours found', value: formatPercent(neighbourRecall) });
    against.push('of so many items the neighbours were searched for approximately');
  }
  if (trustworthiness?.error !== undefined) {
    against.push(
      `± is one standard error, for a sample of ${formatCount(quality.itemsMeasured)} was measured`,
    );
  }
  return { figures, against: against.join('; ') };
}
