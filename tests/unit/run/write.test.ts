import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { asidePath, partialPath } from '../../../src/lib/run/leftovers.node.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import { writeRun } from '../../../src/lib/run/write.node.ts';
import { films, manifestOf } from './films.ts';

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-'));
  target = join(folder, 'films');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (title = 'Five films') => ({
  manifest: { ...manifestOf(films()), title },
  items: films(),
});
const titleOf = async (path: string) => (await readRun(folderSource(path))).manifest.title;

async function refusal(promise: Promise<unknown>, type = InputError as ErrorConstructor) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(type);
  return error.message as string;
}

/** A process number that no living process has. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('writeRun', () => {
  it('writes a run that reads as it was, and nothing beside it', async () => {
    const manifest = await writeRun(target, run());
    expect(readdirSync(folder)).toEqual(['films']);
    expect(readdirSync(target).sort()).toEqual(['items.arrow', 'run.json']);
    expect(await readRun(folderSource(target))).toEqual({ manifest, items: films(), maps: [] });
    const { bytes } = manifest.files['items.arrow'];
    expect(readFileSync(join(target, 'items.arrow'))).toHaveLength(bytes);
    const sum = execFileSync('sha256sum', [join(target, 'items.arrow')], { encoding: 'utf8' });
    expect(sum.split(' ')[0]).toBe(manifest.files['items.arrow'].sha256);
  });

  it('makes the folders above it, and writes into an empty folder', async () => {
    const deep = join(folder, 'a', 'b', 'films');
    await writeRun(deep, run());
    expect(await titleOf(deep)).toBe('Five films');
    mkdirSync(target);
    await writeRun(target, run());
    expect(await titleOf(target)).toBe('Five films');
  });

  it('refuses a run that is there, and replaces it when asked', async () => {
    await writeRun(target, run('first'));
    expect(await refusal(writeRun(target, run('second')))).toBe(
      `${target} exists already; name another folder, or pass --overwrite`,
    );
    expect(await titleOf(target)).toBe('first');
    await writeRun(target, run('second'), { overwrite: true });
    expect(await titleOf(target)).toBe('second');
    expect(readdirSync(folder)).toEqual(['films']);
  });

  it('never replaces what is no run, or holds something else', async () => {
    mkdirSync(target);
    writeFileSync(join(target, 'thesis.tex'), 'years of work');
    expect(await refusal(writeRun(target, run(), { overwrite: true }))).toBe(
      `${target} exists and is not a run (it has no run.json), so it is not replaced; name another folder`,
    );
    rmSync(target, { recursive: true });
    await writeRun(target, run('first'));
    writeFileSync(join(target, 'thesis.tex'), 'years of work');
    expect(await refusal(writeRun(target, run(), { overwrite: true }))).toBe(
      `${target} holds thesis.tex, which is no part of a run, so it is not replaced; move thesis.tex elsewhere`,
    );
    expect(readFileSync(join(target, 'thesis.tex'), 'utf8')).toBe('years of work');
    expect(readdirSync(folder)).toEqual(['films']);
  });

  it('refuses a file in the place of the folder or above it', async () => {
    writeFileSync(target, '');
    expect(await refusal(writeRun(target, run(), { overwrite: true }))).toBe(
      `${target} is not a folder; name another for the run`,
    );
    for (const below of ['films', 'deep/films']) {
      const path = join(target, below);
      expect(await refusal(writeRun(path, run()))).toBe(
        `${path} cannot be made: a part of its path is a file, not a folder; name another folder`,
      );
    }
    const long = join(folder, 'x'.repeat(250));
    expect(await refusal(writeRun(long, run()))).toBe(
      `${long} has too long a name; choose a shorter one`,
    );
    expect(readdirSync(folder)).toEqual(['films']);
  });

  it('follows a link to a run, and keeps the link', async () => {
    await writeRun(target, run('first'));
    symlinkSync('films', join(folder, 'link'));
    await writeRun(join(folder, 'link'), run('second'), { overwrite: true });
    expect(await titleOf(target)).toBe('second');
    expect(readdirSync(folder).sort()).toEqual(['films', 'link']);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const reason = new Error('stopped');
    const deep = join(folder, 'a', 'b', 'films');
    await expect(writeRun(deep, run(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    // The signal is looked at at the start, before each of two files, and before the rename.
    for (let looks = 1; looks <= 3; looks++) {
      let left = looks;
      const signal = {
        throwIfAborted: () => {
          if (left-- === 0) throw reason;
        },
      };
      await expect(writeRun(deep, run(), { signal: signal as AbortSignal })).rejects.toBe(reason);
      expect(readdirSync(folder)).toEqual([]);
    }
  }, 10_000);

  it('refuses a manifest that is not that of the items', async () => {
    const { manifest, items } = run();
    const fewer = { ...items, vectors: matrix(5, 2) };
    expect(await refusal(writeRun(target, { manifest, items: fewer }), RangeError)).toBe(
      'the manifest says 5 items of 3 dimensions, but there are 5 of 2',
    );
    const nameless = { manifest: { ...manifest, id: 'Five films' }, items };
    expect(await refusal(writeRun(target, nameless))).toBe(
      'run.json: id is "Five films" (expected lower-case letters, digits, "-", "_" and ".")',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tidies what a killed write left, and only that', async () => {
    const mine = partialPath(target);
    const dead = mine.replace(`-${process.pid}-`, `-${deadPid()}-`);
    const elsewhere = dead.replace(/partial-\w{8}/, 'partial-00000000');
    const another = partialPath(join(folder, 'others')).replace(`-${process.pid}-`, '-1-');
    for (const path of [mine, dead, elsewhere, another]) mkdirSync(path);
    writeFileSync(join(dead, 'items.arrow'), 'half');
    await writeRun(target, run());
    expect(
      readdirSync(folder)
        .map((name) => join(folder, name))
        .sort(),
    ).toEqual([mine, elsewhere, another, target].sort());
  });

  it('puts back a run whose replacement was killed between the two renames', async () => {
    await writeRun(target, run('first'));
    renameSync(target, asidePath(target).replace(`-${process.pid}-`, `-${deadPid()}-`));
    expect(await refusal(writeRun(target, run('second')))).toMatch(/exists already/);
    expect(await titleOf(target)).toBe('first');
    expect(readdirSync(folder)).toEqual(['films']);
  });

  it('removes the old run when the write was killed after the second rename', async () => {
    await writeRun(target, run('second'));
    mkdirSync(asidePath(target).replace(`-${process.pid}-`, `-${deadPid()}-`));
    await writeRun(target, run('third'), { overwrite: true });
    expect(await titleOf(target)).toBe('third');
    expect(readdirSync(folder)).toEqual(['films']);
  });
});

describe('places that cannot be written', () => {
  const root = process.getuid?.() === 0;
  const mounts = root && canMount();

  function canMount(): boolean {
    const at = mkdtempSync(join(tmpdir(), 'mount-'));
    const works = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at]).status === 0;
    if (works) spawnSync('umount', [at]);
    rmSync(at, { recursive: true });
    return works;
  }
  const mount = (options: string) => {
    mkdirSync(target, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', target]);
  };
  afterEach(() => {
    if (mounts && existsSync(target)) spawnSync('umount', [target]);
  });

  it.skipIf(!mounts)('a full disk (needs root and mount)', async () => {
    mount('size=64k');
    const small = join(target, 'small');
    await writeRun(small, run('small'));
    const many = 20_000;
    const items = {
      ids: Array.from({ length: many }, (_, i) => `m${i}`),
      labels: Array.from({ length: many }, (_, i) => `Film ${i}`),
      counts: new Uint32Array(many),
      columns: {},
      vectors: matrix(many, 3),
    };
    const big = { manifest: manifestOf(items), items };
    for (const path of [join(target, 'new', 'big'), small]) {
      const message = await refusal(writeRun(path, big, { overwrite: true }), Error);
      expect(message).toMatch(
        /^the disk is full: \w+ does not fit in .*; nothing was written\. Free some space, or name a folder on another disk$/,
      );
      expect(readdirSync(target)).toEqual(['small']);
      expect(await titleOf(small)).toBe('small');
    }
  });

  it.skipIf(!mounts)('a read-only disk (needs root and mount)', async () => {
    mount('ro');
    expect(await refusal(writeRun(join(target, 'films'), run()))).toBe(
      `${target} is on a read-only disk; name a folder elsewhere`,
    );
  });

  it.skipIf(root)('a folder without permission (needs a user who is not root)', async () => {
    mkdirSync(target);
    chmodSync(target, 0o500);
    expect(await refusal(writeRun(join(target, 'films'), run()))).toBe(
      `${target} may not be written by you; change its permissions, or name another folder`,
    );
    expect(readdirSync(target)).toEqual([]);
  });
});
