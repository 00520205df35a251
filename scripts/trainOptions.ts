import { basename, join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { InputError } from '../src/lib/errors.ts';
import type { Hyperparameters } from '../src/lib/train/types.ts';

/** A model as far as its hyperparameters go. */
interface Configurable {
  name: string;
  defaults: Hyperparameters;
}

/** The hyperparameters that `--set` names, which the model must know. */
export function settings(model: Configurable, set: Record<string, string>): Hyperparameters {
  return Object.fromEntries(
    Object.entries(set).map(([name, text]) => [
      known(model, name, `--set ${name}`),
      parseSetting(model, name, text),
    ]),
  );
}

export function known(model: Configurable, name: string, option: string): string {
  if (Object.hasOwn(model.defaults, name)) return name;
  const own = Object.keys(model.defaults).join(', ');
  throw new InputError(
    `${option} is not for the model ${model.name}, whose hyperparameters are: ${own} (set any of them with --set NAME=VALUE)`,
  );
}

/** A value of the same type as the default; a list is written with commas. */
function parseSetting(model: Configurable, name: string, text: string): Hyperparameters[string] {
  const standard = model.defaults[name];
  const wrong = (expected: string) =>
    new InputError(`--set ${name}=${text}: "${text}" is not ${expected}`);
  const parseNumber = (part: string) => {
    const value = Number(part);
    if (part.trim() === '' || !Number.isFinite(value)) throw wrong('a number');
    return value;
  };
  if (typeof standard === 'number') return parseNumber(text);
  if (typeof standard === 'boolean') {
    if (text !== 'true' && text !== 'false') throw wrong('true or false');
    return text === 'true';
  }
  if (Array.isArray(standard)) {
    const parts = text.split(',');
    return typeof standard[0] === 'string' ? parts : parts.map(parseNumber);
  }
  return text;
}

/** The run's folder and its id, each made from the other when only one is given; `fallback` is the id without either. */
export function place(
  options: { id?: string; out?: string },
  fallback: string,
): { id: string; folder: string } {
  const id = options.id ?? (options.out === undefined ? fallback : basename(options.out));
  if (!/^[a-z0-9_][a-z0-9._-]*$/.test(id)) {
    throw new InputError(
      `the run's id "${id}" is not possible (expected lower-case letters, digits, "-", "_" and "."); ` +
        (options.id === undefined
          ? 'name another folder with --out, or an id with --id'
          : 'change --id'),
    );
  }
  return { id, folder: options.out ?? join('runs', id) };
}

export function number(
  expected: string,
  fits: (value: number) => boolean,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !fits(value)) {
      throw new InvalidArgumentError(`Expected ${expected}.`);
    }
    return value;
  };
}

export const isSeed = (n: number) => Number.isInteger(n) && n >= 0 && n < 2 ** 32;

export function collect(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected NAME=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
