import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/lib/errors.ts';
import {
  parseManifest,
  readManifestText,
  writeManifestText,
} from '../../../src/lib/run/manifest.ts';
import { films, manifestOf } from './films.ts';

const whole = () => ({
  ...manifestOf(films()),
  files: { 'items.arrow': { bytes: 100, sha256: 'ab'.repeat(32) } },
});
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const json = (): any => JSON.parse(writeManifestText(whole()));

describe('parseManifest', () => {
  it('reads what writeManifestText writes; NaN goes through null', () => {
    const text = writeManifestText(whole());
    expect(text).toContain('"validationLoss": null');
    expect(readManifestText(text, 'run.json')).toEqual(whole());
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
  ])('%s', (expected, spoil) => {
    const manifest = json();
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
