import type { ScaleContinuousNumeric } from 'd3-scale';

export interface Tick {
  value: number;
  /** Pixels from the picture's edge. */
  at: number;
  text: string;
}

/** Round values along an axis, about one for every `spacing` pixels, and at least two where there are two. */
export function axisTicks(scale: ScaleContinuousNumeric<number, number>, spacing: number): Tick[] {
  const [start, end] = scale.range();
  const wanted = Math.max(2, Math.floor(Math.abs(end - start) / spacing));
  const write = scale.tickFormat(wanted);
  return scale.ticks(wanted).map((value) => ({ value, at: scale(value), text: write(value) }));
}

/** The smallest range that holds all finite values with a little room, never empty. */
export function paddedExtent(values: ArrayLike<number>, room = 0.05): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  if (low > high) return [0, 1];
  const span = high - low || Math.abs(high) || 1;
  return [low - span * room, high + span * room];
}
