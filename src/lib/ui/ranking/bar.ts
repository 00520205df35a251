/** The range that bars share: from zero or the lowest score to zero or the highest. */
export function barDomain(scores: Iterable<number>): [number, number] {
  let low = 0;
  let high = 0;
  for (const score of scores) {
    if (score < low) low = score;
    if (score > high) high = score;
  }
  return [low, high];
}

/** A bar from the common zero to the score, in per cent of the bar's room: `left`, `width`, and where zero is. */
export function barPlace(
  score: number,
  [low, high]: readonly [number, number],
): { left: number; width: number; zero: number } {
  const span = high - low || 1;
  const at = (value: number) => ((Math.min(high, Math.max(low, value)) - low) / span) * 100;
  const zero = at(0);
  const end = Number.isFinite(score) ? at(score) : zero;
  return { left: Math.min(zero, end), width: Math.abs(end - zero), zero };
}

/** A label without the year that stands in a column of its own: `Babe (1995)` → `Babe`. */
export function withoutYear(label: string, year: number | undefined): string {
  const ending = ` (${year})`;
  return year !== undefined && label.endsWith(ending) ? label.slice(0, -ending.length) : label;
}
