import { InvalidArgumentError } from 'commander';
import { findRun } from '../src/lib/run/catalogue.node.ts';
import { folderSource } from '../src/lib/run/folder.node.ts';
import { readRun } from '../src/lib/run/read.ts';
import type { Run } from '../src/lib/run/types.ts';

export const RUN_ARGUMENT = "a run's folder, or the id of a run that is shipped or lies in runs";

/**
 * The run that a person names, read and checked.
 *
 * @throws InputError when there is none, or when it is broken
 */
export async function openRun(nameOrPath: string): Promise<Run> {
  const { folder } = await findRun(nameOrPath);
  return readRun(folderSource(folder));
}

/** A parser of whole numbers from `least` for commander's options. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    }
    return value;
  };
}

const BAR_WIDTH = 12;

/** A bar of blocks, as long as `value`'s share of `most` in absolute value. */
export function textBar(value: number, most: number): string {
  const length = most > 0 ? Math.round((BAR_WIDTH * Math.abs(value)) / most) : 0;
  return '█'.repeat(length);
}

/** The largest absolute value, 0 of none. */
export function mostOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
