import type { AgainstSeeds, Figure } from './seeds.ts';

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
