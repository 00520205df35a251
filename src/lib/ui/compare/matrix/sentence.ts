import type { MeasuredPairs, RunsMatrix } from '../../../analysis/runsMatrix.ts';
import { formatNumber } from '../../format.ts';

/** Two different runs, and what they have of a measure. */
interface Pair {
  a: number;
  b: number;
  value: number;
}

/** The pair that is most alike and the one that is least; undefined where no pair has a figure. */
export function extremes({ values }: MeasuredPairs): { most: Pair; least: Pair } | undefined {
  const n = Math.sqrt(values.length);
  const pairs: Pair[] = [];
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const value = values[a * n + b];
      if (!Number.isNaN(value)) pairs.push({ a, b, value });
    }
  }
  if (pairs.length === 0) return undefined;
  return {
    most: pairs.reduce((one, other) => (other.value > one.value ? other : one)),
    least: pairs.reduce((one, other) => (other.value < one.value ? other : one)),
  };
}

/** What the spread of seeds is, one sentence for each group of runs that differ in their seed alone. */
export function seedsInWords(
  { seeds }: RunsMatrix,
  { seedRanges }: MeasuredPairs,
  names: readonly string[],
): string[] {
  return seeds.map((group, g) => {
    const [least, most] = seedRanges[g].map((value) => formatNumber(value));
    const figures = least === most ? `have ${least}` : `have ${least} to ${most}`;
    const named =
      group.length === 2
        ? `${names[group[0]]} and ${names[group[1]]}`
        : `${names[group[0]]} and ${group.length - 1} other seeds`;
    return `${named} differ in their seed alone and ${figures}: less is more than an accident of training.`;
  });
}
