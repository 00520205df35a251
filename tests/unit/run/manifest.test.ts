import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import {
  parseManifest,
  readManifestText,
  writeManifestText,
} from '../../../src/lib/run/manifest.ts';
import type { LayerInfo } from '../../../src/lib/run/types.ts';
import { films, manifestOf } from './films.ts';

const whole = () => ({
  ...manifestOf(films()),
  files: { 'items.arrow': { bytes: 100, sha256: 'ab'.repeat(32) } },
});
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const json = (): any => JSON.parse(writeManifestText(whole()));

const layers = (): LayerInfo[] => [
  { name: 'user', kind: 'input', inputs: [], shape: [null], parameters: 0 },
  { name: 'movie', kind: 'input', inputs: [], shape: [null], parameters: 0 },
  { name: 'user factors', kind: 'embedding', inputs: ['user'], shape: [null, 2], parameters: 6 },
  { name: 'movie factors', kind: 'embedding', inputs: ['movie'], shape: [null, 2], parameters: 8 },
  {
    ...{ name: 'dot product', kind: 'dot', inputs: ['user factors', 'movie factors'] },
    ...{ shape: [null], parameters: 0, settings: { normalise: false }, trainable: false },
  },
];
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const at = (manifest: any, i: number) => manifest.model.layers[i];

describe('parseManifest', () => {
  it('reads what writeManifestText writes; NaN goes through null', () => {
    const text = writeManifestText(whole());
    expect(text).toContain('"validationLoss": null');
    expect(readManifestText(text, 'run.json')).toEqual(whole());
  });

  it("reads a model's layers as they were written, and a model without any", () => {
    const manifest = { ...whole(), model: { ...whole().model, layers: layers() } };
    expect(readManifestText(writeManifestText(manifest), 'run.json')).toEqual(manifest);
    expect(readManifestText(writeManifestText(whole()), 'run.json').model).not.toHaveProperty(
      'layers',
    );
  });

  it('keeps fields that it does not know', () => {
    const manifest = json();
    manifest.colour = { of: ['a', 'poster'] };
    manifest.training.curves[0].gradientNorm = 3;
    manifest.files['items.arrow'].rows = 5;
    const parsed = parseManifest(manifest, 'run.json');
    const written = JSON.parse(writeManifestText(parsed));
    expect(written).toEqual(manifest);
  });

  it('fills in what may be left out', () => {
    const { schemaVersion, id, kind, dimensions, count } = json();
    const least = {
      ...{ schemaVersion, id, kind, dimensions, count },
      dataset: { name: 'Films' },
      model: { name: 'mf', seed: 1 },
      training: { backend: 'kernel', seconds: 2 },
    };
    expect(parseManifest(least, 'run.json')).toEqual({
      ...least,
      title: 'films',
      created: '',
      dataset: { name: 'Films', release: '', url: '', sha256: '', licence: '', citation: '' },
      model: { name: 'mf', seed: 1, hyperparameters: {} },
      training: {
        backend: 'kernel',
        seconds: 2,
        device: 'unknown',
        loss: 'loss',
        software: {},
        curves: [],
      },
      metrics: { split: '', values: {} },
      files: {},
      maps: [],
    });
  });

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  it.each<[string, (manifest: any) => unknown]>([
    [
      'training.curves[1].trainLoss is "x" (expected a number)',
      (m) => (m.training.curves[1].trainLoss = 'x'),
    ],
    ['dataset.name is missing; add it, or write the run again', (m) => delete m.dataset.name],
    ['model is missing; add it, or write the run again', (m) => delete m.model],
    ['schemaVersion is "1" (expected 1)', (m) => (m.schemaVersion = '1')],
    ['schemaVersion is 0 (expected 1)', (m) => (m.schemaVersion = 0)],
    ['title is null (expected a text)', (m) => (m.title = null)],
    ['kind is "films" (expected "movies", "words" or "items")', (m) => (m.kind = 'films')],
    [
      'id is "../films" (expected lower-case letters, digits, "-", "_" and ".")',
      (m) => (m.id = '../films'),
    ],
    ['dimensions is 0 (expected a number from 1)', (m) => (m.dimensions = 0)],
    ['count is 1.5 (expected a whole number)', (m) => (m.count = 1.5)],
    ['training.curves is an object (expected a list)', (m) => (m.training.curves = {})],
    ['training is 3 (expected an object)', (m) => (m.training = 3)],
    [
      'files.items.arrow.sha256 is "ab" (expected 64 hexadecimal digits)',
      (m) => (m.files['items.arrow'].sha256 = 'ab'),
    ],
    [
      'model.hyperparameters.decay is an object (expected a number, a text, true, false or a list of numbers or texts)',
      (m) => (m.model.hyperparameters.decay = {}),
    ],
    ['model.layers is an object (expected a list)', (m) => (m.model.layers = {})],
    [
      'model.layers[4].kind is missing; add it, or write the run again',
      (m) => delete at(m, 4).kind,
    ],
    ['model.layers[0].name is "" (expected a text that is not empty)', (m) => (at(m, 0).name = '')],
    ['model.layers[2].inputs is "user" (expected a list)', (m) => (at(m, 2).inputs = 'user')],
    [
      'model.layers[2].shape[1] is "50" (expected a number)',
      (m) => (at(m, 2).shape = [null, '50']),
    ],
    [
      'model.layers[2].shape[1] is -1 (expected a number from 0)',
      (m) => (at(m, 2).shape = [null, -1]),
    ],
    [
      'model.layers[3].parameters is 0.5 (expected a whole number)',
      (m) => (at(m, 3).parameters = 0.5),
    ],
    [
      'model.layers[3].trainable is "no" (expected true or false)',
      (m) => (at(m, 3).trainable = 'no'),
    ],
    [
      'model.layers[2].settings.rows is a list (expected a number, a text, true or false)',
      (m) => (at(m, 2).settings = { rows: [3] }),
    ],
    [
      'model.layers[3].name is "user factors" (expected a name that no earlier layer has)',
      (m) => (at(m, 3).name = 'user factors'),
    ],
    [
      'model.layers[4].inputs[1] is "films" (expected the name of an earlier layer; no layer is called this)',
      (m) => (at(m, 4).inputs[1] = 'films'),
    ],
    [
      'model.layers[2].inputs[0] is "user factors" (expected the name of an earlier layer; a layer does not take from itself)',
      (m) => (at(m, 2).inputs = ['user factors']),
    ],
    [
      'model.layers[2].inputs[0] is "dot product" (expected the name of an earlier layer; this one comes later)',
      (m) => (at(m, 2).inputs = ['dot product']),
    ],
  ])('%s', (expected, spoil) => {
    const manifest = json();
    manifest.model.layers = layers();
    spoil(manifest);
    expect(() => parseManifest(manifest, 'films/run.json')).toThrow(
      new InputError(`films/run.json: ${expected}`),
    );
  });

  it.each([[null], [3], ['run']])('%j is no manifest', (value) =>
    expect(() => parseManifest(value, 'run.json')).toThrow(
      new InputError(`run.json: the manifest is ${JSON.stringify(value)} (expected an object)`),
    ),
  );

  it('refuses a newer version by name, whatever else is in it', () =>
    expect(() => parseManifest({ schemaVersion: 2, id: 5 }, 'run.json')).toThrow(
      new InputError(
        'run.json was written by a newer Embedscope, format 2; this one reads 1: upgrade',
      ),
    ));
});

describe('readManifestText', () => {
  const refused = (text: string) => {
    try {
      readManifestText(text, 'run.json');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
  };

  it('names the line of what Python writes for NaN', () => {
    expect(refused('{\n "title": "NaN",\n "seconds": NaN\n}')).toBe(
      'run.json line 3: NaN is not JSON; write null instead',
    );
    expect(refused('{"seconds": -Infinity}')).toBe(
      'run.json line 1: -Infinity is not JSON; write null instead',
    );
  });

  it('says that a text is no JSON', () => {
    expect(refused('')).toBe('run.json is empty (expected JSON); copy or write it again');
    expect(refused('{"id": "fil')).toMatch(
      /^run\.json is not JSON \(.*\); copy or write it again$/,
    );
  });

  it('takes a byte order mark', () =>
    expect(readManifestText('\uFEFF' + JSON.stringify(json()), 'run.json').id).toBe('films'));
});
