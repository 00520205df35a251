import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../run/types.ts';

export type RunEntry = { id: string; folder: string } & (
  { manifest: Manifest } | { error: string }
);

const folders = () => [
  'static/runs',
  ...(process.env.EMBEDSCOPE_RUNS ? process.env.EMBEDSCOPE_RUNS.split(':') : ['runs']),
];

async function read(id: string, folder: string): Promise<RunEntry> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Manifest;
    return { id, folder, manifest };
  } catch (error) {
    return { id, folder, error: (error as Error).message };
  }
}

export async function listRuns(): Promise<RunEntry[]> {
  const entries: RunEntry[] = [];
  for (const parent of folders()) {
    for (const id of await readdir(parent).catch(() => [])) {
      const folder = join(parent, id);
      if ((await stat(folder)).isDirectory()) entries.push(await read(id, folder));
    }
  }
  return entries;
}

export async function findRun(id: string): Promise<RunEntry | undefined> {
  return (await listRuns()).find((entry) => entry.id === id);
}
