import { grouped } from '../errors.ts';
import type { Items } from '../run/types.ts';
import type { MatchedItems } from './matchItems.ts';
import type { AgainstSeeds, Figure } from './seeds.ts';

/** Items that did not match, as many as are named. */
const NAMED = 5;

/** A, B … Z, then run 27 and so on. */
export const letter = (r: number): string =>
  r < 26 ? String.fromCharCode(65 + r) : `run ${r + 1}`;

/**
 * How the items of runs were matched, and which were not.
 *
 * @param noun what the items are called, e.g. `movies`
 */
export function matchedInWords(
  runs: readonly Pick<Items, 'ids' | 'labels'>[],
  matched: MatchedItems,
  noun = 'items',
): string[] {
  const how =
    matched.byLabel === 0
      ? 'by id'
      : matched.byId === 0
        ? 'by label'
        : `${grouped(matched.byId)} by id and ${grouped(matched.byLabel)} by label`;
  const one = noun.replace(/s$/, '');
  /** `1 word is`, `12 words are` */
  const counted = (count: number, singular: string, plural: string) =>
    `${grouped(count)} ${count === 1 ? singular : plural}`;
  const lines = [
    `${counted(matched.rows[0].length, `${one} is`, `${noun} are`)} compared, matched ${how}.`,
  ];
  if (matched.beyondLimit > 0) {
    lines.push(
      `${counted(matched.beyondLimit, 'more is shared and was', 'more are shared and were')} left out by --items.`,
    );
  }
  if (matched.withoutDirection > 0) {
    lines.push(
      counted(
        matched.withoutDirection,
        `shared ${one} has a vector of zeros in a run, which has no direction, and is left out.`,
        `shared ${noun} have a vector of zeros in a run, which has no direction, and are left out.`,
      ),
    );
  }
  if (matched.ambiguous > 0) {
    lines.push(
      counted(
        matched.ambiguous,
        `${one} is left out because several have its label.`,
        `${noun} are left out because several have their label.`,
      ),
    );
  }
  matched.unmatched.forEach((rows, r) => {
    if (rows.length === 0) return;
    const { ids, labels } = runs[r];
    const named = [...rows.slice(0, NAMED)].map((row) =>
      labels[row] === ids[row] ? ids[row] : `${labels[row]} (id ${ids[row]})`,
    );
    const rest = rows.length > NAMED ? ' …' : '';
    lines.push(
      `${counted(rows.length, `${one} of ${letter(r)} is`, `${noun} of ${letter(r)} are`)} not shared: ${named.join(', ')}${rest}`,
    );
  });
  return lines;
}

/** How many of an item's k neighbours two lists share that have this Jaccard overlap. */
export function sharedNeighbours(jaccard: number, k: number): number {
  return (2 * k * jaccard) / (1 + jaccard);
}

/**
 * How many dimensions a spectrum fills: the participation ratio 1 / Σ share², which is d where all of d components
 * have the same share.
 */
export function effectiveDimensions(shares: Float64Array): number {
  return 1 / shares.reduce((sum, share) => sum + share * share, 0);
}

export const FIGURE_NAMES: Record<Figure, string> = {
  overlap: 'neighbour overlap',
  cka: 'linear CKA',
  rsa: 'RSA',
  procrustes: 'Procrustes residual',
};

/** `nearer than any two seeds are`, and so on: where a pair stands against the pairs of seeds. */
export function standingInWords({ standing, pairs }: AgainstSeeds): string {
  const seeds = pairs === 1 ? 'the two seeds' : 'any two seeds';
  switch (standing) {
    case 'nearer':
      return `nearer than ${seeds} are`;
    case 'further':
      return `further than ${seeds} are`;
    case 'within':
      return pairs === 1 ? 'as near as the two seeds are' : 'as near as seeds are';
  }
}
