import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/lib/errors.ts';
import { openImdb } from '../../../../src/lib/train/imdb/imdb.node.ts';
import { type ReadOptions, readReviews } from '../../../../src/lib/train/imdb/reviews.node.ts';
import { tokenise } from '../../../../src/lib/train/imdb/tokenise.ts';
import type { Review } from '../../../../src/lib/train/imdb/types.ts';
import { Stopped } from '../../../../src/lib/train/types.ts';
import { smallSet, tar, tarGz } from './archives.ts';

const scratch = mkdtempSync(join(tmpdir(), 'embedscope-imdb-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let written = 0;
function file(bytes: Uint8Array): string {
  const path = join(scratch, `${written++}.tar.gz`);
  writeFileSync(path, bytes);
  return path;
}

function folder(files: Record<string, string>): string {
  const path = join(scratch, `folder-${written++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

async function all(path: string, options?: ReadOptions): Promise<Review[]> {
  const reviews: Review[] = [];
  for await (const review of readReviews(path, options)) reviews.push(review);
  return reviews;
}

async function messageOf(path: string): Promise<string> {
  const error = await all(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message.replace(path, 'DATA');
}

const EXPECTED = 'expected aclImdb_v1.tar.gz as published, or the folder unpacked from it';
const AGAIN = 'if it was downloaded, download it again';

describe('readReviews', () => {
  it('reads an archive: parts, labels, texts and names; passes over other files', async () => {
    const bytes = await tarGz(smallSet());
    const hash = createHash('sha256');
    const seen: number[][] = [];
    const reviews = await all(file(bytes), { hash, onProgress: (...at) => seen.push(at) });
    expect(reviews.length).toBe(17);
    expect(reviews[0]).toEqual({
      split: 'train',
      label: undefined,
      text: 'nobody judged this one',
      name: 'train/unsup/0_0.txt',
    });
    expect(reviews).toContainEqual({
      split: 'test',
      label: 0,
      text: 'boring and awful',
      name: 'test/neg/1_2.txt',
    });
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
  });

  it('reads the unpacked folder alike, named itself or by the folder around it', async () => {
    const byName = (a: Review, b: Review) => (a.name < b.name ? -1 : 1);
    const expected = (await all(file(await tarGz(smallSet())))).sort(byName);
    const around = folder(smallSet());
    expect((await all(around)).sort(byName)).toEqual(expected);
    expect((await all(join(around, 'aclImdb'))).sort(byName)).toEqual(expected);
  });

  it('names what is no archive', async () => {
    expect(await messageOf(join(scratch, 'nothing'))).toBe(
      `DATA: there is no such file or folder (${EXPECTED})`,
    );
    expect(await messageOf(file(Buffer.from('hello')))).toBe(
      `DATA is not a gzipped archive (${EXPECTED})`,
    );
    expect(await messageOf(file(gzipSync('x'.repeat(2000))))).toBe(
      `DATA is gzipped, but no tar archive is inside (${EXPECTED})`,
    );
  });

  it('names a download that broke off, and where', async () => {
    const files = smallSet();
    // Random letters, so that what is cut off the archive holds reviews.
    for (let i = 0; i < 100; i++) {
      files[`aclImdb/test/pos/${100 + i}_9.txt`] = createHash('sha512')
        .update(`${i}`)
        .digest('hex');
    }
    const bytes = await tarGz(files);
    expect(await messageOf(file(bytes.subarray(0, bytes.length / 2)))).toMatch(
      /^DATA is cut short in or after aclImdb\/test\/pos\/\d+_9\.txt; if it was downloaded, download it again$/,
    );
    const bare = await tar(files);
    expect(await messageOf(file(gzipSync(bare.subarray(0, 5000 + 100))))).toMatch(
      /^DATA is cut short in or after aclImdb\/train\/\S+; if/,
    );
  });

  it('names damage, and where', async () => {
    const bytes = await tarGz(smallSet());
    bytes.fill(0xff, bytes.length - 8, bytes.length - 4);
    expect(await messageOf(file(bytes))).toBe(`DATA is damaged (incorrect data check); ${AGAIN}`);
    const bare = await tar(smallSet());
    bare.fill(0x41, 1024, 1536);
    expect(await messageOf(file(gzipSync(bare)))).toBe(
      `DATA is damaged in or after aclImdb/README (no sound tar header); ${AGAIN}`,
    );
  });

  it('names the part that has no labelled reviews', async () => {
    const files = smallSet();
    for (const name of Object.keys(files)) if (name.includes('/train/neg/')) delete files[name];
    const message = `DATA holds no labelled reviews in train/neg (${EXPECTED}, with train/pos, train/neg, test/pos and test/neg)`;
    expect(await messageOf(file(await tarGz(files)))).toBe(message);
    expect(await messageOf(folder(files))).toBe(message);
  });

  it.each([
    ['', 'the review aclImdb/test/pos/2_9.txt is empty (no words); remove it, or'],
    [' !?\n', 'the review aclImdb/test/pos/2_9.txt is empty (no words); remove it, or'],
    [new Uint8Array([0x66, 0xff]), 'aclImdb/test/pos/2_9.txt is not UTF-8 text; replace it, or'],
  ])('names a review that cannot be used (%j)', async (content, what) => {
    const files = { ...smallSet(), 'aclImdb/test/pos/2_9.txt': content };
    expect(await messageOf(file(await tarGz(files)))).toBe(`DATA: ${what} ${AGAIN}`);
  });

  it('stops when asked to', async () => {
    const controller = new AbortController();
    const reading = readReviews(file(await tarGz(smallSet())), { signal: controller.signal });
    await reading.next();
    controller.abort();
    await expect(reading.next()).rejects.toBeInstanceOf(Stopped);
  });

  it('may be left in the middle', async () => {
    for await (const review of readReviews(file(await tarGz(smallSet())))) {
      expect(review.name).toBe('train/unsup/0_0.txt');
      break;
    }
  });
});

describe('openImdb', () => {
  it('makes the same corpus of an archive in another order, and of the folder', async () => {
    const { corpus, dataset, notices } = await openImdb(file(await tarGz(smallSet())));
    const turned = Object.fromEntries(Object.entries(smallSet()).reverse());
    expect((await openImdb(file(await tarGz(turned)))).corpus).toEqual(corpus);
    expect((await openImdb(folder(smallSet()))).corpus).toEqual(corpus);
    // Counted by hand; ties in order of first appearance, praise first.
    expect(corpus.vocabulary.words.slice(0, 7).join(' ')).toBe(
      'film a wonderful great and truly acting',
    );
    expect([...corpus.vocabulary.counts.slice(0, 7)]).toEqual([4, 3, 2, 2, 2, 2, 2]);
    expect([...corpus.train.labels]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...corpus.train.words.slice(0, 3)]).toEqual([1, 2, 0]);
    expect(dataset.counts).toEqual({ train: 8, test: 8, unlabelled: 1 });
    expect(notices).toEqual([
      '8 training and 8 test reviews were read (the published set has 25,000 of each)',
    ]);
  });

  it('leaves out of test reviews what no training review has', async () => {
    const files = { ...smallSet(), 'aclImdb/test/pos/0_9.txt': 'an unheard-of wonderful film' };
    const { corpus } = await openImdb(file(await tarGz(files)));
    const { words } = corpus.vocabulary;
    const first = corpus.test.words.slice(0, corpus.test.starts[1]);
    expect([...first].map((word) => words[word])).toEqual(['an', 'wonderful', 'film']);
  });
});

/** The archive as published, where it is at hand: IMDB_DATA names it. */
const published =
  process.env.IMDB_DATA ?? join(process.cwd(), '..', 'shared', 'data', 'aclImdb_v1.tar.gz');

describe.skipIf(!existsSync(published))('the published archive', () => {
  // Figures of Keras's own copy of the set, and of counting the archive with Keras's tokeniser.
  it('has the known reviews, words and lengths', async () => {
    const counts: Record<string, number> = {};
    let words = 0;
    for await (const { split, label, text } of readReviews(published)) {
      const key = `${split} ${label}`;
      counts[key] = (counts[key] ?? 0) + 1;
      words += tokenise(text).length;
    }
    expect(counts).toEqual({
      'train 1': 12_500,
      'train 0': 12_500,
      'train undefined': 50_000,
      'test 1': 12_500,
      'test 0': 12_500,
    });
    expect(words).toBe(23_673_968);

    const { corpus, dataset, notices } = await openImdb(published);
    const { starts } = corpus.train;
    const lengths = corpus.train.labels.reduce<number[]>((list, _, i) => {
      list.push(starts[i + 1] - starts[i]);
      return list;
    }, []);
    expect(corpus.vocabulary.words.slice(0, 10).join(' ')).toBe('the and a of to is br in it i');
    expect(corpus.vocabulary.words.length).toBe(88_582);
    expect(Math.max(...lengths)).toBe(2_493);
    expect(Math.min(...lengths)).toBe(10);
    expect(corpus.train.words.length / lengths.length).toBe(237.71364);
    expect(dataset.release).toBe('v1.0');
    expect(notices).toEqual([]);
  });
});
