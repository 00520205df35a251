import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { readWordVectors } from '../../../../src/lib/run/formats/readWordVectors.ts';
import type { VectorOptions } from '../../../../src/lib/run/formats/types.ts';

const folder = fileURLToPath(new URL('../../../fixtures/vectors/', import.meta.url));
const bytesOf = (name: string) => new Uint8Array(readFileSync(folder + name));
const utf8 = (text: string) => new TextEncoder().encode(text);

async function* cut(bytes: Uint8Array, sizes: number[]) {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const next = at + (sizes[i % sizes.length] ?? bytes.length);
    yield bytes.subarray(at, next);
    at = next;
  }
}

type Format = Parameters<typeof readWordVectors>[1];
const read = (
  bytes: Uint8Array | string,
  options: Partial<VectorOptions> = {},
  format: Format = 'auto',
  sizes: number[] = [1 << 20],
) =>
  readWordVectors(cut(typeof bytes === 'string' ? utf8(bytes) : bytes, sizes), format, {
    name: 'v.txt',
    ...options,
  });
const plain = async (...args: Parameters<typeof read>) => {
  const { words, vectors, skipped } = await read(...args);
  return { words, vectors: [...vectors.data], skipped };
};
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

/** The same words, parsed by the engine itself. */
const expected = readFileSync(`${folder}glove.txt`, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' '));
const words = expected.map(([word]) => word);
const values = Float32Array.from(expected.flatMap(([, ...row]) => row.map(Number)));

describe('files that other programs wrote', () => {
  it.each(['glove.txt', 'word2vec.txt', 'word2vec.bin'])(
    'reads %s, whatever its pieces',
    async (file) => {
      const bytes = bytesOf(file);
      for (const sizes of [[1 << 20], [1], [7, 1, 250], [4097]]) {
        const found = await read(bytes, {}, 'auto', sizes);
        expect(found.words).toEqual(words);
        expect(found.vectors).toMatchObject({ rows: 30, columns: 50 });
        expect(found.vectors.data).toEqual(values);
        expect(found.skipped).toEqual([]);
      }
    },
  );

  it('reads the first words of a file, and no further', async () => {
    for (const file of ['glove.txt', 'word2vec.txt', 'word2vec.bin']) {
      const bytes = bytesOf(file);
      const damaged = new Uint8Array([...bytes.subarray(0, 5000), 0, 1, 2]);
      const found = await read(damaged, { words: 5 }, 'auto', [500]);
      expect(found.words).toEqual(words.slice(0, 5));
    }
  });
});

describe('text', () => {
  it('gives each value as the engine reads it', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }).map(String),
      fc.tuple(fc.integer(), fc.nat(999_999_999)).map(([a, b]) => `${a}.${b}`),
      fc.constantFrom('-.5', '5.', '+1.25', '1e-3', '-0', '0.00000000000000000000000001'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 2, maxLength: 6 }), async (row) => {
        const found = await read(`w ${row.join(' ')}\n`);
        expect([...found.vectors.data]).toEqual(row.map((text) => Math.fround(Number(text))));
      }),
    );
  });

  it('takes line ends of Windows, tabs, a byte order mark, blank lines, spaces at the end, and no last line end', async () => {
    expect(await plain('\ufeffa 1 2\r\n\r\nb\t3\t4 \r\n\nc 5 6')).toEqual({
      words: ['a', 'b', 'c'],
      vectors: [1, 2, 3, 4, 5, 6],
      skipped: [],
    });
  });

  it('takes numbers as words', async () => {
    expect(await plain('1 1 2\n2 3 4\n3.5 5 6\n')).toMatchObject({ words: ['1', '2', '3.5'] });
  });

  it('takes a single word, and one of a single dimension', async () => {
    expect(await plain('one 2.5\n')).toMatchObject({ words: ['one'], vectors: [2.5] });
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'v.txt is empty (expected words with their vectors)'],
    ['blank lines', '\n\n', 'v.txt holds no word; expected one a line, with its values'],
    [
      'prose',
      'It was a dark night\n',
      'v.txt line 1 is "It was a dark night" (expected a word and its values, as GloVe, word2vec and fastText write them)',
    ],
    [
      'too few values',
      'a 1 2\nb 3\nc 5 6\n',
      'v.txt line 2 has 1 value (expected 2); correct the file, or leave such out with --faults skip',
    ],
    [
      'too many values',
      'a 1 2\nb 3 4 5\n',
      'v.txt line 2 has 3 values (expected 2); correct the file, or leave such out with --faults skip',
    ],
    [
      'a cut last line',
      'a 1 2\nb 3',
      'v.txt line 2 is the last and is cut: 1 value (expected 2); correct the file, or leave such out with --faults skip',
    ],
    [
      'a value that is no number',
      'a 1 2\nb 3 x\n',
      'v.txt line 2 has "x" as value 2 (expected a finite number); correct the file, or leave such out with --faults skip',
    ],
    [
      'nan',
      'a 1 2\nb nan 4\n',
      'v.txt line 2 has "nan" as value 1 (expected a finite number); correct the file, or leave such out with --faults skip',
    ],
    [
      'a number beyond float32',
      'a 1 2\nb 1e39 4\n',
      'v.txt line 2 has "1e39" as value 1 (expected a finite number); correct the file, or leave such out with --faults skip',
    ],
    [
      'a word with a space',
      'a 1 2\nat home 3 4\n',
      'v.txt line 2 has a word with a space ("at home"); correct the file, or leave such out with --faults skip, or take them as words with --keep-spaces',
    ],
    [
      'a word twice',
      'a 1 2\nb 3 4\na 5 6\n',
      'v.txt line 3 has "a" again, which is in line 1 already; correct the file, or leave such out with --faults skip',
    ],
    [
      'fewer words than announced',
      '3 2\na 1 2\nb 3 4\n',
      'v.txt ends after 2 of the 3 words that its first line announces: it is cut; get it again, or take what is there with --faults skip',
    ],
    [
      'a zero byte',
      'a 1 2\nb \0 4\n',
      "v.txt line 1 or soon after holds a zero byte, so it is no text (expected words with their values; if it is word2vec's binary format, pass --format word2vec-binary)",
    ],
  ])('refuses %s', async (_, text, message) => {
    expect(await refusal(read(text))).toBe(message);
  });

  it('refuses a word that is not UTF-8', async () => {
    const bytes = new Uint8Array([...utf8('a 1 2\n'), 0xff, 0x62, ...utf8(' 3 4\n')]);
    expect(await refusal(read(bytes))).toBe(
      'v.txt line 2 has a word that is not UTF-8 ("\ufffdb"); correct the file, or leave such out with --faults skip',
    );
  });

  it('refuses a line without an end', async () => {
    expect(await refusal(read('a 1 2\n' + 'x'.repeat((1 << 20) + 5)))).toBe(
      'v.txt line 2 has no end within 1 MB (expected a word and its values in each line)',
    );
  });

  it('leaves out what is faulty when asked, counts it and says where it was', async () => {
    const text = 'a 1 2\nb 3\nc d 5 6\na 7 8\nb 1 nan\ne 9 10\na 1 1\na 2 2\na 3 3\nf 1';
    expect(await plain(text, { faults: 'skip' })).toEqual({
      words: ['a', 'e'],
      vectors: [1, 2, 9, 10],
      skipped: [
        { fault: 'values', count: 1, examples: ['line 2 has 1 value (expected 2)'] },
        { fault: 'spaces', count: 1, examples: ['line 3 has a word with a space ("c d")'] },
        {
          fault: 'duplicate',
          count: 4,
          examples: [4, 7, 8].map((n) => `line ${n} has "a" again, which is in line 1 already`),
        },
        {
          fault: 'number',
          count: 1,
          examples: ['line 5 has "nan" as value 2 (expected a finite number)'],
        },
        {
          fault: 'cut',
          count: 1,
          examples: ['line 10 is the last and is cut: 1 value (expected 2)'],
        },
      ],
    });
  });

  it('takes words with spaces when asked', async () => {
    const found = await plain('a 1 2\n. . . 3 4\nat name@domain.com 5 6\n', { keepSpaces: true });
    expect(found.words).toEqual(['a', '. . .', 'at name@domain.com']);
    expect(found.vectors).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('takes what is there of a cut file when asked', async () => {
    expect(await plain('3 2\na 1 2\n', { faults: 'skip' })).toMatchObject({ words: ['a'] });
  });

  it('takes two numbers in the first line as a word when told that the format is GloVe’s', async () => {
    expect(await plain('5 1\n6 2\n', {}, 'glove')).toMatchObject({
      words: ['5', '6'],
      vectors: [1, 2],
    });
    expect(await refusal(read('a 1 2\n', {}, 'word2vec'))).toBe(
      'v.txt line 1 is not word2vec\'s first line (expected the numbers of words and of dimensions, e.g. "400000 300"); if it starts with the first word, pass --format glove',
    );
  });

  it('checks the dimensions that are asked for', async () => {
    expect(await refusal(read('2 3\na 1 2 3\n', { dimensions: 4 }))).toBe(
      'v.txt line 1 says that vectors have 3 dimensions, not the 4 of --dimensions; leave the option out',
    );
    expect(await refusal(read('a 1 2 3\n', { dimensions: 4 }))).toBe(
      'v.txt line 1 has 3 values (expected 4); correct the file, or leave such out with --faults skip',
    );
  });

  it('grows over many blocks', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `w${i} ${Array(64).fill(i).join(' ')}`);
    const { words, vectors } = await read(lines.join('\n'));
    expect(words).toHaveLength(30_000);
    for (const row of [0, 16_383, 16_384, 29_999]) expect(vectors.data[row * 64 + 63]).toBe(row);
  });
});

describe("word2vec's binary layout", () => {
  const bytes = bytesOf('word2vec.bin');

  it('refuses a cut file, or takes what is there', async () => {
    const part = bytes.subarray(0, 3000);
    expect(await refusal(read(part))).toBe(
      'v.txt ends after 14 of the 30 words that its first line announces: it is cut; get it again, or take what is there with --faults skip',
    );
    const found = await read(part, { faults: 'skip' });
    expect(found.words).toEqual(words.slice(0, 14));
    expect(found.skipped).toEqual([
      { fault: 'cut', count: 1, examples: ['word 15 is the last and is cut'] },
    ]);
    expect(found.announced).toBe(30);
  });

  it('refuses what has no header, or values that are no numbers', async () => {
    expect(await refusal(read('a 1 2\n', {}, 'word2vec-binary'))).toMatch(
      'v.txt does not start with the numbers of words and of dimensions',
    );
    const nan = new Uint8Array([...utf8('1 1\nx '), 0, 0, 0xc0, 0x7f]);
    expect(await refusal(read(nan))).toMatch('v.txt word 1 has NaN as value 1 (expected a finite');
  });
});

it('never fails but with an InputError, whatever the bytes', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom('2 3\n', 'a 1 2\n', ' ', '\n', '1e5', 'é', '\0').map(utf8),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.constantFrom<Format>('auto', 'glove', 'word2vec', 'word2vec-binary'),
      fc.constantFrom<'refuse' | 'skip'>('refuse', 'skip'),
      async (pieces, format, faults) => {
        const bytes = Uint8Array.from(pieces.flatMap((part) => [...part]));
        try {
          const { words, vectors } = await read(bytes, { faults }, format, [13]);
          expect(vectors.rows).toBe(words.length);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      },
    ),
    { numRuns: 500 },
  );
});
