import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import {
  ABSENT,
  checkVocabulary,
  compareBytes,
  rankWords,
} from '../../../../src/lib/train/glove/vocabulary.ts';
import { plainWords, verbatimWords } from '../../../../src/lib/train/glove/words.ts';

describe('rankWords', () => {
  it('orders by count, leaves out what is rare, and gives each word its row', () => {
    const { vocabulary, rows } = rankWords(['x', 'b', 'a', 'often'], [1, 2, 2, 9], 2);
    expect(vocabulary.words).toEqual(['often', 'a', 'b']);
    expect([...vocabulary.counts]).toEqual([9, 2, 2]);
    expect([...rows]).toEqual([ABSENT, 2, 1, 0]);
  });

  it('orders ties as the C program does', () => {
    // In this order, with five occurrences each, in its vocabulary of the IMDB reviews.
    const ties = [
      'é',
      'être',
      "'15'",
      "'2'",
      "'20's",
      "'25",
      "'adult",
      "zooni's",
      'zuni',
      'zz',
      'zzzz',
    ];
    expect([...ties].reverse().sort(compareBytes)).toEqual(ties);
    // Seven each: a letter beyond ASCII comes before the end of a word and before all others.
    const others = ['æon', 'dörrie', 'derrière', 'doña', 'mèxico', 'mêlée', 'martínez', 'matinées'];
    expect([...others].sort(compareBytes)).toEqual(others);
    expect(['ab', 'a', 'aé', 'a😀', 'a\uffff'].sort(compareBytes)).toEqual([
      'aé',
      'a\uffff',
      'a😀',
      'a',
      'ab',
    ]);
  });
});

describe('checkVocabulary', () => {
  const check = (words: string[], counts: number[], minimumCount: number) => () =>
    checkVocabulary(
      rankWords(words, counts, minimumCount).vocabulary,
      { words, counts },
      minimumCount,
      'texts',
    );

  it('says what is too little', () => {
    expect(check(['a', 'b'], [2, 2], 2)).not.toThrow();
    expect(check(['a'], [20], 2)).toThrow(
      'texts holds a single word, "a" (expected words that stand beside others)',
    );
    expect(check(['a', 'b'], [20, 1], 2)).toThrow(
      'texts: "a" alone stands 2 times or more (expected at least two such words); lower --minimum-count',
    );
    expect(check(['b', 'a'], [2000, 1], 5000)).toThrow(
      'texts: no word stands 5,000 times or more (the most frequent, "b", stands 2,000 times); lower --minimum-count',
    );
  });
});

describe('words', () => {
  it('are in lower case and cut at punctuation and at any white space', () => {
    expect(plainWords(" The film's\tBEST\u00a0bit:<br />isn't\u0085it?\r\n")).toEqual([
      'the',
      "film's",
      'best',
      'bit',
      'br',
      "isn't",
      'it',
    ]);
    expect(plainWords(' ... ')).toEqual([]);
    // No white space to Python, though to JavaScript.
    expect(plainWords('a\ufeffb')).toEqual(['a\ufeffb']);
  });

  it('stand as they stand when taken verbatim', () => {
    expect(verbatimWords(" The\u2003film's, \n")).toEqual(['The', "film's,"]);
    expect(verbatimWords('')).toEqual([]);
  });
});

/** The C program's own vocabulary of the reviews, where it is at hand: GLOVE_VOCABULARY names it. */
const published =
  process.env.GLOVE_VOCABULARY ??
  join(process.cwd(), '..', 'shared', 'data', 'glove.imdb.vocab.txt.gz');

describe.skipIf(!existsSync(published))("the C program's vocabulary", () => {
  it('is ranked in the same order', () => {
    const lines = gunzipSync(readFileSync(published)).toString().trimEnd().split('\n');
    const entries = lines.map((line) => line.split(' ') as [string, string]);
    expect(entries.length).toBe(59_241);
    const mixed = random(1).shuffle([...entries]);
    const counts = mixed.map(([, count]) => Number(count));
    const { vocabulary } = rankWords(
      mixed.map(([word]) => word),
      counts,
      5,
    );
    expect(vocabulary.words).toEqual(entries.map(([word]) => word));
  });
});
