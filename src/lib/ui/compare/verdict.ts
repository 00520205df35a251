import { sharedNeighbours } from '../../analysis/reading.ts';
import type { ExactFigures, FirstFigures } from '../../analysis/pair.ts';
import { formatCount, formatNumber } from '../format.ts';

type Overlap = FirstFigures['overlap'] | ExactFigures['overlap'];

/** How much two runs agree, to begin the answer with. */
export type Agreement = 'same' | 'part' | 'chance';

/** Residuals below this are rounding: the vectors are float32. */
const ROUNDING = 1e-6;

/** A figure as it is written: what is rounding is 0. */
export const withoutRounding = (value: number): number => (Math.abs(value) < ROUNDING ? 0 : value);

/** Whether two runs are one embedding turned, agree in part, or agree no more than chance. */
export function agreement(
  { interval, chance, mean }: Overlap,
  procrustes: { scaled: number },
): Agreement {
  if (procrustes.scaled < ROUNDING && mean > 0.99) return 'same';
  return interval[0] <= chance ? 'chance' : 'part';
}

/**
 * The answer to “are they the same?” in a sentence or two.
 *
 * @param noun one of the items, e.g. `movie`
 * @param jaccard of every item, where it is known
 */
export function verdict(
  overlap: Overlap,
  procrustes: { scaled: number },
  noun: string,
  jaccard?: Float64Array,
): string {
  const { k, mean, chance } = overlap;
  const found = agreement(overlap, procrustes);
  if (found === 'same') {
    return 'Yes: one is the other, turned, mirrored or scaled at most.';
  }
  if (found === 'chance') {
    return `No: the nearest of a ${noun} in one run are among its nearest in the other no more often than chance would have it.`;
  }
  const times = mean / chance;
  const more = `${times > 9.95 ? formatCount(times) : formatNumber(times)} times the overlap of chance`;
  if (!jaccard) return `In part: they agree on what is near what, with ${more}.`;
  const shared = jaccard.reduce((sum, one) => sum + sharedNeighbours(one, k), 0) / jaccard.length;
  return `In part: of a ${noun}’s ${formatCount(k)} nearest in one run, ${formatNumber(shared)} on average are among its ${formatCount(k)} nearest in the other, ${more}.`;
}

/** What two runs span over the items, by the angles between. */
export interface SpaceInCommon {
  /** Mean of the squared cosines: the share of the smaller space that lies in the larger one. */
  share: number;
  /** The same of two spaces that have nothing to do with each other. */
  chance: number;
  /** Of the smaller space. */
  directions: number;
  /** Degrees. */
  least: number;
  middle: number;
  most: number;
}

/**
 * A random space of q of n − 1 dimensions holds q / (n − 1) of any other, which is the value of chance.
 *
 * @param angles radians, rising
 */
export function spaceInCommon(
  angles: Float64Array,
  { ids, figures }: { ids: readonly string[]; figures: Pick<FirstFigures, 'spectra'> },
): SpaceInCommon {
  const directions = angles.length;
  const larger = Math.max(directions, ...figures.spectra.map(({ length }) => length));
  const degrees = (at: number) => (180 * withoutRounding(angles[at])) / Math.PI;
  return {
    share: angles.reduce((sum, angle) => sum + Math.cos(angle) ** 2, 0) / directions,
    chance: Math.min(1, larger / (ids.length - 1)),
    directions,
    least: degrees(0),
    middle: degrees(Math.floor(directions / 2)),
    most: degrees(directions - 1),
  };
}
