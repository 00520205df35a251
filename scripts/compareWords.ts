import type { PairComparison, RunsComparison } from '../src/lib/analysis/compare.ts';
import {
  effectiveDimensions,
  sharedNeighbours,
  standingInWords,
} from '../src/lib/analysis/reading.ts';
import { grouped } from '../src/lib/errors.ts';
import type { Run } from '../src/lib/run/types.ts';
import { formatFixed, formatNumber } from './output.ts';

/** Items that did not match, as many as are named. */
const NAMED = 5;

/** A, B … Z, then run 27 and so on. */
export const letter = (r: number): string =>
  r < 26 ? String.fromCharCode(65 + r) : `run ${r + 1}`;

/** How the items were matched, and which were not. */
export function matchedInWords(runs: Run[], { ids, matched }: RunsComparison): string[] {
  const how =
    matched.byLabel === 0
      ? 'by id'
      : matched.byId === 0
        ? 'by label'
        : `${grouped(matched.byId)} by id and ${grouped(matched.byLabel)} by label`;
  const lines = [`${grouped(ids.length)} items are compared, matched ${how}.`];
  if (matched.beyondLimit > 0) {
    lines.push(`${grouped(matched.beyondLimit)} more are shared and were left out by --items.`);
  }
  if (matched.withoutDirection > 0) {
    lines.push(
      `${grouped(matched.withoutDirection)} shared items have a vector of zeros in a run, which has no direction, and are left out.`,
    );
  }
  if (matched.ambiguous > 0) {
    lines.push(
      `${grouped(matched.ambiguous)} items are left out because several have their label.`,
    );
  }
  matched.unmatched.forEach((rows, r) => {
    if (rows.length === 0) return;
    const { ids, labels } = runs[r].items;
    const named = [...rows.slice(0, NAMED)].map((row) =>
      labels[row] === ids[row] ? ids[row] : `${labels[row]} (id ${ids[row]})`,
    );
    const rest = rows.length > NAMED ? ' …' : '';
    lines.push(
      `${grouped(rows.length)} items of ${letter(r)} are not shared: ${named.join(', ')}${rest}`,
    );
  });
  return lines;
}

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
