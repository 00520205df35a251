import type { PairComparison, RunsComparison } from '../src/lib/analysis/compare.ts';
import {
  effectiveDimensions,
  sharedNeighbours,
  standingInWords,
} from '../src/lib/analysis/reading.ts';
import { grouped } from '../src/lib/errors.ts';
import { formatFixed, formatNumber } from './output.ts';

/** One figure of a pair, with what it is measured against. */
export interface FigureLine {
  name: string;
  value: string;
  against: string;
}

/** The overall figures of a pair of runs, for people. */
export function figureLines(pair: PairComparison, spectra: Float64Array[]): FigureLine[] {
  const { k, mean, interval, chance, rankBiased } = pair.overlap;
  const [widthA, widthB] = [spectra[pair.a], spectra[pair.b]].map((shares) =>
    formatNumber(effectiveDimensions(shares)),
  );
  const degrees = [...pair.angles].map((angle) => (180 * angle) / Math.PI);
  const lines: FigureLine[] = [
    {
      name: `neighbour overlap at ${k}`,
      value: formatFixed(mean, 3),
      against: `${formatFixed(interval[0], 3)} to ${formatFixed(interval[1], 3)} with 95 %; chance has ${formatNumber(chance)}`,
    },
    {
      name: '  rank-weighted',
      value: formatFixed(rankBiased, 3),
      against: '1 is the same order, 0 nothing shared',
    },
    {
      name: 'linear CKA',
      value: formatFixed(pair.cka, 3),
      against: '1 is the same but for rotation and scale, chance about 0',
    },
    {
      name: 'RSA',
      value: formatFixed(pair.rsa.correlation, 3),
      against:
        pair.rsa.error > 0
          ? `± ${formatFixed(pair.rsa.error, 4)}, from ${grouped(pair.rsa.pairs)} pairs drawn; chance has 0`
          : `all ${grouped(pair.rsa.pairs)} pairs; chance has 0`,
    },
    {
      name: 'Procrustes residual',
      value: formatFixed(pair.procrustes.scaled, 3),
      against: '0 is the same but for rotation and scale, 1 nothing in common',
    },
    {
      name: '  without scaling',
      value: formatFixed(pair.procrustes.unscaled, 3),
      against: '0 is the same but for rotation',
    },
    {
      name: 'second-order similarity',
      value: formatFixed(pair.secondOrder, 3),
      against: "mean correlation of an item's cosines to common anchors; 1 is the same",
    },
    {
      name: 'principal angles',
      value: `${formatFixed(degrees[degrees.length >> 1], 1)}°`,
      against: `median of ${degrees.length}, from ${formatFixed(degrees[0], 1)}° to ${formatFixed(degrees[degrees.length - 1], 1)}°; 0° is a direction that both have`,
    },
    {
      name: 'dimensions in use',
      value: `${widthA} | ${widthB}`,
      against: `effective ones, of ${spectra[pair.a].length} and ${spectra[pair.b].length}`,
    },
  ];
  if (pair.bias) {
    lines.push({
      name: 'bias against bias',
      value: formatFixed(pair.bias.correlation, 3),
      against: `by rank ${formatFixed(pair.bias.rankCorrelation, 3)}; 1 is the same`,
    });
  }
  return lines;
}

/** The answer in one sentence. */
export function answer({ overlap: { k, mean, chance }, perItem }: PairComparison): string {
  const total = perItem.overlap.reduce((sum, value) => sum + sharedNeighbours(value, k), 0);
  const shared = formatFixed(total / perItem.overlap.length, 1);
  const times = mean / chance;
  const against =
    chance === 1
      ? 'which is all that there are'
      : times > 1.05
        ? `an overlap ${formatNumber(times > 9.95 ? Math.round(times) : times)} times that of chance`
        : 'no more than chance gives';
  return `Of an item's ${k} nearest in one run, ${shared} on average are among its ${k} nearest in the other: ${against}.`;
}

/** What the pair's overlap is measured against, in a few words. */
export function againstInWords({ pairs, seeds }: RunsComparison, pair: PairComparison): string {
  if (!seeds) return '';
  if (seeds.pairs.includes(pair)) return 'two seeds';
  const [overlap] = seeds.against[pairs.indexOf(pair)];
  return overlap ? standingInWords(overlap) : '';
}
