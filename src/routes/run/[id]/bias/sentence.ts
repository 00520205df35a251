import type { BiasRanking } from '../../../../lib/analysis/types.ts';
import type { Manifest } from '../../../../lib/run/types.ts';
import { formatNumber, formatSigned } from '../../../../lib/ui/format.ts';

/** The page's answer: who stands at both ends, and how far bias and mean rating agree. */
export function biasAnswer({ top, bottom, rankCorrelation }: BiasRanking): string {
  if (top.length === 0) return 'Nothing is left to rank.';
  const name = (item: { label: string; bias: number }) =>
    `${item.label}, ${formatSigned(item.bias)}`;
  const ends = `Most of all ${name(top[0])}; least ${name(bottom[0])}.`;
  if (rankCorrelation === undefined || !Number.isFinite(rankCorrelation)) return ends;
  const close =
    rankCorrelation > 0.9
      ? 'ranks nearly as'
      : rankCorrelation > 0.6
        ? 'ranks much as'
        : rankCorrelation > 0.3
          ? 'ranks only partly as'
          : 'ranks quite unlike';
  return `${ends} Bias ${close} the raw mean does: rank correlation ${formatNumber(rankCorrelation)}.`;
}

export type BiasConvention = 'global mean' | 'no global mean';

/**
 * Whether biases are differences from a global mean, as the manifest says. Where it says nothing, by the
 * biases themselves: users and items share an offset of about 3.5 stars where no global mean takes it.
 *
 * @param meanBias the plain average of the items' biases
 */
export function biasConvention(
  { model: { globalMean } }: Pick<Manifest, 'model'>,
  meanBias: number,
): { convention: BiasConvention; stated: boolean; globalMean?: number } {
  if (typeof globalMean === 'number')
    return { convention: 'global mean', stated: true, globalMean };
  if (globalMean === null) return { convention: 'no global mean', stated: true };
  const convention = Math.abs(meanBias) > 0.75 ? 'no global mean' : 'global mean';
  return { convention, stated: false };
}
