import { standingInWords } from '../../analysis/reading.ts';
import type { SeedSpread } from '../../analysis/seedSpread.ts';
import type { AgainstSeeds, Figure, Standing } from '../../analysis/seeds.ts';
import { formatNumber, formatPlural } from '../format.ts';
import type { RunSummary } from '../run/summary.ts';

/** More seeds of one configuration say little more, and each has to be read and compared. */
const MOST = 5;

/** Further runs that differ from `a` or from `b` in their seed alone, at most so many that each configuration has five. */
export function seedsAtHand(runs: readonly RunSummary[], a: string, b: string): RunSummary[] {
  const groups = new Set(
    runs.flatMap(({ id, seedsOf }) => (seedsOf && (id === a || id === b) ? [seedsOf] : [])),
  );
  return [...groups].flatMap((group) => {
    const members = runs.filter(({ seedsOf }) => seedsOf === group);
    const others = members.filter(({ id }) => id !== a && id !== b);
    return others.slice(0, MOST - (members.length - others.length));
  });
}

/** Whether two runs differ in their seed alone. */
export function isSeedPair(runs: readonly RunSummary[], a: string, b: string): boolean {
  const [one, other] = [a, b].map((id) => runs.find((run) => run.id === id));
  if (!one?.seedsOf || one.seedsOf !== other?.seedsOf) return false;
  return one.seed !== other.seed;
}

/** The spread of seeds beside one figure. */
export function besideSeeds(against: AgainstSeeds, areSeeds: boolean): string {
  const [least, most] = against.range.map((value) => formatNumber(value));
  const range = least === most ? least : `${least} to ${most}`;
  const standing = standingInWords(against);
  const pairs = formatPlural(against.pairs, areSeeds ? 'other pair' : 'pair');
  return `Seeds: ${range} (${pairs}); ${areSeeds ? standing.replace('any two', 'any other two') : standing}.`;
}

export const againstOf = (spread: SeedSpread, figure: Figure): AgainstSeeds | undefined =>
  spread.against.find((one) => one.figure === figure);

/**
 * What the spread of seeds says of the whole difference, by the overlap of neighbours.
 *
 * @param names of the configurations that the seeds are of
 */
export function seedVerdict(spread: SeedSpread, names: readonly string[]): string {
  const standing = againstOf(spread, 'overlap')?.standing ?? 'within';
  if (spread.areSeeds) {
    const apart = {
      nearer: 'nearer to each other than any other two of its seeds are',
      within: 'as near to each other as its other seeds are',
      further: 'further apart than any other two of its seeds are',
    }[standing];
    return `Both are seeds of ${names[0]}, ${apart}: what differs here is the accident of a training.`;
  }
  const of = names.join(' and of ');
  return {
    nearer: `They are nearer than any two seeds of ${of} are: less than another training would change.`,
    within: `Two seeds of ${of} differ as much: the difference is no more than the accident of a training.`,
    further: `They are further apart than any two seeds of ${of} are: the difference is more than the accident of a training.`,
  }[standing];
}

/** Where one item's overlap stands against what it is between seeds; undefined where that is not known. */
export function itemStanding(
  { own, least, most }: SeedSpread['perItem'],
  item: number,
): Standing | undefined {
  if (Number.isNaN(own[item]) || Number.isNaN(least[item])) return undefined;
  if (own[item] < least[item]) return 'further';
  return own[item] > most[item] ? 'nearer' : 'within';
}

/** How many items changed more, as much, and less than between seeds. */
export function countStandings({ perItem }: SeedSpread): Record<Standing, number> {
  const counts: Record<Standing, number> = { nearer: 0, within: 0, further: 0 };
  for (let item = 0; item < perItem.own.length; item++) {
    const standing = itemStanding(perItem, item);
    if (standing) counts[standing]++;
  }
  return counts;
}
