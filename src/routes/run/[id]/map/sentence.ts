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
  /** What it is measured against. */
  against: string;
}

/** How far a map can be trusted, each figure beside what it is measured against. */
export function qualityOf({ info, explainedVarianceRatio }: PlacedMap): QualityFigure[] {
  const figures: QualityFigure[] = [];
  const { trustworthiness, continuity, klDivergence } = info?.quality ?? {};
  if (explainedVarianceRatio) {
    const [first, second] = explainedVarianceRatio;
    figures.push({
      name: 'explained variance',
      value: formatPercent(first + second),
      against: 'the rest lies in directions that the map does not show',
    });
  }
  if (trustworthiness !== undefined) {
    figures.push({
      name: 'trustworthiness',
      value: formatNumber(trustworthiness),
      against: '1 is the best, places at random give about 0.5',
    });
  }
  if (continuity !== undefined) {
    figures.push({
      name: 'continuity',
      value: formatNumber(continuity),
      against: '1 is the best, places at random give about 0.5',
    });
  }
  if (klDivergence !== undefined) {
    figures.push({
      name: 'KL divergence',
      value: formatNumber(klDivergence),
      against: '0 would be a perfect map',
    });
  }
  return figures;
}
