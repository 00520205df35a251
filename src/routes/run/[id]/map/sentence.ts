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
  name: 'trustworthiness' | 'continuity' | 'KL divergence' | 'explained variance';
  value: string;
}

/** How far a map can be trusted: its figures, and what they are measured against. */
export function qualityOf({ info, explainedVarianceRatio }: PlacedMap): {
  figures: QualityFigure[];
  against: string;
} {
  const figures: QualityFigure[] = [];
  const against: string[] = [];
  const { trustworthiness, continuity, klDivergence } = info?.quality ?? {};
  if (explainedVarianceRatio) {
    const [first, second] = explainedVarianceRatio;
    figures.push({ name: 'explained variance', value: formatPercent(first + second) });
    against.push('the rest of the variance lies in directions that this map does not show');
  }
  if (trustworthiness !== undefined) {
    figures.push({ name: 'trustworthiness', value: formatNumber(trustworthiness) });
  }
  if (continuity !== undefined) {
    figures.push({ name: 'continuity', value: formatNumber(continuity) });
  }
  if (trustworthiness !== undefined || continuity !== undefined) {
    against.push('1 is the best, and places at random give about 0.5');
  }
  if (klDivergence !== undefined) {
    figures.push({ name: 'KL divergence', value: formatNumber(klDivergence) });
  }
  return { figures, against: against.join('; ') };
}
