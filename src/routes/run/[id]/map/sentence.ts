import type { PlacedMap } from '../../../../lib/analysis/types.ts';
import { formatCount, formatNumber, formatPercent } from '../../../../lib/ui/format.ts';

const methods: Record<string, string> = { tsne: 't-SNE', pca: 'PCA', umap: 'UMAP' };

/** What made a map, as one says it: `t-SNE, perplexity 30`. */
export function methodOf({ info }: Pick<PlacedMap, 'info'>): string {
  if (!info) return 'PCA';
  const method = methods[info.method] ?? info.method;
  const { perplexity } = info.parameters;
  return perplexity === undefined ? method : `${method}, perplexity ${String(perplexity)}`;
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
    'trustworthiness' | 'continuity' | 'neighbours kept' | 'KL divergence' | 'explained variance';
  value: string;
}

/** How runs name a figure over k neighbours: `trustworthiness12`. */
function overNeighbours(quality: Record<string, number>, name: string) {
  for (const [key, value] of Object.entries(quality)) {
    const k = new RegExp(`^${name}(\\d*)$`).exec(key)?.[1];
    if (k !== undefined && Number.isFinite(value))
      return { value, k: k === '' ? undefined : Number(k) };
  }
  return undefined;
}

/** How far a map can be trusted: its figures, and what they are measured against. */
export function qualityOf({ info, explainedVarianceRatio, points }: PlacedMap): {
  figures: QualityFigure[];
  against: string;
} {
  const figures: QualityFigure[] = [];
  const against: string[] = [];
  const { quality = {} } = info ?? {};
  if (explainedVarianceRatio) {
    const [first, second] = explainedVarianceRatio;
    figures.push({ name: 'explained variance', value: formatPercent(first + second) });
    against.push('the rest of the variance lies in directions that this map does not show');
  }
  const trustworthiness = overNeighbours(quality, 'trustworthiness');
  const continuity = overNeighbours(quality, 'continuity');
  const kept = overNeighbours(quality, 'preservation');
  for (const [name, figure] of [
    ['trustworthiness', trustworthiness],
    ['continuity', continuity],
  ] as const) {
    if (figure) figures.push({ name, value: formatNumber(figure.value) });
  }
  if (trustworthiness ?? continuity) {
    against.push('1 is the best, and places at random give about 0.5');
  }
  if (kept) {
    figures.push({ name: 'neighbours kept', value: formatPercent(kept.value) });
    if (kept.k !== undefined) {
      const chance = Math.min(1, kept.k / Math.max(1, points.length / 2 - 1));
      against.push(`of ${kept.k} neighbours, chance would keep ${formatPercent(chance)}`);
    }
  }
  if (Number.isFinite(quality.klDivergence)) {
    figures.push({ name: 'KL divergence', value: formatNumber(quality.klDivergence) });
  }
  return { figures, against: against.join('; ') };
}
