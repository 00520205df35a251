import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import {
  findListedRun,
  findRun,
  listRuns,
  runFolders,
  type RunFolder,
} from '../../../src/lib/run/catalogue.node.ts';
import { writeRun } from '../../../src/lib/run/write.node.ts';
import { films, manifestOf } from './films.ts';

let root: string;
let folders: RunFolder[];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'catalogue-'));
  folders = [
    { path: join(root, 'shipped'), shipped: true },
    { path: join(root, 'nowhere'), shipped: false },
    { path: join(root, 'mine'), shipped: false },
  ];
  const run = { manifest: manifestOf(films()), items: films() };
  await writeRun(join(root, 'shipped', 'movielens-mf-1'), run);
  await writeRun(join(root, 'mine', 'films'), run);
  cpSync(join(root, 'mine', 'films'), join(root, 'mine', 'movielens-mf-1'), { recursive: true });
  mkdirSync(join(root, 'mine', 'empty'));
  mkdirSync(join(root, 'mine', '.films.partial-0-0-0'));
  writeFileSync(join(root, 'shipped', 'README.txt'), '');
});
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

describe('runFolders', () => {
  const packageRoot = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

  it("is the project's own runs and those of the current folder", () => {
    vi.stubEnv('EMBEDSCOPE_RUNS', undefined);
    expect(runFolders('/home/anna')).toEqual([
      { path: join(packageRoot, 'static/runs'), shipped: true },
      { path: '/home/anna/runs', shipped: false },
    ]);
  });

  it('is what EMBEDSCOPE_RUNS names', () => {
    vi.stubEnv('EMBEDSCOPE_RUNS', ['/data/runs', 'more', '/p/static/runs'].join(delimiter));
    expect(runFolders('/home/anna', '/p')).toEqual([
      { path: '/data/runs', shipped: false },
      { path: '/home/anna/more', shipped: false },
      { path: '/p/static/runs', shipped: true },
    ]);
  });
});

describe('listRuns', () => {
  it('lists runs, and what is wrong with those that cannot be opened', async () => {
    const runs = await listRuns(folders);
    const mine = join(root, 'mine');
    expect(runs.map(({ id, folder, shipped, error }) => ({ id, folder, shipped, error }))).toEqual([
      {
        id: 'movielens-mf-1',
        folder: join(root, 'shipped', 'movielens-mf-1'),
        shipped: true,
        error: undefined,
      },
      {
        id: 'empty',
        folder: join(mine, 'empty'),
        shipped: false,
        error: `${join(mine, 'empty')} is not a run: it has no run.json (expected a folder that training or importing wrote)`,
      },
      { id: 'films', folder: join(mine, 'films'), shipped: false, error: undefined },
      {
        id: 'movielens-mf-1',
        folder: join(mine, 'movielens-mf-1'),
        shipped: false,
        error: `${join(mine, 'movielens-mf-1')} has the same name as ${join(root, 'shipped', 'movielens-mf-1')}, which is taken; rename one of the folders`,
      },
    ]);
    expect(runs[0].manifest).toMatchObject({ id: 'movielens-mf-1', title: 'Five films', count: 5 });
  });
});

describe('findRun', () => {
  it('takes an id, a path to a folder or to a file in it', async () => {
    const mine = join(root, 'mine', 'films');
    expect(await findRun('films', folders)).toMatchObject({ id: 'films', folder: mine });
    for (const path of [mine, `${mine}/`, join(mine, 'run.json'), join(mine, 'items.arrow')]) {
      expect(await findRun(path, folders)).toMatchObject({ folder: mine, shipped: false });
    }
    const twin = join(root, 'mine', 'movielens-mf-1');
    expect(await findRun(twin, folders)).toMatchObject({ folder: twin });
  });

  it('lists the ids when there is none, with the closest', async () => {
    expect(await refusal(findRun('movielens-mf-2', folders))).toBe(
      'there is no run "movielens-mf-2" (did you mean "movielens-mf-1"?); there are: movielens-mf-1, films',
    );
    expect(await refusal(findRun('glove', folders))).toBe(
      'there is no run "glove"; there are: movielens-mf-1, films',
    );
    expect(await refusal(findRun('glove', [folders[1]]))).toBe(
      `there is no run "glove", nor any other in ${folders[1].path}; train one, or name a run's folder`,
    );
    expect(await refusal(findRun('./glove', folders))).toBe(
      "./glove does not exist (expected a run's folder)",
    );
  });

  it('says what is wrong with a broken one', async () => {
    const message = `${join(root, 'mine', 'empty')} is not a run: it has no run.json (expected a folder that training or importing wrote)`;
    expect(await refusal(findRun('empty', folders))).toBe(message);
    expect(await refusal(findRun(join(root, 'mine', 'empty'), folders))).toBe(message);
  });
});

describe('findListedRun', () => {
  it('takes no path', async () => {
    expect(await refusal(findListedRun(join(root, 'mine', 'films'), folders))).toMatch(
      /^there is no run "/,
    );
    expect(await refusal(findListedRun('../mine/films', folders))).toMatch(/^there is no run "/);
    expect((await findListedRun('films', folders)).shipped).toBe(false);
  });
});
