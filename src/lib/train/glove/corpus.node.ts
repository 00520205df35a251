import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { InputError } from '../../errors.ts';
import type { DatasetInfo } from '../../run/types.ts';
import { describeImdb, downloadImdb, type OpenOptions } from '../imdb/imdb.node.ts';
import { readReviews } from '../imdb/reviews.node.ts';
import type { Review, TokenisedReviews } from '../imdb/types.ts';
import { grouped } from '../movielens/records.ts';
import { Stopped } from '../types.ts';
import type { OpenScratch } from './scratch.ts';
import { readText } from './text.node.ts';
import { Tokens } from './tokens.ts';
import { plainWords, verbatimWords } from './words.ts';

export interface CorpusOptions extends OpenOptions {
  /** The reviews' archive or folder; without it the archive is downloaded. */
  data?: string;
  /** Leaves out the test reviews, and the unlabelled ones whose text is also in the test part. */
  withoutTest?: boolean;
  /** Takes what stands between white space as it stands. */
  verbatim?: boolean;
  /** Bytes that the tokens may take before they go to disk. */
  memory: number;
  openScratch: OpenScratch;
}

export interface TextCorpus {
  tokens: Tokens;
  dataset: DatasetInfo;
  /** What a person should know of what was read, a sentence each. */
  notices: string[];
  /** The labelled training reviews with the rows of their words; there are none in other texts. */
  labelled?: (words: readonly string[]) => TokenisedReviews;
}

/** The name of the corpus of reviews. */
export const IMDB = 'imdb';

/**
 * The words of a corpus: `imdb`, the Large Movie Review Dataset, or a text file or folder (see `readText`).
 *
 * @throws InputError for a corpus that cannot be used
 * @throws Stopped when the signal is aborted
 */
export async function openCorpus(corpus: string, options: CorpusOptions): Promise<TextCorpus> {
  const tokens = new Tokens(options.memory, options.openScratch);
  try {
    const opened = await (corpus === IMDB
      ? openReviews(tokens, options)
      : openText(corpus, tokens, options));
    if (tokens.total === 0) throw new InputError(`${corpus} holds no words`);
    return opened;
  } catch (error) {
    await tokens.close();
    throw error;
  }
}

async function openText(path: string, tokens: Tokens, options: CorpusOptions): Promise<TextCorpus> {
  const { signal, onProgress, verbatim } = options;
  const words = verbatim ? verbatimWords : plainWords;
  const hash = createHash('sha256');
  const reading = readText(path, {
    signal,
    hash,
    onProgress: (done, total) => onProgress?.(done, total, 'reading the text'),
  });
  for await (const { text, ends } of reading) {
    tokens.add(words(text));
    if (ends) tokens.end();
    await tokens.settle();
  }
  return {
    tokens,
    dataset: {
      name: basename(resolve(path)),
      release: '',
      url: '',
      sha256: hash.digest('hex'),
      licence: 'not known',
      citation: '',
      counts: { documents: tokens.documents, words: tokens.total },
    },
    notices: [],
  };
}

/** The order of the reference, so that an archive packed in another order, and the folder, give the same. */
const FOLDERS = ['train/pos', 'train/neg', 'train/unsup', 'test/pos', 'test/neg'];

async function openReviews(tokens: Tokens, options: CorpusOptions): Promise<TextCorpus> {
  const { signal, onProgress, data, withoutTest, verbatim } = options;
  const words = verbatim ? verbatimWords : plainWords;
  const path = data ?? (await downloadImdb(options));
  const hash = createHash('sha256');
  const folders = new Map<string, Review[]>(FOLDERS.map((folder) => [folder, []]));
  const reading = readReviews(path, {
    signal,
    hash,
    onProgress: (done, total) => onProgress?.(done, total, 'reading the reviews'),
  });
  const counts = { train: 0, test: 0, unlabelled: 0 };
  for await (const review of reading) {
    folders.get(review.name.slice(0, review.name.lastIndexOf('/')))!.push(review);
    counts[review.label === undefined ? 'unlabelled' : review.split]++;
  }
  for (const reviews of folders.values()) reviews.sort((a, b) => (a.name < b.name ? -1 : 1));
  const all = [...folders.values()].flat();
  const tests = new Set(all.filter(({ split }) => split === 'test').map(({ text }) => text));
  const kept = withoutTest
    ? all.filter(
        ({ split, label, text }) => split === 'train' && (label !== undefined || !tests.has(text)),
      )
    : all;
  for (const [k, { text }] of kept.entries()) {
    if (k % 1000 === 0) {
      await new Promise((done) => setImmediate(done));
      if (signal?.aborted) throw new Stopped();
      onProgress?.(k, kept.length, 'cutting the reviews into words');
    }
    tokens.add(words(text));
    tokens.end();
    await tokens.settle();
  }
  const { dataset, notices } = describeImdb(counts, hash.digest('hex'));
  if (withoutTest) {
    const left = counts.unlabelled + counts.train - kept.length;
    notices.push(
      `without the ${grouped(counts.test)} test reviews and ${grouped(left)} unlabelled ones whose text is also in the test part`,
    );
  }
  const labelled = all.filter(({ split, label }) => split === 'train' && label !== undefined);
  return {
    tokens,
    dataset: {
      ...dataset,
      counts: { ...counts, documents: tokens.documents, words: tokens.total },
    },
    notices,
    labelled: (vocabulary) => tokenised(labelled, vocabulary, words),
  };
}

function tokenised(
  reviews: Review[],
  vocabulary: readonly string[],
  words: (text: string) => string[],
): TokenisedReviews {
  const rows = new Map(vocabulary.map((word, row) => [word, row]));
  const ids: number[] = [];
  const starts = new Uint32Array(reviews.length + 1);
  reviews.forEach(({ text }, i) => {
    for (const word of words(text)) {
      const row = rows.get(word);
      if (row !== undefined) ids.push(row);
    }
    starts[i + 1] = ids.length;
  });
  return {
    words: Uint32Array.from(ids),
    starts,
    labels: Uint8Array.from(reviews, ({ label }) => label ?? 0),
  };
}
