import type { View } from '../scatter/hit.ts';
import { placeLabels, type PlacedLabel } from '../scatter/labels.ts';
import { labelFont, type Frame } from '../scatter/scene.ts';

/** Points of a map, the most frequent item first; entry i of every list is the same item. */
export interface MapPoints {
  /** Row in the run. */
  rows: ArrayLike<number>;
  /** Places in a square from −1 to 1, up being positive; both axes on one scale, for distances mean the same along each. */
  x: Float32Array;
  y: Float32Array;
}

/** The points of a map, moved and shrunk so that they fill a square from −1 to 1. */
export function fitSquare(points: Float32Array, rows: ArrayLike<number>): MapPoints {
  const count = rows.length;
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let at = 0; at < 2 * count; at++) {
    const value = points[at];
    if (!Number.isFinite(value)) continue;
    if (value < low[at % 2]) low[at % 2] = value;
    if (value > high[at % 2]) high[at % 2] = value;
  }
  const half = Math.max(high[0] - low[0], high[1] - low[1]) / 2 || 1;
  const place = (axis: number) => {
    const middle = (low[axis] + high[axis]) / 2;
    return Float32Array.from({ length: count }, (_, i) => (points[2 * i + axis] - middle) / half);
  };
  return { rows, x: place(0), y: place(1) };
}

/** The items of one map where another has them, those that it lacks where they are to be. */
export function startOf(from: MapPoints, to: MapPoints): MapPoints {
  const x = to.x.slice();
  const y = to.y.slice();
  for (let i = 0; i < x.length; i++) {
    const at = indexOfRow(from.rows, to.rows[i]);
    if (at < 0) continue;
    x[i] = from.x[at];
    y[i] = from.y[at];
  }
  return { rows: to.rows, x, y };
}

/** The rows 0 … count − 1. */
export function firstRows(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

/** The whole of a picture without axes. */
export function mapFrame(width: number, height: number): Frame {
  return {
    width,
    height,
    plot: { left: 0, top: 0, width: Math.max(1, width), height: Math.max(1, height) },
  };
}

/** Half the side of the square that the points fill, in pixels of the unzoomed picture. */
export function squareRadius({ width, height }: Frame): number {
  return Math.max(1, Math.min(width, height) / 2 - 24);
}

/** Pixel positions without zoom: px = width/2 + x × radius, py = height/2 − y × radius. */
export function pixelPlaces(
  { x, y }: MapPoints,
  frame: Frame,
): { px: Float32Array; py: Float32Array } {
  const radius = squareRadius(frame);
  return {
    px: x.map((value) => frame.width / 2 + value * radius),
    py: y.map((value) => frame.height / 2 - value * radius),
  };
}

/** The place in the square under a pixel of the zoomed picture. */
export function placeUnder(x: number, y: number, view: View, frame: Frame): [number, number] {
  const radius = squareRadius(frame);
  return [
    ((x - view.x) / view.k - frame.width / 2) / radius,
    (frame.height / 2 - (y - view.y) / view.k) / radius,
  ];
}

/** The pixel of the zoomed picture at a place of the square. */
export function pixelAt(x: number, y: number, view: View, frame: Frame): [number, number] {
  const radius = squareRadius(frame);
  return [
    (frame.width / 2 + x * radius) * view.k + view.x,
    (frame.height / 2 - y * radius) * view.k + view.y,
  ];
}

/** Where point i, or a place of the square, stands in the zoomed picture, for what is drawn over the points. */
export interface Pixels {
  x: (index: number) => number;
  y: (index: number) => number;
  at: (x: number, y: number) => [number, number];
  /** Of the points. */
  radius: number;
}

/** Points get smaller and more transparent as there are more in sight, so that density shows and colours hold. */
export function mapPointStyle(count: number): { radius: number; alpha: number } {
  const radius =
    count <= 150 ? 4 : count <= 1500 ? 3.5 : count <= 8000 ? 2.5 : count <= 100_000 ? 2 : 1.5;
  return { radius, alpha: Math.min(0.9, Math.max(0.25, 60 / Math.sqrt(count))) };
}

/** What is to be seen of a map at one zoom. */
export interface MapScene {
  /** Indices of the points in sight, the most frequent first. */
  visible: number[];
  radius: number;
  alpha: number;
  labels: PlacedLabel[];
}

/** A label far down the order would hardly find a place: this many are tried. */
const tries = 8000;
/** The upper edge belongs to the buttons. */
const toolsHeight = 42;

/**
 * The points in sight and the labels that fit beside them, the most frequent first.
 *
 * @param shown false for points that are hidden at the moment
 * @param first indices that are labelled before the others
 * @param labelWidth pixels that a point's label takes
 */
export function mapScene(
  { px, py }: { px: Float32Array; py: Float32Array },
  frame: Frame,
  view: View,
  shown: (index: number) => boolean,
  first: readonly number[],
  labelWidth: (index: number) => number,
): MapScene {
  const visible: number[] = [];
  for (let i = 0; i < px.length; i++) {
    const x = px[i] * view.k + view.x;
    const y = py[i] * view.k + view.y;
    if (x >= 0 && x <= frame.width && y >= 0 && y <= frame.height && shown(i)) visible.push(i);
  }
  const style = mapPointStyle(visible.length);
  const wanted = new Set(first.filter(shown));
  function* order() {
    yield* wanted;
    for (const i of visible) if (!wanted.has(i)) yield i;
  }
  const labels = placeLabels({
    order: order(),
    position: (i) => [px[i] * view.k + view.x, py[i] * view.k + view.y],
    width: labelWidth,
    height: labelFont.height,
    offset: style.radius + 2,
    gap: 3,
    area: {
      left: 2,
      top: toolsHeight,
      width: frame.width - 4,
      height: frame.height - toolsHeight - 2,
    },
    limit: Math.max(8, Math.floor((frame.width * frame.height) / 3000)),
    tries: tries + wanted.size,
  });
  return { visible, ...style, labels };
}

/** The index of the point that stands for a row; −1 when none does. Rows rise. */
export function indexOfRow(rows: ArrayLike<number>, row: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (rows[middle] === row) return middle;
    if (rows[middle] < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * The rank of other points by their distance from one on the map, 1 being its nearest; of equals the lower index
 * comes first.
 */
export function mapRanks({ x, y }: MapPoints, from: number, others: readonly number[]): number[] {
  const squared = (i: number) => (x[i] - x[from]) ** 2 + (y[i] - y[from]) ** 2;
  const own = others.map(squared);
  const ranks = others.map(() => 1);
  for (let i = 0; i < x.length; i++) {
    if (i === from) continue;
    const distance = squared(i);
    for (let at = 0; at < others.length; at++) {
      if (distance < own[at] || (distance === own[at] && i < others[at])) ranks[at]++;
    }
  }
  return ranks;
}
