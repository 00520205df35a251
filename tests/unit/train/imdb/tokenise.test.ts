import { describe, expect, it } from 'vitest';
import { hasWords, tokenise } from '../../../../src/lib/train/imdb/tokenise.ts';

/** The default filter of Keras's Tokenizer, letter by letter. */
const FILTER = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

describe('tokenise', () => {
  it('cuts as Keras does', () => {
    expect(tokenise("It's <br /><br />GOOD, isn't it?")).toEqual(
      "it's br br good isn't it".split(' '),
    );
    expect(tokenise('  a\tb\nc  ')).toEqual(['a', 'b', 'c']);
    expect(tokenise('')).toEqual([]);
    expect(tokenise('...')).toEqual([]);
  });

  it('takes every filter character as a space, and no other ASCII character', () => {
    for (let code = 0; code < 128; code++) {
      const character = String.fromCharCode(code);
      const cuts = FILTER.includes(character) || character === ' ';
      expect(tokenise(`x${character}y`).length, JSON.stringify(character)).toBe(cuts ? 2 : 1);
      expect(hasWords(character), JSON.stringify(character)).toBe(!cuts);
    }
  });

  it('leaves other white space in the words', () => {
    expect(tokenise('a\u00a0b c\rd')).toEqual(['a\u00a0b', 'c\rd']);
  });
});
