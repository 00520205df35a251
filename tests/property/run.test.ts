import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/lib/errors.ts';
import { matrix } from '../../src/lib/math/matrix.ts';
import { decodeItems, encodeItems } from '../../src/lib/run/items.ts';
import { parseManifest, readManifestText, writeManifestText } from '../../src/lib/run/manifest.ts';
import type { Column, Items } from '../../src/lib/run/types.ts';
import { films, fixtures, manifestOf } from '../unit/run/films.ts';

const folder = `${fixtures}readable/`;
const files = readdirSync(folder).map((name) => new Uint8Array(readFileSync(folder + name)));

/** Any text that UTF-8 can say: all but halves of surrogate pairs. */
const text = fc.string({ unit: 'binary', maxLength: 12 });
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

function numbers(rows: number): fc.Arbitrary<Column> {
  const of = (
    storage: 'uint8' | 'uint16' | 'uint32' | 'int32' | 'float32' | 'float64',
    value: fc.Arbitrary<number>,
  ) =>
    fc
      .array(fc.oneof({ arbitrary: value, weight: 4 }, fc.constant(NaN)), exactly(rows))
      .map((values): Column => ({ kind: 'number', storage, values: Float64Array.from(values) }));
  return fc.oneof(
    of('uint8', fc.nat(0xff)),
    of('uint16', fc.nat(0xffff)),
    of('uint32', fc.nat(0xffffffff)),
    of('int32', fc.integer()),
    of('float32', fc.float()),
    of('float64', fc.double()),
  );
}

/** Names that the schema library keeps out of what it reads, so that no file can reach a prototype. */
const unsafeNames = ['__proto__', 'prototype', 'constructor'];

const exactly = (length: number) => ({ minLength: length, maxLength: length });

const columnOf = (rows: number): fc.Arbitrary<Column> =>
  fc.oneof(
    numbers(rows),
    fc.array(fc.option(text), exactly(rows)).map((values): Column => ({ kind: 'text', values })),
    fc
      .array(fc.array(text, { maxLength: 3 }), exactly(rows))
      .map((values): Column => ({ kind: 'tags', values })),
  );

const anyItems: fc.Arbitrary<Items> = fc
  .tuple(fc.nat(8), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.record(
      {
        ids: fc.uniqueArray(text, exactly(rows)),
        labels: fc.array(text, exactly(rows)),
        counts: fc
          .array(fc.nat(0xffffffff), exactly(rows))
          .map((values) => Uint32Array.from(values.sort((a, b) => b - a))),
        bias: fc.array(fc.float(), exactly(rows)).map((values) => Float32Array.from(values)),
        columns: fc
          .uniqueArray(
            fc.tuple(
              fc
                .string({ unit: 'grapheme', maxLength: 8 })
                .filter((name) => !['id', 'label', 'count', 'bias', 'vector'].includes(name)),
              columnOf(rows),
            ),
            { maxLength: 4, selector: ([name]) => name },
          )
          .map((entries) => Object.fromEntries(entries)),
        vectors: fc
          .array(finite, exactly(rows * columns))
          .map((values) => matrix(rows, columns, Float32Array.from(values))),
      },
      { requiredKeys: ['ids', 'labels', 'counts', 'columns', 'vectors'] },
    ),
  );

/** Runs something that may refuse its input, but must do it with an InputError. */
function mayRefuse(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

describe('items', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        expect(decodeItems(encodeItems(items), 'items.arrow')).toEqual(items);
      }),
      { numRuns: 500 },
    );
  });

  it('from any bytes give items or an InputError', () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(bytes, (random) => mayRefuse(() => decodeItems(random, 'items.arrow'))),
      { numRuns: 2000 },
    );
  });

  it('from any bytes between the marks of an Arrow file give items or an InputError', () => {
    const mark = [...'ARROW1'].map((letter) => letter.charCodeAt(0));
    const framed = fc
      .tuple(fc.array(fc.nat(255), { maxLength: 200 }), fc.nat(220))
      .map(([bytes, footer]) =>
        Uint8Array.from([...mark, 0, 0, ...bytes, footer, 0, 0, 0, ...mark]),
      );
    fc.assert(
      fc.property(framed, (random) => mayRefuse(() => decodeItems(random, 'items.arrow'))),
      { numRuns: 2000 },
    );
  });

  it('from a damaged file give items or an InputError', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat()),
        (file, changes, cut) => {
          const damaged = file.slice(0, cut === null ? file.length : cut % file.length);
          for (const [at, value] of changes) damaged[at % file.length] = value;
          mayRefuse(() => decodeItems(damaged, 'items.arrow'));
        },
      ),
      { numRuns: 20_000 },
    );
  });
});

describe('manifests', () => {
  const whole = () => ({ ...manifestOf(films()), files: {} });

  it('from any JSON are manifests or an InputError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => mayRefuse(() => parseManifest(json, 'run.json'))),
      { numRuns: 2000 },
    );
  });

  it('from any text are manifests or an InputError', () => {
    const cut = fc.nat(2000).map((length) => writeManifestText(whole()).slice(0, length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), cut), (source) =>
        mayRefuse(() => readManifestText(source, 'run.json')),
      ),
      { numRuns: 2000 },
    );
  });

  it('with any value in any place are manifests or an InputError that names the place', () => {
    // A list among the settings is named as a whole.
    const paths = [...placesOf(JSON.parse(writeManifestText(whole())))].filter(
      (path) => path[1] !== 'hyperparameters' || path.length <= 3,
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const json = JSON.parse(writeManifestText(whole()));
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
        const parent = path.slice(0, -1).reduce((at: any, key) => at[key], json);
        parent[path.at(-1)!] = value;
        try {
          parseManifest(json, 'run.json');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          const place = path.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join('');
          const newer = 'run.json was written by a newer Embedscope';
          const message = (error as Error).message;
          if (!message.startsWith(newer)) {
            expect(message).toContain(`run.json: ${place.slice(1)}`);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('keep unknown fields when written and read again', () => {
    const field = fc.string().filter((name) => !(name in whole()) && !unsafeNames.includes(name));
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue()), (extra) => {
        const manifest = JSON.parse(JSON.stringify({ ...extra, ...whole() }));
        const written = writeManifestText(parseManifest(manifest, 'run.json'));
        expect(JSON.parse(written)).toEqual(manifest);
      }),
    );
  });

  it.each(unsafeNames)('leave out an unknown field that is named %s', (name) => {
    const manifest = JSON.parse(
      `{"${name}": {"polluted": true}, ${JSON.stringify(whole()).slice(1)}`,
    );
    const written = JSON.parse(writeManifestText(parseManifest(manifest, 'run.json')));
    expect(written).toEqual(JSON.parse(JSON.stringify(whole())));
    expect(Object.keys(written)).not.toContain(name);
    expect({}).not.toHaveProperty('polluted');
  });
});

/** The path of every value in a JSON object, itself left out. */
function* placesOf(json: unknown, path: string[] = []): Generator<string[]> {
  if (path.length) yield path;
  if (typeof json !== 'object' || json === null) return;
  for (const [key, value] of Object.entries(json)) yield* placesOf(value, [...path, key]);
}
