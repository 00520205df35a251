import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matrix } from '../../../src/lib/math/matrix.ts';
import { folderSource } from '../../../src/lib/run/folder.node.ts';
import { decodeItems } from '../../../src/lib/run/items.ts';
import { readRun } from '../../../src/lib/run/read.ts';
import type { Items } from '../../../src/lib/run/types.ts';
import { writeRun } from '../../../src/lib/run/write.node.ts';
import { films, manifestOf } from './films.ts';

/** A Python that has pyarrow: EMBEDSCOPE_PYTHON, or python3. Without one these tests are shown as skipped. */
const python = [process.env.EMBEDSCOPE_PYTHON, 'python3'].find(
  (command) => command && spawnSync(command, ['-c', 'import pyarrow']).status === 0,
);

describe.skipIf(!python)('pyarrow, live (needs python3 with pyarrow, or EMBEDSCOPE_PYTHON)', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'pyarrow-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const ask = (script: string, ...paths: string[]) =>
    execFileSync(python!, ['-c', script, ...paths], { encoding: 'utf8' });

  it('reads what is written here, with the types that the format names', async () => {
    const run = join(folder, 'films');
    await writeRun(run, { manifest: manifestOf(films()), items: films() });
    const read = `
import json, sys, pyarrow.feather as feather
table = feather.read_table(sys.argv[1])
table.validate(full=True)
print(json.dumps([{f.name: str(f.type) for f in table.schema}, table.to_pydict()]))`;
    const answer = ask(read, join(run, 'items.arrow')).replaceAll('NaN', 'null');
    const [types, columns] = JSON.parse(answer);
    expect(types).toEqual({
      id: 'string',
      label: 'string',
      count: 'uint32',
      bias: 'float',
      year: 'uint16',
      genres: 'list<item: string>',
      director: 'string',
      mean: 'float',
      seen: 'uint8',
      vector: 'fixed_size_list<item: float>[3]',
    });
    const { ids, labels, counts, bias, columns: own, vectors } = films();
    const nullable = (values: ArrayLike<unknown>) =>
      Array.from(values, (value) => (Number.isNaN(value) ? null : value));
    expect(columns).toEqual({
      id: ids,
      label: labels,
      count: [...counts],
      bias: [...bias!],
      ...Object.fromEntries(Object.entries(own).map(([n, { values }]) => [n, nullable(values)])),
      vector: ids.map((_, i) => [...vectors.data.slice(i * 3, i * 3 + 3)]),
    });
  });

  it('reads a run without items', async () => {
    const items: Items = {
      ids: [],
      labels: [],
      counts: new Uint32Array(0),
      columns: { genres: { kind: 'tags', values: [] } },
      vectors: matrix(0, 4),
    };
    const run = join(folder, 'none');
    await writeRun(run, { manifest: manifestOf(items), items });
    expect((await readRun(folderSource(run))).items).toEqual(items);
    const script = `
import sys, pyarrow.feather as feather
table = feather.read_table(sys.argv[1])
table.validate(full=True)
print(table.num_rows, *table.column_names)`;
    expect(ask(script, join(run, 'items.arrow')).trim()).toBe('0 id label count genres vector');
  });

  it.each([
    ['feather.write_feather(table, path, compression="uncompressed")'],
    ['feather.write_feather(table, path, compression="uncompressed", chunksize=2)'],
    ['\nwith pa.ipc.new_stream(path, table.schema) as writer: writer.write_table(table)'],
  ])('writes what is read here: %s', async (write) => {
    const run = join(folder, 'source');
    await writeRun(run, { manifest: manifestOf(films()), items: films() }, { overwrite: true });
    const path = join(folder, 'again.arrow');
    const script = `
import sys, pyarrow as pa, pyarrow.feather as feather
table, path = feather.read_table(sys.argv[1]), sys.argv[2]
${write}`;
    ask(script, join(run, 'items.arrow'), path);
    expect(decodeItems(new Uint8Array(readFileSync(path)), path)).toEqual(films());
  });
});
