import { access, constants, mkdtemp, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../src/lib/errors.ts';
import { RUN_FILES } from '../src/lib/run/write.node.ts';

/**
 * Makes sure that a run can be written to `folder`, so that no training is lost; writes nothing that stays.
 *
 * @throws InputError when something is there that may not be replaced, or the folder cannot be made
 */
export async function checkOutFolder(folder: string, overwrite: boolean): Promise<void> {
  const path = resolve(folder);
  const found = await describe(path, folder);
  if (found === 'file') {
    throw new InputError(`${folder} is a file; name a folder for the run with --out`);
  }
  if (found === 'strange') {
    throw new InputError(
      `${folder} holds files but no run.json, so it is not replaced; name another folder with --out`,
    );
  }
  if (found === 'run' && !overwrite) {
    throw new InputError(
      `${folder} holds a run already; name another folder with --out, or pass --overwrite to replace it`,
    );
  }
  if (found === 'run') await checkNothingElse(path, folder);
  await checkWritable(dirname(path), folder);
}

async function checkNothingElse(path: string, folder: string): Promise<void> {
  const stranger = (await readdir(path)).find((name) => !RUN_FILES.includes(name));
  if (stranger) {
    throw new InputError(
      `${folder} holds ${stranger}, which is no part of a run, so it is not replaced; move ${stranger} elsewhere, or name another folder with --out`,
    );
  }
}

async function describe(
  path: string,
  folder: string,
): Promise<'nothing' | 'file' | 'empty' | 'run' | 'strange'> {
  try {
    if (!(await stat(path)).isDirectory()) return 'file';
    const names = await readdir(path);
    if (names.length === 0) return 'empty';
    return names.includes('run.json') ? 'run' : 'strange';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'nothing';
    throw new InputError(`${folder} cannot be used: ${explain(code)}; name another with --out`);
  }
}

/** Tries it where the folder would be made: in its closest parent that exists. */
async function checkWritable(parent: string, folder: string): Promise<void> {
  try {
    await access(parent, constants.F_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(parent) !== parent) {
      return checkWritable(dirname(parent), folder);
    }
  }
  try {
    await rmdir(await mkdtemp(join(parent, '.embedscope-')));
  } catch (error) {
    throw new InputError(
      `${folder} cannot be written: ${explain((error as NodeJS.ErrnoException).code)} (${parent}); name another folder with --out`,
    );
  }
}

function explain(code: string | undefined): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission is missing';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENOTDIR':
      return 'a part of its path is a file';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    default:
      return `no folder can be made there, the system says ${code}`;
  }
}
