import { mkdtemp, open, rm, rmdir, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { grouped } from '../movielens/records.ts';
import { reason } from '../../reason.node.ts';
import type { Scratch } from './scratch.ts';

const INSTEAD =
  'free some space, name another folder with the environment variable TMPDIR, or allow more memory with --memory';

/**
 * A file for what does not fit in memory, in a folder of its own. It is taken out of its folder as soon as it is open,
 * so that nothing is left behind however the process ends; where the system does not allow that, it is removed by
 * `close`.
 *
 * @throws InputError when it cannot be made
 */
export async function openScratch(parent = tmpdir()): Promise<Scratch> {
  const unusable = (error: unknown) =>
    new InputError(
      `${parent} cannot hold what does not fit in memory: ${reason(error)}; ${INSTEAD}`,
    );
  const folder = await mkdtemp(join(parent, 'embedscope-')).catch((error: unknown) => {
    throw unusable(error);
  });
  const path = join(folder, 'scratch');
  const file = await open(path, 'wx+').catch(async (error: unknown) => {
    await rmdir(folder).catch(() => undefined);
    throw unusable(error);
  });
  const isGone = await unlink(path)
    .then(() => rmdir(folder))
    .then(
      () => true,
      () => false,
    );
  let end = 0;
  return {
    async append(bytes) {
      const position = end;
      end += bytes.length;
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file
          .write(bytes, done, bytes.length - done, position + done)
          .catch((error: unknown) => {
            throw writeError(error, parent, position + done);
          });
        done += bytesWritten;
      }
      return position;
    },
    async read(into, position) {
      for (let done = 0; done < into.length;) {
        const { bytesRead } = await file.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) {
          throw new Error(`a temporary file in ${parent} is shorter than what was written to it`);
        }
        done += bytesRead;
      }
    },
    async close() {
      await file.close();
      if (!isGone) await rm(folder, { recursive: true, force: true });
    },
  };
}

function writeError(error: unknown, parent: string, bytes: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  const what =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? `the disk of ${parent} is full after ${grouped(Math.round(bytes / 2 ** 20))} MiB of what does not fit in memory`
      : `what does not fit in memory cannot be written to ${parent} (${reason(error)})`;
  return new Error(`${what}; ${INSTEAD}`, { cause: error });
}
