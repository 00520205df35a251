import * as v from 'valibot';
import { InputError } from '../errors.ts';
import { SCHEMA_VERSION, type Manifest } from './types.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a number from 0'));
/** JSON has no NaN: what diverged is written as null. */
const measured = v.union(
  [
    v.number(),
    v.pipe(
      v.null(),
      v.transform(() => NaN),
    ),
  ],
  'a number',
);
const plain = v.union([v.number(), v.string(), v.boolean()], 'a number, a text, true or false');
const setting = v.union(
  [plain, v.array(v.union([v.number(), v.string()]))],
  'a number, a text, true, false or a list of numbers or texts',
);
const measures = v.record(text, measured);
const hash = v.pipe(
  text,
  v.regex(/^[0-9a-f]{64}$/i, '64 hexadecimal digits'),
  v.transform((digits) => digits.toLowerCase()),
);

const epoch = v.looseObject({
  epoch: v.number(),
  learningRate: v.optional(measured),
  trainLoss: measured,
  validationLoss: v.optional(measured),
  metrics: v.optional(measures),
  seconds: v.optional(measured),
});

const dataset = v.looseObject({
  name: text,
  release: v.optional(text, ''),
  url: v.optional(text, ''),
  sha256: v.optional(text, ''),
  licence: v.optional(text, ''),
  citation: v.optional(text, ''),
  counts: v.optional(v.record(text, v.number())),
});

const layer = v.looseObject({
  name: text,
  kind: text,
  inputs: v.array(text),
  shape: v.array(v.nullable(v.number())),
  parameters: count,
  settings: v.optional(v.record(text, plain)),
  trainable: v.optional(v.boolean()),
});

const model = v.looseObject({
  name: text,
  description: v.optional(text),
  hyperparameters: v.optional(v.record(text, setting), {}),
  seed: v.number(),
  layers: v.optional(v.array(layer)),
  globalMean: v.optional(v.nullable(v.number())),
});

const training = v.looseObject({
  backend: text,
  device: v.optional(text, 'unknown'),
  passedOver: v.optional(v.record(text, text)),
  seconds: measured,
  samplesPerSecond: v.optional(measured),
  loss: v.optional(text, 'loss'),
  software: v.optional(v.record(text, text), {}),
  curves: v.optional(v.array(epoch), []),
});

const map = v.looseObject({
  name: text,
  method: text,
  parameters: v.optional(v.record(text, plain), {}),
  seed: v.number(),
  of: count,
  quality: v.optional(measures, {}),
});

const manifest = v.looseObject({
  schemaVersion: v.literal(SCHEMA_VERSION, String(SCHEMA_VERSION)),
  id: v.pipe(
    text,
    v.regex(/^[a-z0-9_][a-z0-9._-]*$/, 'lower-case letters, digits, "-", "_" and "."'),
  ),
  title: v.optional(text),
  kind: v.picklist(['movies', 'words', 'items'], '"movies", "words" or "items"'),
  dimensions: v.pipe(v.number(), v.integer('a whole number'), v.minValue(1, 'a number from 1')),
  count,
  created: v.optional(text, ''),
  dataset,
  model,
  training,
  metrics: v.optional(
    v.looseObject({ split: v.optional(text, ''), values: v.optional(measures, {}) }),
    { split: '', values: {} },
  ),
  files: v.optional(v.record(text, v.looseObject({ bytes: count, sha256: hash })), {}),
  maps: v.optional(v.array(map), []),
});

/**
 * The manifest that parsed JSON holds, with what may be left out filled in: empty texts, lists and records, and
 * the id as title. Fields that this version does not know are kept. null where a figure was measured means NaN.
 *
 * @param where the file's name, for messages
 * @throws InputError naming the field, what it is and what was expected, or the newer version of the format
 */
export function parseManifest(json: unknown, where: string): Manifest {
  const version = isRecord(json) ? json.schemaVersion : undefined;
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw new InputError(
      `${where} was written by a newer Embedscope, format ${version}; this one reads ${SCHEMA_VERSION}: upgrade`,
    );
  }
  const result = v.safeParse(manifest, json, { abortEarly: true });
  if (!result.success) throw new InputError(`${where}: ${explain(result.issues[0])}`);
  const { title, ...rest } = result.output;
  return { ...rest, title: title ?? rest.id };
}

/** `training.curves[3].trainLoss is "x" (expected a number)` */
function explain(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? [])
    .map(({ key, type }) => (type === 'array' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  const place = path || 'the manifest';
  if (issue.input === undefined) return `${place} is missing; add it, or write the run again`;
  return `${place} is ${describe(issue.input)} (expected ${expectation(issue)})`;
}

/** Messages given in the schema read as what was expected; valibot's own start with "Invalid". */
function expectation(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  switch (issue.expected) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'Array':
      return 'a list';
    default:
      return 'an object';
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * The manifest in the text of a `run.json`.
 *
 * @throws InputError when the text is no JSON, with line and column, or as `parseManifest` does
 */
export function readManifestText(source: string, where: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new InputError(`${where} ${explainSyntax(source, error)}`, { cause: error });
  }
  return parseManifest(json, where);
}

/** Python's json.dump writes NaN and Infinity, which no other program reads. */
function explainSyntax(source: string, error: unknown): string {
  if (source.trim() === '') return 'is empty (expected JSON); copy or write it again';
  const withoutTexts = source.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => '"'.repeat(quoted.length));
  const notANumber = /-?Infinity|NaN/.exec(withoutTexts);
  if (notANumber) {
    const line = source.slice(0, notANumber.index).split('\n').length;
    return `line ${line}: ${notANumber[0]} is not JSON; write null instead`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `is not JSON (${reason}); copy or write it again`;
}

/** The text of a `run.json`; NaN and infinities become null. */
export function writeManifestText(manifest: Manifest): string {
  return JSON.stringify(manifest, null, 1) + '\n';
}
