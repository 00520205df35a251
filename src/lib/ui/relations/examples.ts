import type { ItemTable } from '../../analysis/types.ts';

/** Labels of “a is to b as c is to …” that one model or another is known to answer. */
export const analogyExamples: readonly (readonly [a: string, b: string, c: string])[] = [
  ['man', 'woman', 'king'],
  ['france', 'paris', 'italy'],
  ['he', 'she', 'his'],
  ['man', 'woman', 'actor'],
  ['good', 'better', 'bad'],
  ['walk', 'walking', 'talk'],
  ['Toy Story (1995)', 'Toy Story 2 (1999)', 'Shrek (2001)'],
  [
    'Star Wars: Episode IV - A New Hope (1977)',
    'Star Wars: Episode V - The Empire Strikes Back (1980)',
    'Godfather, The (1972)',
  ],
  [
    'Batman Begins (2005)',
    'Dark Knight, The (2008)',
    'Lord of the Rings: The Fellowship of the Ring, The (2001)',
  ],
];

/** Labels of two ends with much between them. */
export const lineExamples: readonly (readonly [from: string, to: string])[] = [
  ['bad', 'good'],
  ['worst', 'best'],
  ['boring', 'exciting'],
  ['war', 'love'],
  ['he', 'she'],
  ['horror', 'comedy'],
  ['Armageddon (1998)', 'Fargo (1996)'],
  ['Toy Story (1995)', 'Pulp Fiction (1994)'],
  ['Twister (1996)', 'Citizen Kane (1941)'],
];

/** The rows of those examples that a run holds in full, in their order. */
export function heldExamples(
  { labels }: Pick<ItemTable, 'labels'>,
  examples: readonly (readonly string[])[],
): number[][] {
  const wanted = new Set(examples.flat());
  const rows = new Map<string, number>();
  labels.forEach((label, row) => {
    if (wanted.has(label) && !rows.has(label)) rows.set(label, row);
  });
  return examples
    .filter((example) => example.every((label) => rows.has(label)))
    .map((example) => example.map((label) => rows.get(label)!));
}
