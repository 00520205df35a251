import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { readAnalogies, readSimilarities } from '../../../../src/lib/run/formats/wordTests.ts';

const pairs = [
  { words: ['tiger', 'cat'], rating: 7.35 },
  { words: ['stock', 'jaguar'], rating: 0.92 },
];

describe('readSimilarities', () => {
  it.each([
    ['WordSim-353', 'Word 1,Word 2,Human (mean)\r\ntiger,cat,7.35\r\nstock,jaguar,0.92\r\n'],
    [
      'WordSim-353 with tabs',
      'Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\nstock\tjaguar\t0.92',
    ],
    [
      'SimLex-999',
      'word1\tword2\tPOS\tSimLex999\tconc(w1)\ntiger\tcat\tN\t7.35\t2.1\nstock\tjaguar\tN\t0.92\t3\n',
    ],
    ['without a header, with a note', '# a note\n\ntiger cat 7.35\nstock   jaguar 0.92\n'],
    ['with quotes', '"tiger","cat","7.35"\n"stock","jaguar","0.92"\n'],
  ])('reads %s', (_, text) => {
    expect(readSimilarities(text, 's.csv')).toEqual(pairs);
  });

  it.each([
    ['', 's.csv holds no pairs (expected two words and a rating in each line)'],
    [
      'a,b,1\nc,d,high\n',
      's.csv line 2 is "c d high" (expected two words and a rating as field 3)',
    ],
    ['a,b,1\nc,2\n', 's.csv line 2 is "c 2" (expected two words and a rating as field 3)'],
    ['a,b,1\n,d,2\n', 's.csv line 2 lacks a word (expected two)'],
    ['a,b,1\n"c,d,2\n', 's.csv line 2 has quotes that do not close; correct it'],
  ])('refuses %j', (text, message) => {
    expect(() => readSimilarities(text, 's.csv')).toThrow(new InputError(message));
  });
});

describe('readAnalogies', () => {
  it('reads sections and questions', () => {
    const text =
      ': capital-common\nAthens Greece Oslo Norway\n\n: family\nboy girl  son daughter\n';
    expect(readAnalogies(text, 'q.txt')).toEqual([
      { name: 'capital-common', questions: [['Athens', 'Greece', 'Oslo', 'Norway']] },
      { name: 'family', questions: [['boy', 'girl', 'son', 'daughter']] },
    ]);
    expect(readAnalogies('a b c d', 'q.txt')).toEqual([
      { name: 'questions', questions: [['a', 'b', 'c', 'd']] },
    ]);
  });

  it.each([
    [': family\n', 'q.txt holds no questions (expected four words in each line)'],
    [
      ': family\na b c\n',
      'q.txt line 2 has 3 words (expected four: "Athens Greece Oslo Norway", or ": section")',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => readAnalogies(text, 'q.txt')).toThrow(new InputError(message));
  });
});
