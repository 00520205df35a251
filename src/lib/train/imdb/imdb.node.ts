import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DatasetInfo } from '../../run/types.ts';
import { download, wrongStart } from '../download.node.ts';
import { grouped } from '../movielens/records.ts';
import { reason } from '../../reason.node.ts';
import { CorpusBuilder } from './corpus.ts';
import { readReviews } from './reviews.node.ts';
import type { Corpus } from './types.ts';

const PAGE = 'https://ai.stanford.edu/~amaas/data/sentiment/';

const PUBLISHED = {
  name: 'aclImdb_v1.tar.gz',
  url: `${PAGE}aclImdb_v1.tar.gz`,
  instead: 'name aclImdb_v1.tar.gz, or the folder unpacked from it, with --data',
  fault,
};

export interface OpenOptions {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number | undefined, label: string) => void;
  /** Where it is downloaded from and kept, as for `download`. */
  url?: string;
  cache?: string;
}

export interface Imdb {
  corpus: Corpus;
  dataset: DatasetInfo;
  /** What a person should know of what was read, a sentence each. */
  notices: string[];
}

/**
 * The labelled reviews of the Large Movie Review Dataset from its archive or folder; without a path, from the cache or
 * its publisher.
 *
 * @throws InputError for data that cannot be used
 * @throws Error when there is neither a path nor a network
 * @throws Stopped when the signal is aborted
 */
export async function openImdb(path: string | undefined, options: OpenOptions = {}): Promise<Imdb> {
  const { signal, onProgress } = options;
  const found = path ?? (await downloadImdb(options));
  const hash = createHash('sha256');
  const builder = new CorpusBuilder();
  const counts = { train: 0, test: 0, unlabelled: 0 };
  const reading = readReviews(found, {
    signal,
    hash,
    onProgress: (done, total) => onProgress?.(done, total, 'reading the reviews'),
  });
  for await (const review of reading) {
    builder.add(review);
    counts[review.label === undefined ? 'unlabelled' : review.split]++;
  }
  const { dataset, notices } = describeImdb(counts, hash.digest('hex'));
  return { corpus: builder.build(), dataset, notices };
}

/** The path of the archive in the cache, downloaded first when it is not there. */
export function downloadImdb({ signal, onProgress, url, cache }: OpenOptions): Promise<string> {
  return download(PUBLISHED, {
    signal,
    url,
    cache,
    onProgress: (done, total) => onProgress?.(done, total, 'downloading the reviews'),
  });
}

/** What a run says of the reviews it was learnt from, and what a person should know of them. */
export function describeImdb(
  counts: { train: number; test: number; unlabelled: number },
  sha256: string,
): Pick<Imdb, 'dataset' | 'notices'> {
  const isWhole = counts.train === 25_000 && counts.test === 25_000;
  return {
    dataset: {
      name: 'Large Movie Review Dataset (IMDB)',
      release: isWhole ? 'v1.0' : 'a part, or not recognised',
      url: PAGE,
      sha256,
      licence: 'none stated; its README asks to cite the paper',
      citation:
        'Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng and Christopher Potts. 2011. ' +
        'Learning Word Vectors for Sentiment Analysis. Proceedings of ACL-HLT 2011, 142–150. https://aclanthology.org/P11-1015/',
      counts,
    },
    notices: isWhole
      ? []
      : [
          `${grouped(counts.train)} training and ${grouped(counts.test)} test reviews were read (the published set has 25,000 of each)`,
        ],
  };
}

/** Reading to the end checks the archive's checksum. */
async function fault(path: string): Promise<string | undefined> {
  const wrong = await wrongStart(path, '\x1f\x8b', 'gzipped');
  if (wrong !== undefined) return wrong;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), createGunzip(), nowhere);
  } catch (error) {
    return `the archive is damaged: ${reason(error)}`;
  }
  return undefined;
}
