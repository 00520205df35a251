import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { grouped } from '../movielens/records.ts';
import { reason } from '../../reason.node.ts';
import { Stopped } from '../types.ts';

/** A part of a document's text, cut at white space, or all of it. */
export interface TextPiece {
  text: string;
  /** Whether the document ends with it. */
  ends: boolean;
}

export interface ReadTextOptions {
  signal?: AbortSignal;
  /** Bytes of all files so far and in all. */
  onProgress?: (done: number, total: number) => void;
  /** Is given the bytes of the files, in order. */
  hash?: Hash;
}

const EXPECTED =
  'expected UTF-8 text with a document on each line, gzipped or not, or a folder of such files named *.txt';
const CHUNK = 1 << 20;
const LONGEST_WORD = 1 << 24;
const NEWLINE = 10;
const SPACE = 32;

/**
 * The documents of a text file, one a line, or of all files `*.txt` of a folder, sorted by name. A file may be gzipped.
 *
 * @throws InputError when there is nothing at `path`, it cannot be read, or it is not text
 * @throws Stopped when the signal is aborted
 */
export async function* readText(
  path: string,
  options: ReadTextOptions = {},
): AsyncGenerator<TextPiece> {
  const files = await textFiles(path);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const file of files) {
    yield* readFile(file.path, {
      ...options,
      onProgress: (done) => options.onProgress?.(before + done, total),
    });
    before += file.bytes;
  }
}

async function textFiles(path: string): Promise<{ path: string; bytes: number }[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? `${path}: there is no such file or folder (${EXPECTED}; "imdb" names the reviews)`
        : `${path} cannot be read: ${reason(error)}`,
    );
  });
  if (!found.isDirectory()) return [{ path, bytes: found.size }];
  const names = await readdir(path).catch((error: unknown) => {
    throw new InputError(`${path} cannot be read: ${reason(error)}`);
  });
  const files: { path: string; bytes: number }[] = [];
  for (const name of names.filter((name) => /^[^.].*\.txt(\.gz)?$/.test(name)).sort()) {
    const inner = await stat(join(path, name)).catch(() => undefined);
    if (inner?.isFile()) files.push({ path: join(path, name), bytes: inner.size });
  }
  if (files.length === 0) throw new InputError(`${path} holds no file *.txt (${EXPECTED})`);
  return files;
}

async function* readFile(path: string, options: ReadTextOptions): AsyncGenerator<TextPiece> {
  const { signal, onProgress, hash } = options;
  const stop = new AbortController();
  const isGzipped = await startsAsGzip(path);
  let done = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash?.update(chunk);
      done += chunk.length;
      onProgress?.(done, 0);
      callback(null, chunk);
    },
  });
  const bytes = isGzipped ? createGunzip({ chunkSize: CHUNK }) : new PassThrough();
  let failed: unknown;
  const flow = pipeline(createReadStream(path, { highWaterMark: CHUNK }), counted, bytes, {
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  }).catch((error: unknown) => {
    failed = error;
  });
  const decoder = new LineDecoder(path);
  try {
    for await (const chunk of bytes) {
      if (signal?.aborted) throw new Stopped();
      yield* decoder.take(chunk as Buffer);
    }
    await flow;
    if (failed !== undefined) throw failed;
    yield* decoder.finish();
  } catch (error) {
    if (error instanceof InputError) throw error;
    await flow;
    if (signal?.aborted) throw new Stopped();
    const { code, message } = (failed ?? error) as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new InputError(`${path} is cut short; copy it again`);
    if (code?.startsWith('Z_')) throw new InputError(`${path} is damaged (${message})`);
    throw new InputError(`${path} cannot be read: ${reason(failed ?? error)}`);
  } finally {
    stop.abort();
    await flow;
  }
}

async function startsAsGzip(path: string): Promise<boolean> {
  const start = Buffer.alloc(2);
  try {
    const file = await open(path);
    try {
      await file.read(start, 0, 2, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${reason(error)}`);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** Cuts bytes at white space, so that no character and no word is cut, and decodes them. */
class LineDecoder {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private rest = Buffer.alloc(0);
  private line = 1;

  constructor(private readonly path: string) {}

  *take(chunk: Buffer): Generator<TextPiece> {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = Math.max(bytes.lastIndexOf(NEWLINE), bytes.lastIndexOf(SPACE)) + 1;
    this.rest = Buffer.from(bytes.subarray(end));
    if (this.rest.length > LONGEST_WORD) {
      throw this.fault(this.line, `is a single word of over ${grouped(LONGEST_WORD)} bytes`);
    }
    yield* this.decode(bytes.subarray(0, end));
  }

  *finish(): Generator<TextPiece> {
    yield* this.decode(this.rest);
    yield { text: '', ends: true };
  }

  private *decode(bytes: Buffer): Generator<TextPiece> {
    const zero = bytes.indexOf(0);
    if (zero >= 0) throw this.fault(this.lineOf(bytes, zero), 'holds a zero byte, as no text does');
    let text: string;
    try {
      text = this.decoder.decode(bytes);
    } catch {
      throw this.fault(this.lineOf(bytes, this.firstWrong(bytes)), 'is not UTF-8');
    }
    const lines = text.split('\n');
    this.line += lines.length - 1;
    for (let k = 0; k < lines.length; k++) {
      yield { text: lines[k], ends: k < lines.length - 1 };
    }
  }

  private lineOf(bytes: Buffer, at: number): number {
    let line = this.line;
    for (let k = 0; k < at; k++) if (bytes[k] === NEWLINE) line++;
    return line;
  }

  /** Where the first line that does not decode begins. */
  private firstWrong(bytes: Buffer): number {
    for (let start = 0; ;) {
      const newline = bytes.indexOf(NEWLINE, start);
      if (newline < 0) return start;
      try {
        this.decoder.decode(bytes.subarray(start, newline));
      } catch {
        return start;
      }
      start = newline + 1;
    }
  }

  private fault(line: number, what: string): InputError {
    return new InputError(`${this.path} line ${grouped(line)} ${what} (${EXPECTED})`);
  }
}
