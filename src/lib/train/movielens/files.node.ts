import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { openZip, type DataFiles } from '../../run/formats/zip.node.ts';
import { reason } from '../../reason.node.ts';

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
  return found.isDirectory() ? openFolder(path) : openZip(path, 'a MovieLens folder or zip');
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
