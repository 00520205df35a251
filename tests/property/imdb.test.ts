import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NgramIndex } from '../../src/lib/train/bag/ngrams.ts';
import { hasWords, tokenise } from '../../src/lib/train/imdb/tokenise.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });

describe('tokenise', () => {
  it('is settled by one pass: joining its words and cutting again changes nothing', () => {
    fc.assert(
      fc.property(text, (given) => {
        const words = tokenise(given);
        expect(tokenise(words.join(' '))).toEqual(words);
      }),
    );
  });

  it('never gives an empty word, and has words exactly when it gives some', () => {
    fc.assert(
      fc.property(text, (given) => {
        const words = tokenise(given);
        expect(words).not.toContain('');
        expect(hasWords(given)).toBe(words.length > 0);
      }),
    );
  });

  it('of two texts with a space between is that of both', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        // A sigma's lower case looks at the letters around it, past apostrophes and marks, but not past a space.
        expect(tokenise(`${a} ${b}`)).toEqual([...tokenise(a), ...tokenise(b)]);
      }),
    );
  });
});

describe('NgramIndex', () => {
  it('finds in each review the n-grams that plain sets of texts find', () => {
    const review = fc.array(fc.nat(4), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(review, { minLength: 1, maxLength: 8 }),
        fc.array(review, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (train, test, longest) => {
          const index = new NgramIndex(5, longest);
          const names = new Map<number, string>();
          const known = train.map((words) => ngrams(words, longest));
          const learnt = perReview(index.features(joined(train), true));
          learnt.forEach((ids, i) => {
            expect(ids.length).toBe(known[i].length);
            ids.forEach((id, k) => {
              expect(names.get(id) ?? known[i][k]).toBe(known[i][k]);
              names.set(id, known[i][k]);
            });
          });
          expect(new Set(names.values()).size).toBe(names.size);
          const single = (name: string) => !name.includes(' ');
          const all = new Set(names.values());
          const { size } = index;
          perReview(index.features(joined(test), false)).forEach((ids, i) => {
            const expected = ngrams(test[i], longest).filter(
              (name) => single(name) || all.has(name),
            );
            expect(ids.map((id) => names.get(id) ?? String(id))).toEqual(expected);
          });
          expect(index.size).toBe(size);
        },
      ),
    );
  });

  it('keeps apart more n-grams than its first table holds', () => {
    const n = 500;
    const words = Array.from({ length: n * n }, (_, i) => [Math.floor(i / n), i % n]);
    const index = new NgramIndex(n, 2);
    index.features(joined(words), true);
    expect(index.size).toBe(n + n * n);
    index.features(joined(words), true);
    expect(index.size).toBe(n + n * n);
  });
});

/** Different n-grams in the order in which they end, the longer first. */
function ngrams(words: number[], longest: number): string[] {
  const found = words.flatMap((_, end) =>
    Array.from({ length: longest }, (_, k) => longest - k)
      .filter((n) => n <= end + 1)
      .map((n) => words.slice(end + 1 - n, end + 1).join(' ')),
  );
  return [...new Set(found)];
}

function joined(reviews: number[][]) {
  let end = 0;
  return {
    words: Uint32Array.from(reviews.flat()),
    starts: Uint32Array.from([0, ...reviews.map(({ length }) => (end += length))]),
    labels: new Uint8Array(reviews.length),
  };
}

function perReview({ ids, starts }: { ids: Uint32Array; starts: Uint32Array }): number[][] {
  return Array.from(starts.subarray(1), (end, i) => [...ids.subarray(starts[i], end)]);
}
