import type { Measure } from '../../../analysis/runsMatrix.ts';

/** What a measure is called, and what its figures mean. */
export const measureWords: Record<Measure, { name: string; about: string; chance: string }> = {
  overlap: {
    name: 'Neighbour overlap',
    about: 'the share of an item’s nearest that two runs have in common (Jaccard), mean over items',
    chance: 'what two random lists share',
  },
  cka: {
    name: 'Linear CKA',
    about: 'how alike the whole arrangements are, whatever rotation and scale each has',
    chance: 'chance',
  },
  rsa: {
    name: 'RSA',
    about: 'the rank correlation of the similarities of all pairs of items',
    chance: 'chance',
  },
};
