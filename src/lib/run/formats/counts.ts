import { grouped, InputError } from '../../errors.ts';

/**
 * How often each word occurs, from a text with a word and its count in each line, as GloVe's `vocab_count` writes it.
 *
 * @param name the file's name, for messages
 * @throws InputError naming the line that is wrong
 */
export function readCounts(text: string, name: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [i, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const match = /^(.*\S)[ \t]+(\d+)[ \t]*$/.exec(line);
    const count = Number(match?.[2]);
    if (!match || !(count <= 0xffffffff)) {
      throw new InputError(
        `${name} line ${grouped(i + 1)} is "${line.slice(0, 60)}" (expected a word, a space and a whole number up to 4,294,967,295)`,
      );
    }
    if (counts.has(match[1])) {
      throw new InputError(`${name} line ${grouped(i + 1)} has "${match[1]}" again; remove one`);
    }
    counts.set(match[1], count);
  }
  if (counts.size === 0) {
    throw new InputError(`${name} holds no counts (expected a word and its count in each line)`);
  }
  return counts;
}
