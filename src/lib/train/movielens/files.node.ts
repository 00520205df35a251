import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry } from 'yauzl';
import { InputError } from '../../errors.ts';
import { reason } from '../reason.node.ts';

/** The files of a data set, in a folder or in a zip archive. */
export interface DataFiles {
  /** The folder or archive, as messages name it. */
  path: string;
  /** Names of the files, relative, with `/`. */
  names: string[];
  /** The bytes of one of them. Errors name the file. */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): void;
}

const PIECE = 1 << 20;

/**
 * The files in a folder (and in the folders right below it) or in a zip archive, which is read as it stands.
 *
 * @throws InputError when there is nothing at `path`, or what is there is neither a folder nor a sound zip archive
 */
export async function openFiles(path: string): Promise<DataFiles> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? `${path}: there is no such file or folder (expected a MovieLens folder or zip)`
        : `${path} cannot be read: ${reason(error)}`,
    );
  });
  return found.isDirectory() ? openFolder(path) : openZip(path);
}

async function openFolder(path: string): Promise<DataFiles> {
  const list = (folder: string) =>
    readdir(folder, { withFileTypes: true }).catch((error: Error) => {
      throw new InputError(`${folder} cannot be read: ${reason(error)}`);
    });
  const names: string[] = [];
  for (const entry of await list(path)) {
    if (!entry.isDirectory()) names.push(entry.name);
    else {
      const inner = await readdir(join(path, entry.name)).catch(() => []);
      names.push(...inner.map((name) => `${entry.name}/${name}`));
    }
  }
  return {
    path,
    names,
    async *read(name) {
      try {
        yield* createReadStream(join(path, name), { highWaterMark: PIECE });
      } catch (error) {
        throw new InputError(`${join(path, name)} cannot be read: ${reason(error)}`);
      }
    },
    close() {},
  };
}

async function openZip(path: string): Promise<DataFiles> {
  const damaged = (error: unknown) =>
    new InputError(
      `${path} is not a sound zip archive: ${reason(error)} (expected a MovieLens folder or zip; if it was downloaded, download it again)`,
    );
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw damaged(error);
  });
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
    }
  } catch (error) {
    zip.close();
    throw damaged(error);
  }
  return {
    path,
    names: [...entries.keys()],
    async *read(name) {
      const entry = entries.get(name)!;
      if (entry.isEncrypted()) {
        throw new InputError(`${path}: ${name} is encrypted (unpack the archive first)`);
      }
      let sum = 0;
      try {
        for await (const chunk of await zip.openReadStreamPromise(entry)) {
          sum = crc32(chunk as Buffer, sum);
          yield chunk as Buffer;
        }
      } catch (error) {
        throw damaged(`${name}: ${reason(error)}`);
      }
      if (sum !== entry.crc32) throw damaged(`the checksum of ${name} does not match`);
    },
    close: () => zip.close(),
  };
}
