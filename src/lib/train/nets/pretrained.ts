import { InputError } from '../../errors.ts';
import type { Random } from '../../math/random.ts';
import type { Run } from '../../run/types.ts';

/** Words that a run's vectors are taken for; others hold signs that such vectors are not made for. */
const PLAIN = /^[\p{L}\p{N}-]+$/u;
/** Standard deviation of the vectors that are drawn, about that of GloVe's. */
const DRAWN = 0.6;
const DIVISOR = 3;

export interface Pretrained {
  /** vocabulary × dimensions; row 0 is zero, row i the i-th word, the last drawn for all rarer words. */
  table: Float32Array;
  dimensions: number;
  /** How many of the words have a vector in the run, and of how many. */
  found: number;
  words: number;
}

/**
 * The lesson's start from vectors trained elsewhere: words of letters, digits and hyphens take the run's vector, the
 * others and the rare words one drawn from a normal distribution (0.6), and everything is divided by 3.
 *
 * @param words the most frequent first
 * @param vocabulary rows of the table
 * @throws InputError when the run is not one of words, or has none of these
 */
export function pretrained(
  { manifest, items }: Run,
  words: readonly string[],
  vocabulary: number,
  random: Random,
): Pretrained {
  if (manifest.kind !== 'words') {
    throw new InputError(
      `--vectors ${manifest.id}: the run holds ${manifest.kind} (expected a run of words, such as one made from glove.6B)`,
    );
  }
  const { columns: dimensions, data } = items.vectors;
  const rows = new Map(items.ids.map((id, i) => [id, i]));
  const table = new Float32Array(vocabulary * dimensions);
  const own = Math.min(words.length, vocabulary - 2);
  let found = 0;
  for (let id = 1; id < vocabulary; id++) {
    const word = id <= own ? words[id - 1] : undefined;
    const row = word !== undefined && PLAIN.test(word) ? rows.get(word) : undefined;
    const to = table.subarray(id * dimensions, (id + 1) * dimensions);
    if (row === undefined) {
      for (let j = 0; j < dimensions; j++) to[j] = (DRAWN * random.normal()) / DIVISOR;
    } else {
      found++;
      for (let j = 0; j < dimensions; j++) to[j] = data[row * dimensions + j] / DIVISOR;
    }
  }
  if (found === 0) {
    throw new InputError(
      `--vectors ${manifest.id}: the run has none of the ${own} most frequent words of the reviews (expected lower-case English words)`,
    );
  }
  return { table, dimensions, found, words: own };
}
