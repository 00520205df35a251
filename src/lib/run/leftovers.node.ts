import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Names this machine: a folder may be shared, and another machine's process numbers say nothing here. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** A hidden sibling of a run's folder in which the run is written before it is renamed. */
export function partialPath(target: string): string {
  return sibling(target, 'partial');
}

/** A hidden sibling to which the run that is being replaced is moved for a moment. */
export function asidePath(target: string): string {
  return sibling(target, 'replaced');
}

function sibling(target: string, purpose: string): string {
  const unique = `${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
  return join(dirname(target), `.${basename(target)}.${purpose}-${unique}`);
}

/**
 * Cleans up after writes to this folder that were killed: half-written folders are removed, and a run that had
 * been moved aside is put back when its successor did not arrive. What a living process writes is left alone.
 */
export async function tidy(target: string): Promise<void> {
  const parent = dirname(target);
  const names = await readdir(parent);
  const prefix = `.${basename(target)}.`;
  for (const name of names.filter((other) => other.startsWith(prefix))) {
    const match = /^(partial|replaced)-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}$/.exec(
      name.slice(prefix.length),
    );
    if (!match || match[2] !== host || isAlive(Number(match[3]))) continue;
    const path = join(parent, name);
    const lost = match[1] === 'replaced' && !(await readdir(parent)).includes(basename(target));
    if (lost) await rename(path, target);
    else await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
