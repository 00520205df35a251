import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { reason } from '../../reason.node.ts';
import { openZip } from './zip.node.ts';

const PIECE = 1 << 20;
const EXPECTED =
  'word vectors as text or in word2vec’s binary format, as they are, gzipped or in a zip';

export interface VectorFile {
  /** The file that holds the vectors: its own name, or that in the archive. */
  name: string;
  /** Its unpacked bytes, once. Errors name the file. */
  pieces(): AsyncIterable<Uint8Array>;
  close(): void;
}

export interface VectorFileOptions {
  signal?: AbortSignal;
  /** Bytes read of the file as it lies on the disk, and in all; the total is unknown inside a zip. */
  onProgress?: (done: number, total: number | undefined) => void;
  /** Picks the file of a zip that ends in `.300d.txt`, as those of GloVe do. */
  dimensions?: number;
  /** Picks the file of a zip by its name. */
  member?: string;
}

/**
 * A file of word vectors: plain, gzipped, or one of those in a zip archive, told apart by their first bytes.
 *
 * @throws InputError when there is nothing at `path`, or several files in the archive and none is picked
 */
export async function openVectorFile(
  path: string,
  options: VectorFileOptions = {},
): Promise<VectorFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? `${path}: there is no such file (expected ${EXPECTED})`
        : `${path} cannot be read: ${reason(error)}`,
    );
  });
  if (found.isDirectory()) {
    throw new InputError(`${path} is a folder (expected a file with ${EXPECTED})`);
  }
  if (!found.isFile()) {
    throw new InputError(`${path} is not a file (expected ${EXPECTED}); save what it gives to one`);
  }
  const start = await firstBytes(path);
  if (start.startsWith('PK')) return openMember(path, options);
  if (options.member !== undefined) {
    throw new InputError(
      `${path} is no zip archive, so there is no --member to pick; leave it out`,
    );
  }
  return {
    name: path,
    pieces: () => read(path, found.size, start.startsWith('\x1f\x8b'), options),
    close() {},
  };
}

/**
 * Adds the whole file to a hash.
 *
 * @throws the signal's reason when it is aborted
 */
export async function hashFile(path: string, hash: Hash, signal?: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: PIECE })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
}

async function firstBytes(path: string): Promise<string> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw new InputError(`${path} cannot be read: ${reason(error)}`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead).toString('latin1');
  } finally {
    await handle.close();
  }
}

async function* read(
  path: string,
  total: number,
  isPacked: boolean,
  { signal, onProgress }: VectorFileOptions,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  const count = (chunk: string | Buffer) => onProgress?.((done += chunk.length), total);
  const file = createReadStream(path, { highWaterMark: PIECE });
  const unpacked = isPacked ? createGunzip({ chunkSize: PIECE }) : undefined;
  if (unpacked) {
    file.on('data', count).on('error', (error) => unpacked.destroy(error));
    file.pipe(unpacked);
  }
  try {
    for await (const chunk of unpacked ?? file) {
      signal?.throwIfAborted();
      if (!unpacked) count(chunk as Buffer);
      yield chunk as Buffer;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    const said = reason(error);
    throw new InputError(
      isPacked
        ? `${path} is a damaged gzip file: ${said} (get it again)`
        : `${path} cannot be read: ${said}`,
    );
  } finally {
    file.destroy();
    unpacked?.destroy();
  }
}

async function openMember(
  path: string,
  { member, dimensions, signal, onProgress }: VectorFileOptions,
): Promise<VectorFile> {
  const zip = await openZip(path, EXPECTED);
  const name = pick(path, zip.names, member, dimensions);
  if (name instanceof InputError) {
    zip.close();
    throw name;
  }
  return {
    name: `${path}: ${name}`,
    async *pieces() {
      let done = 0;
      for await (const chunk of zip.read(name)) {
        signal?.throwIfAborted();
        done += chunk.length;
        onProgress?.(done, undefined);
        yield chunk;
      }
    },
    close: () => zip.close(),
  };
}

function pick(
  path: string,
  names: string[],
  member: string | undefined,
  dimensions: number | undefined,
): string | InputError {
  if (member !== undefined) {
    return names.includes(member)
      ? member
      : new InputError(`${path} has no file "${member}" (it has ${listed(names)})`);
  }
  const files = names.filter(
    (name) => !basename(name).startsWith('.') && !/^__MACOSX\//.test(name),
  );
  if (files.length === 1) return files[0];
  if (files.length === 0) return new InputError(`${path} holds no file (expected ${EXPECTED})`);
  const fitting = files.filter((name) => dimensions && basename(name).includes(`.${dimensions}d.`));
  if (fitting.length === 1) return fitting[0];
  return new InputError(
    `${path} holds ${files.length} files: ${listed(files)}; pick one with --dimensions N${dimensions === undefined ? '' : ' that is there'} or --member NAME`,
  );
}

function listed(names: string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
