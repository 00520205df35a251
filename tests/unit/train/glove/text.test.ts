import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { openCorpus } from '../../../../src/lib/train/glove/corpus.node.ts';
import { openScratch } from '../../../../src/lib/train/glove/scratch.node.ts';
import { readText, type ReadTextOptions } from '../../../../src/lib/train/glove/text.node.ts';
import { Stopped } from '../../../../src/lib/train/types.ts';
import { smallSet, tarGz } from '../imdb/archives.ts';

const scratch = mkdtempSync(join(tmpdir(), 'embedscope-glove-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let written = 0;
function file(content: string | Uint8Array, name = `${written++}.txt`): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

/** The documents, their pieces joined. */
async function documents(path: string, options?: ReadTextOptions): Promise<string[]> {
  const all: string[] = [];
  let text = '';
  for await (const piece of readText(path, options)) {
    text += piece.text;
    if (!piece.ends) continue;
    all.push(text);
    text = '';
  }
  expect(text).toBe('');
  return all;
}

async function messageOf(path: string): Promise<string> {
  const error = await documents(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message.replace(path, 'TEXT');
}

const EXPECTED =
  '(expected UTF-8 text with a document on each line, gzipped or not, or a folder of such files named *.txt)';

describe('readText', () => {
  it('gives a document a line, from a file as it is or gzipped', async () => {
    const text = 'one two\r\nthrée\n\nlast';
    const expected = ['one two\r', 'thrée', '', 'last'];
    const hash = createHash('sha256');
    const seen: number[][] = [];
    const onProgress = (...at: number[]) => seen.push(at);
    expect(await documents(file(text), { hash, onProgress })).toEqual(expected);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(text).digest('hex'));
    expect(seen).toEqual([[21, 21]]);
    expect(await documents(file(gzipSync(text)))).toEqual(expected);
  });

  it('cuts neither a word nor a character where pieces of the file meet', async () => {
    // Over two mebibytes in one line of words of four bytes a character, and others behind it.
    const line = Array.from({ length: 90_000 }, (_, k) => `😀é${k}😀`).join(' ');
    expect(await documents(file(`${line}\nb c\n`))).toEqual([line, 'b c', '']);
  });

  it('gives all files *.txt of a folder, sorted by name', async () => {
    const folder = join(scratch, 'folder');
    mkdirSync(join(folder, 'inner.txt'), { recursive: true });
    file('b1\nb2', 'folder/b.txt');
    file('a1', 'folder/a.txt');
    file(gzipSync('c1'), 'folder/c.txt.gz');
    file('no', 'folder/notes.md');
    file('no', 'folder/.hidden.txt');
    expect(await documents(folder)).toEqual(['a1', 'b1', 'b2', 'c1']);
  });

  it('names what is no text, and where', async () => {
    expect(await messageOf(join(scratch, 'nowhere'))).toBe(
      `TEXT: there is no such file or folder ${EXPECTED.slice(0, -1)}; "imdb" names the reviews)`,
    );
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    expect(await messageOf(empty)).toBe(`TEXT holds no file *.txt ${EXPECTED}`);
    const latin = Buffer.from('gut\ngut\nsch\xf6n\ngut', 'latin1');
    expect(await messageOf(file(latin))).toBe(`TEXT line 3 is not UTF-8 ${EXPECTED}`);
    expect(await messageOf(file('a\nb\0'))).toBe(
      `TEXT line 2 holds a zero byte, as no text does ${EXPECTED}`,
    );
    const long = file('x'.repeat(18_000_000));
    expect(await messageOf(long)).toBe(
      `TEXT line 1 is a single word of over 16,777,216 bytes ${EXPECTED}`,
    );
    const zipped = gzipSync('some words '.repeat(1000));
    expect(await messageOf(file(zipped.subarray(0, 40)))).toBe('TEXT is cut short; copy it again');
    zipped[20] ^= 255;
    expect(await messageOf(file(zipped))).toMatch(/^TEXT is damaged \(/);
  });

  it('stops when asked', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(documents(file('a'), { signal: stop.signal })).rejects.toThrow(Stopped);
  });
});

describe('openCorpus', () => {
  const memory = 1 << 20;

  it('reads a text with its counts', async () => {
    const path = file('The film, the\n\nFILM\n');
    const { tokens, dataset, labelled } = await openCorpus(path, { memory, openScratch });
    expect(tokens.words).toEqual(['the', 'film']);
    expect([...tokens.counts.subarray(0, 2)]).toEqual([2, 2]);
    expect(dataset.counts).toEqual({ documents: 2, words: 4 });
    expect(labelled).toBeUndefined();
    const verbatim = await openCorpus(path, { memory, openScratch, verbatim: true });
    expect(verbatim.tokens.words).toEqual(['The', 'film,', 'the', 'FILM']);
    await expect(openCorpus(file(' .\n'), { memory, openScratch })).rejects.toThrow(
      /txt holds no words$/,
    );
  });

  it('reads the reviews in an order of its own, unlabelled and test ones among them', async () => {
    const set = smallSet();
    const backwards = Object.fromEntries(Object.entries(set).reverse());
    const opened = await Promise.all(
      [set, backwards].map(async (files) =>
        openCorpus('imdb', { data: file(await tarGz(files)), memory, openScratch }),
      ),
    );
    const [a, b] = opened;
    expect(a.tokens.words).toEqual(b.tokens.words);
    expect(a.tokens.words.slice(0, 4)).toEqual(['a', 'wonderful', 'film', 'great']);
    expect(a.tokens.documents).toBe(17);
    expect(a.dataset.counts).toEqual({
      train: 8,
      test: 8,
      unlabelled: 1,
      documents: 17,
      words: 52,
    });
    expect(a.notices[0]).toContain('8 training and 8 test reviews were read');
    const { words, starts, labels } = a.labelled!(['film', 'a']);
    // Positive reviews: a wonderful film, great and moving, truly wonderful acting, a great film; the last negative one: an awful film.
    expect([...words]).toEqual([1, 0, 1, 0, 1, 0, 0]);
    expect([...starts]).toEqual([0, 2, 2, 2, 4, 6, 6, 6, 7]);
    expect([...labels]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('leaves out the test reviews and unlabelled ones with their text', async () => {
    const files = {
      ...smallSet(),
      'aclImdb/train/unsup/1_0.txt': 'nobody saw this',
      'aclImdb/test/pos/9_9.txt': 'nobody judged this one',
    };
    const options = { data: file(await tarGz(files)), memory, openScratch, withoutTest: true };
    const { tokens, notices } = await openCorpus('imdb', options);
    expect(tokens.documents).toBe(9);
    expect(tokens.words).toContain('saw');
    expect(tokens.words).not.toContain('judged');
    expect(notices).toContain(
      'without the 9 test reviews and 1 unlabelled ones whose text is also in the test part',
    );
  });
});

describe('openScratch', () => {
  it('gives back what was written, and leaves nothing in its folder even while open', async () => {
    const folder = join(scratch, 'temporary');
    mkdirSync(folder);
    const disk = await openScratch(folder);
    // On systems that let go of an open file's name.
    if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([]);
    expect(await disk.append(Uint8Array.of(1, 2, 3))).toBe(0);
    expect(await disk.append(Uint8Array.of(4, 5))).toBe(3);
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    await disk.read(shared, 2);
    expect([...shared]).toEqual([3, 4, 5]);
    await expect(disk.read(new Uint8Array(3), 4)).rejects.toThrow(
      `a temporary file in ${folder} is shorter than what was written to it`,
    );
    await disk.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says where nothing can be written, and what to do', async () => {
    const missing = join(scratch, 'missing');
    await expect(openScratch(missing)).rejects.toThrow(
      new InputError(
        `${missing} cannot hold what does not fit in memory: no such file or directory; free some space, name another folder with the environment variable TMPDIR, or allow more memory with --memory`,
      ),
    );
    await expect(openScratch(file('a file'))).rejects.toThrow(InputError);
  });
});
