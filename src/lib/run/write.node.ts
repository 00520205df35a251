import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { encodeItems } from './items.ts';
import { encodeMaps } from './maps.ts';
import { readManifestText, writeManifestText } from './manifest.ts';
import { asidePath, partialPath, tidy } from './leftovers.node.ts';
import type { FileInfo, Items, Manifest, RunMap } from './types.ts';

/** What a run's folder may hold: anything else in it is somebody's work and is not replaced. */
export const RUN_FILES = ['run.json', 'items.arrow', 'maps.arrow'];
/** Written at once, between looks at the signal. */
const CHUNK = 1 << 23;

/** A run to be written; `files` and `maps` of its manifest are filled in. */
export interface NewRun {
  manifest: Omit<Manifest, 'files' | 'maps'>;
  items: Items;
  /** None when left out. */
  maps?: RunMap[];
}

export interface WriteOptions {
  /** Whether a run that the folder holds may be replaced. Anything but a run never is. */
  overwrite?: boolean;
  /** Aborting it before the run is in place leaves nothing behind and rejects with its reason. */
  signal?: AbortSignal;
}

/**
 * Writes a run into a folder and returns the manifest with the files' sizes and checksums. The folder appears at
 * once and complete, or not at all: the run is written beside it, flushed to the disk, and renamed. A run that it
 * replaces is kept until then, and put back when something fails.
 *
 * @throws InputError when the folder exists, cannot be written, or the items cannot (see `encodeItems`)
 * @throws Error when the disk is full or fails
 * @throws RangeError when manifest and items differ in count or dimensions
 */
export async function writeRun(
  folder: string,
  run: NewRun,
  options: WriteOptions = {},
): Promise<Manifest> {
  const { overwrite = false, signal } = options;
  signal?.throwIfAborted();
  const { manifest, files } = prepare(run);
  let made: string | undefined;
  const given = resolve(folder);
  try {
    made = await mkdir(dirname(given), { recursive: true });
    const target = await realTarget(given);
    await tidy(target);
    await checkTarget(target, folder, overwrite);
    await replace(target, files, folder, signal);
    return manifest;
  } catch (error) {
    if (made) await removeEmpty(dirname(given), made);
    throw explain(error, folder);
  }
}

/** Checks all that can be checked before anything is written, and gives the files in the order of writing. */
function prepare({ manifest, items, maps = [] }: NewRun): {
  manifest: Manifest;
  files: [string, Uint8Array][];
} {
  const rows = items.ids.length;
  const { columns } = items.vectors;
  if (manifest.count !== rows || manifest.dimensions !== columns) {
    throw new RangeError(
      `the manifest says ${manifest.count} items of ${manifest.dimensions} dimensions, but there are ${rows} of ${columns}`,
    );
  }
  const files: [string, Uint8Array][] = [['items.arrow', encodeItems(items)]];
  if (maps.length > 0) files.push(['maps.arrow', encodeMaps(items.ids, maps)]);
  const whole: Manifest = {
    ...manifest,
    files: Object.fromEntries(files.map(([name, bytes]) => [name, describeFile(bytes)])),
    maps: maps.map(({ info }) => info),
  };
  const text = writeManifestText(whole);
  readManifestText(text, 'run.json');
  return { manifest: whole, files: [...files, ['run.json', new TextEncoder().encode(text)]] };
}

function describeFile(bytes: Uint8Array): FileInfo {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A link is followed, so that the run behind it is replaced and not the link. */
async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return path;
  }
}

async function checkTarget(target: string, folder: string, overwrite: boolean): Promise<void> {
  const stat = await lstat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!stat) return;
  if (!stat.isDirectory()) {
    throw new InputError(`${folder} is not a folder; name another for the run`);
  }
  const names = await readdir(target);
  if (names.length === 0) return;
  if (!names.includes('run.json')) {
    throw new InputError(
      `${folder} exists and is not a run (it has no run.json), so it is not replaced; name another folder`,
    );
  }
  if (!overwrite) {
    throw new InputError(`${folder} exists already; name another folder, or pass --overwrite`);
  }
  const stranger = names.find((name) => !RUN_FILES.includes(name));
  if (stranger) {
    throw new InputError(
      `${folder} holds ${stranger}, which is no part of a run, so it is not replaced; move ${stranger} elsewhere`,
    );
  }
}

async function replace(
  target: string,
  files: [string, Uint8Array][],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const partial = partialPath(target);
  const aside = asidePath(target);
  let moved = false;
  try {
    await mkdir(partial);
    for (const [name, bytes] of files) await writeFlushed(join(partial, name), bytes, signal);
    await flushFolder(partial);
    signal?.throwIfAborted();
    moved = await moveAside(target, aside);
    // An empty folder may have been there, or another writer has come first: rename replaces the one, not the other.
    await rename(partial, target);
    await flushFolder(dirname(target));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (moved) await rename(aside, target);
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw new InputError(
        `${folder} was written by another program meanwhile; name another folder`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
  // What cannot be removed now is tidied by the next write.
  if (moved) await rm(aside, { recursive: true, force: true }).catch(() => undefined);
}

/** Renames the run that is to be replaced; false when there is none. */
async function moveAside(target: string, aside: string): Promise<boolean> {
  try {
    if ((await readdir(target)).length === 0) return false;
    await rename(target, aside);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function writeFlushed(path: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    let done = 0;
    while (done < bytes.length) {
      signal?.throwIfAborted();
      const { bytesWritten } = await handle.write(
        bytes,
        done,
        Math.min(CHUNK, bytes.length - done),
      );
      done += bytesWritten;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename durable; Windows and some network disks cannot, and do without. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Removes the parent folders that this write made, from the innermost up to `made`. */
async function removeEmpty(innermost: string, made: string): Promise<void> {
  const top = dirname(made);
  for (let path = innermost; path !== top && path.startsWith(made); path = dirname(path)) {
    if (
      !(await rmdir(path).then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}

function explain(error: unknown, folder: string): unknown {
  const parent = dirname(resolve(folder));
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Error(
        `the disk is full: ${basename(folder)} does not fit in ${parent}; nothing was written. Free some space, or name a folder on another disk`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
      return new InputError(
        `${parent} may not be written by you; change its permissions, or name another folder`,
        { cause: error },
      );
    case 'EROFS':
      return new InputError(`${parent} is on a read-only disk; name a folder elsewhere`, {
        cause: error,
      });
    case 'ENOTDIR':
    case 'EEXIST':
      return new InputError(
        `${folder} cannot be made: a part of its path is a file, not a folder; name another folder`,
        { cause: error },
      );
    case 'ENAMETOOLONG':
      return new InputError(`${folder} has too long a name; choose a shorter one`, {
        cause: error,
      });
    default:
      return error;
  }
}
