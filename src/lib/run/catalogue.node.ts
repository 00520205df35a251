import { existsSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.ts';
import { folderSource } from './folder.node.ts';
import { readManifest } from './read.ts';
import type { Manifest } from './types.ts';

/** A folder of runs. */
export interface RunFolder {
  path: string;
  /** Whether its runs come with the project. */
  shipped: boolean;
}

/** A run in the list; one that cannot be opened has `error` in place of `manifest`. */
export type ListedRun = {
  /** The folder's name, which is unique in the list of those without an error. */
  id: string;
  folder: string;
  shipped: boolean;
} & ({ manifest: Manifest; error?: undefined } | { manifest?: undefined; error: string });

/**
 * The folders in which runs are looked for: those that EMBEDSCOPE_RUNS names, or else the project's own
 * `static/runs` and `runs` in the current folder.
 *
 * @param packageRoot where the project lies; found from this file, or the bundle it is in, when left out
 */
export function runFolders(
  cwd: string = process.cwd(),
  packageRoot: string = findPackageRoot(cwd),
): RunFolder[] {
  const shipped = join(packageRoot, 'static', 'runs');
  const named = process.env.EMBEDSCOPE_RUNS?.split(delimiter).filter(Boolean);
  const paths = named?.length
    ? named.map((path) => resolve(cwd, path))
    : [shipped, join(cwd, 'runs')];
  return [...new Set(paths)].map((path) => ({ path, shipped: path === shipped }));
}

function findPackageRoot(fallback: string): string {
  let path = dirname(fileURLToPath(import.meta.url));
  while (dirname(path) !== path) {
    const file = join(path, 'package.json');
    if (existsSync(file)) {
      const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string };
      if (name === 'embedscope') return path;
    }
    path = dirname(path);
  }
  return fallback;
}

/**
 * Every run in the folders, in their order and by name. A folder in them that is no readable run is listed with
 * what is wrong, and so is a second run of the same name. A folder of runs that does not exist holds none.
 */
export async function listRuns(folders: RunFolder[] = runFolders()): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  const seen = new Map<string, string>();
  for (const { path, shipped } of folders) {
    for (const id of await subfolders(path)) {
      const folder = join(path, id);
      const earlier = seen.get(id);
      const listed = { id, folder, shipped };
      if (earlier) {
        runs.push({
          ...listed,
          error: `${folder} has the same name as ${earlier}, which is taken; rename one of the folders`,
        });
        continue;
      }
      runs.push(await openListed(listed));
      seen.set(id, folder);
    }
  }
  return runs;
}

async function openListed(
  listed: Pick<ListedRun, 'id' | 'folder' | 'shipped'>,
): Promise<ListedRun> {
  try {
    const manifest = await readManifest(folderSource(listed.folder));
    // A folder may have been renamed: its name is what addresses and commands use.
    return { ...listed, manifest: { ...manifest, id: listed.id } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...listed, error: error.message };
  }
}

async function subfolders(path: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new InputError(
      `${path} cannot be read as a folder of runs (${(error as NodeJS.ErrnoException).code}); correct EMBEDSCOPE_RUNS or its permissions`,
      { cause: error },
    );
  }
  const visible = names.filter((name) => !name.startsWith('.')).sort();
  const kept = await Promise.all(visible.map((name) => isFolder(join(path, name))));
  return visible.filter((_, i) => kept[i]);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * The listed run of an id, which is never taken as a path: safe for what comes from an address.
 *
 * @throws InputError when there is none, with the ids there are, or when it is broken
 */
export async function findListedRun(
  id: string,
  folders: RunFolder[] = runFolders(),
): Promise<ListedRun & { manifest: Manifest }> {
  const runs = await listRuns(folders);
  const run = runs.find((other) => other.id === id);
  if (!run) throw new InputError(unknownRun(id, runs, folders));
  if (!run.manifest) throw new InputError(run.error);
  return run;
}

/**
 * The run that a person names: the id of a listed run, or a path to a run's folder (or to a file in it).
 *
 * @throws InputError when there is none, or when it is broken
 */
export async function findRun(
  nameOrPath: string,
  folders: RunFolder[] = runFolders(),
): Promise<ListedRun & { manifest: Manifest }> {
  const isPath = /[/\\]/.test(nameOrPath) || nameOrPath === '.' || nameOrPath === '..';
  if (!isPath && (await listRuns(folders)).some(({ id }) => id === nameOrPath)) {
    return findListedRun(nameOrPath, folders);
  }
  const path = resolve(nameOrPath);
  const folder = ['run.json', 'items.arrow'].includes(basename(path)) ? dirname(path) : path;
  if (await isFolder(folder)) {
    const shipped = folders.some((other) => other.shipped && other.path === dirname(folder));
    const run = await openListed({ id: basename(folder), folder, shipped });
    if (!run.manifest) throw new InputError(run.error);
    return run;
  }
  if (isPath) throw new InputError(`${nameOrPath} does not exist (expected a run's folder)`);
  return findListedRun(nameOrPath, folders);
}

function unknownRun(id: string, runs: ListedRun[], folders: RunFolder[]): string {
  const ids = runs.filter((run) => run.manifest).map((run) => run.id);
  if (ids.length === 0) {
    const places = folders.map(({ path }) => path).join(' and ');
    return `there is no run "${id}", nor any other in ${places}; train one, or name a run's folder`;
  }
  const closest = ids
    .map((other) => ({ other, distance: editDistance(id.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const near = closest.distance <= Math.max(2, id.length / 3);
  const hint = near ? ` (did you mean "${closest.other}"?)` : '';
  return `there is no run "${id}"${hint}; there are: ${ids.join(', ')}`;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const current = [i + 1];
    for (let j = 0; j < b.length; j++) {
      current.push(
        Math.min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] === b[j] ? 0 : 1)),
      );
    }
    previous = current;
  }
  return previous[b.length];
}
