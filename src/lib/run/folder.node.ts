import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../errors.ts';
import type { ReadProgress, RunSource } from './read.ts';

/** Read at once, between looks at the signal. */
const CHUNK = 1 << 24;

/** A run in a folder of this machine. */
export function folderSource(path: string): RunSource {
  return {
    name: path,
    async read(file, progress = {}) {
      try {
        return await readWhole(join(path, file), progress);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (!code || error instanceof DOMException || error instanceof InputError) throw error;
        throw new InputError(explain(path, file, code), { cause: error });
      }
    },
  };
}

async function readWhole(path: string, { signal, onProgress }: ReadProgress): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const handle = await open(path, 'r');
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new InputError(`${path} is not a file (expected one)`);
    // Memory of its own, from its start: views on 64-bit numbers need that.
    const bytes = new Uint8Array(stat.size);
    let done = 0;
    while (done < stat.size) {
      signal?.throwIfAborted();
      const length = Math.min(CHUNK, stat.size - done);
      const { bytesRead } = await handle.read(bytes, done, length, done);
      if (bytesRead === 0) break;
      done += bytesRead;
      onProgress?.(done, stat.size);
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

function explain(path: string, file: string, code: string): string {
  const name = basename(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return file === 'run.json'
        ? `${path} is not a run: it has no run.json (expected a folder that training or importing wrote)`
        : `${path} lacks ${file}: the copy of ${name} is incomplete; copy the folder again`;
    case 'EACCES':
    case 'EPERM':
      return `${join(path, file)} may not be read; change its permissions (chmod a+r), or ask its owner`;
    default:
      return `${join(path, file)} cannot be read (${code})`;
  }
}
