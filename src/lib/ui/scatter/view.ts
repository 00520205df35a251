import type { View } from './hit.ts';
import type { Frame } from './scene.ts';

/** A zoom that means the same at any size: how far in, and which place (0 to 1 of the plot) is in the middle. */
export interface ZoomedTo {
  k: number;
  x: number;
  y: number;
}

export const deepestZoom = 60;

const rounded = (value: number, digits: number) => Number(value.toPrecision(digits));

/** What `view` is zoomed to; undefined when it is not zoomed at all. */
export function zoomedTo(view: View, { plot }: Frame): ZoomedTo | undefined {
  if (view.k <= 1.001) return undefined;
  const middle = (size: number, start: number, shift: number) =>
    rounded(((start + size / 2 - shift) / view.k - start) / size, 4);
  return {
    k: rounded(view.k, 4),
    x: middle(plot.width, plot.left, view.x),
    y: middle(plot.height, plot.top, view.y),
  };
}

/** The view that shows what was zoomed to in a picture of this size. */
export function viewOf(zoomed: ZoomedTo | undefined, { plot }: Frame): View {
  if (!zoomed) return { k: 1, x: 0, y: 0 };
  const k = Math.min(deepestZoom, Math.max(1, zoomed.k));
  const shift = (size: number, start: number, middle: number) => {
    const free = start + size / 2 - (middle * size + start) * k;
    // No nearer than the picture's edges: 0 ≤ start ≤ start × k + shift at one end, and so at the other.
    return Math.min(start - start * k, Math.max((start + size) * (1 - k), free));
  };
  return {
    k,
    x: shift(plot.width, plot.left, zoomed.x),
    y: shift(plot.height, plot.top, zoomed.y),
  };
}

/** `4,0.31,0.62` as a zoom; undefined for anything else. */
export function parseZoom(text: string | null): ZoomedTo | undefined {
  const parts = text?.split(',').map(Number) ?? [];
  if (parts.length !== 3 || !parts.every(Number.isFinite)) return undefined;
  const [k, x, y] = parts;
  if (k <= 1 || k > deepestZoom || x < 0 || x > 1 || y < 0 || y > 1) return undefined;
  return { k, x, y };
}

export function writeZoom(zoomed: ZoomedTo): string {
  return `${zoomed.k},${zoomed.x},${zoomed.y}`;
}
