import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { InputError } from '../../errors.ts';
import { reason } from '../../reason.node.ts';
import { Stopped } from '../types.ts';
import { hasWords } from './tokenise.ts';
import type { Part, Review } from './types.ts';

export interface ReadOptions {
  signal?: AbortSignal;
  /** Bytes of the archive (reviews of a folder) so far and in all. */
  onProgress?: (done: number, total: number) => void;
  /** Is given the archive's bytes (a folder's names and texts, sorted by name). */
  hash?: Hash;
}

const EXPECTED = 'expected aclImdb_v1.tar.gz as published, or the folder unpacked from it';
const AGAIN = 'if it was downloaded, download it again';
const PIECE = 1 << 20;
const LABELS = { pos: 1, neg: 0, unsup: undefined } as const;
const REVIEW = /(?:^|\/)((train|test)\/(pos|neg|unsup)\/[^/.][^/]*\.txt)$/;

/**
 * The reviews of the Large Movie Review Dataset, from its archive as published (read as a stream, never unpacked) or
 * from the folder unpacked from it, in the order in which they lie there. All other files are passed over.
 *
 * @throws InputError when there is nothing at `path`, it is no such archive, it is damaged or cut, or a review is empty
 *   or not text
 * @throws Stopped when the signal is aborted
 */
export async function* readReviews(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<Review> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? `${path}: there is no such file or folder (${EXPECTED})`
        : `${path} cannot be read: ${reason(error)}`,
    );
  });
  const reviews = found.isDirectory() ? fromFolder : fromArchive;
  const held = new Set<string>();
  for await (const review of reviews(path, options)) {
    if (options.signal?.aborted) throw new Stopped();
    held.add(`${review.split}/${review.label}`);
    yield review;
  }
  for (const split of ['train', 'test']) {
    for (const [folder, label] of [
      ['pos', 1],
      ['neg', 0],
    ]) {
      if (held.has(`${split}/${label}`)) continue;
      throw new InputError(
        `${path} holds no labelled reviews in ${split}/${folder} (${EXPECTED}, with train/pos, train/neg, test/pos and test/neg)`,
      );
    }
  }
}

async function* fromArchive(path: string, options: ReadOptions): AsyncGenerator<Review> {
  const { signal, onProgress, hash } = options;
  await checkGzip(path);
  const total = (await stat(path)).size;
  let done = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash?.update(chunk);
      done += chunk.length;
      onProgress?.(done, total);
      callback(null, chunk);
    },
  });
  const entries = extract();
  const stop = new AbortController();
  // Its failure also ends the loop below, with the error of whichever stage failed first in `failed`.
  let failed: unknown;
  const flow = pipeline(
    createReadStream(path, { highWaterMark: PIECE }),
    counted,
    createGunzip({ chunkSize: PIECE }),
    entries,
    { signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal },
  ).catch((error: unknown) => {
    failed = error;
  });
  let last: string | undefined;
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      last = name;
      const match = type === 'file' ? REVIEW.exec(name) : null;
      if (match === null) {
        entry.resume();
        continue;
      }
      const pieces: Buffer[] = [];
      for await (const piece of entry) pieces.push(piece as Buffer);
      yield review(match, pieces.length === 1 ? pieces[0] : Buffer.concat(pieces), path, name);
    }
    await flow;
    if (failed !== undefined) throw failed;
  } catch (error) {
    if (error instanceof InputError) throw error;
    await flow;
    if (signal?.aborted) throw new Stopped();
    throw damaged(path, last, failed ?? error);
  } finally {
    stop.abort();
    await flow;
  }
}

function damaged(path: string, last: string | undefined, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  const place = last === undefined ? '' : ` in or after ${last}`;
  if (code === 'Z_BUF_ERROR' || message === 'Unexpected end of data') {
    return new InputError(`${path} is cut short${place}; ${AGAIN}`);
  }
  if (code?.startsWith('Z_')) {
    return new InputError(`${path} is damaged${place} (${message}); ${AGAIN}`);
  }
  if (/tar header|Invalid header|Header exceeds/i.test(message)) {
    return new InputError(
      last === undefined
        ? `${path} is gzipped, but no tar archive is inside (${EXPECTED})`
        : `${path} is damaged${place} (no sound tar header); ${AGAIN}`,
    );
  }
  return new InputError(`${path} cannot be read${place}: ${reason(error)}`);
}

async function checkGzip(path: string): Promise<void> {
  const start = Buffer.alloc(2);
  const file = await open(path).catch((error: unknown) => {
    throw new InputError(`${path} cannot be read: ${reason(error)}`);
  });
  try {
    await file.read(start, 0, 2, 0);
  } finally {
    await file.close();
  }
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    throw new InputError(`${path} is not a gzipped archive (${EXPECTED})`);
  }
}

async function* fromFolder(path: string, options: ReadOptions): AsyncGenerator<Review> {
  const { signal, onProgress, hash } = options;
  const root = (await isFolder(join(path, 'aclImdb'))) ? join(path, 'aclImdb') : path;
  const names: string[] = [];
  for (const split of ['test', 'train']) {
    for (const folder of Object.keys(LABELS)) {
      const inner = await readdir(join(root, split, folder)).catch(() => []);
      names.push(...inner.sort().map((name) => `${split}/${folder}/${name}`));
    }
  }
  for (const [i, name] of names.entries()) {
    if (signal?.aborted) throw new Stopped();
    const match = REVIEW.exec(name);
    if (match === null) continue;
    const place = join(root, name);
    const bytes = await readFile(place).catch((error: unknown) => {
      throw new InputError(`${place} cannot be read: ${reason(error)}`);
    });
    hash?.update(`${name}\n`).update(bytes);
    onProgress?.(i + 1, names.length);
    yield review(match, bytes, path, name);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function review(match: RegExpExecArray, bytes: Uint8Array, path: string, entry: string): Review {
  const [, name, split, folder] = match as unknown as [string, string, Part, keyof typeof LABELS];
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new InputError(`${path}: ${entry} is not UTF-8 text; replace it, or ${AGAIN}`);
  }
  if (!hasWords(text)) {
    throw new InputError(
      `${path}: the review ${entry} is empty (no words); remove it, or ${AGAIN}`,
    );
  }
  return { split, label: LABELS[folder], text, name };
}
