import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { View } from './hit.ts';
import { placeLabels, type Box, type PlacedLabel } from './labels.ts';
import { axisTicks, paddedExtent, type Tick } from './ticks.ts';

/** Points to draw, the most frequent first; entry i of every list is the same item. */
export interface ScatterData {
  /** Row in the run, by which items are lit and opened. */
  rows: ArrayLike<number>;
  labels: readonly string[];
  /** NaN where an item lacks the value: it is not drawn. */
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Index of each point's category, −1 for none. */
  categories?: ArrayLike<number>;
  /** In place of categories, a figure on a scale from −1 by 0 to 1, NaN where it is not known. */
  tints?: ArrayLike<number>;
}

/** The whole picture's size, and the part of it that holds points. */
export interface Frame {
  width: number;
  height: number;
  plot: Box;
}

export interface Layout {
  frame: Frame;
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  /** Pixel positions without zoom. */
  px: Float32Array;
  py: Float32Array;
  /** How many points are drawn; the others lack a value. */
  drawable: number;
}

/** A picture at one zoom: what the page and the saved file both draw. */
export interface Scene {
  frame: Frame;
  view: View;
  xTicks: Tick[];
  yTicks: Tick[];
  /** Pixel positions of the zero lines, where they are in sight. */
  zeroX?: number;
  zeroY?: number;
  /** Indices of the points in sight, the most frequent first. */
  visible: number[];
  radius: number;
  alpha: number;
  labels: PlacedLabel[];
}

export const labelFont = { size: 12, height: 15 } as const;

/** Characters that a label may have: fewer where the picture is narrow. */
export function longestLabel(frame: Frame): number {
  return frame.width < 600 ? 20 : 30;
}

/** The picture's size and the room for its axes. */
export function frameOf(width: number, height: number): Frame {
  const left = width < 600 ? 40 : 52;
  const plot = {
    left,
    top: 26,
    width: Math.max(1, width - left - 8),
    height: Math.max(1, height - 26 - 46),
  };
  return { width, height, plot };
}

/** Scales and unzoomed pixel positions of all points. */
export function layOut(data: ScatterData, frame: Frame): Layout {
  const { plot } = frame;
  const x = scaleLinear(paddedExtent(data.x), [plot.left, plot.left + plot.width]);
  const y = scaleLinear(paddedExtent(data.y), [plot.top + plot.height, plot.top]);
  const px = Float32Array.from(data.x, (value) => x(value));
  const py = Float32Array.from(data.y, (value) => y(value));
  let drawable = 0;
  for (let i = 0; i < px.length; i++) {
    if (Number.isFinite(px[i]) && Number.isFinite(py[i])) drawable++;
  }
  return { frame, x, y, px, py, drawable };
}

/** Points get smaller and more transparent as there are more in sight, so that density shows. */
export function pointStyle(count: number): { radius: number; alpha: number } {
  return {
    radius: count <= 150 ? 4 : count <= 1500 ? 3.5 : 2.5,
    alpha: Math.min(0.9, Math.max(0.15, 22 / Math.sqrt(count))),
  };
}

/**
 * The picture at one zoom.
 *
 * @param shown false for points that are hidden at the moment
 * @param first indices that are labelled before the others, whatever their frequency
 * @param labelWidth pixels that a point's label takes
 */
export function scatterScene(
  layout: Layout,
  view: View,
  shown: (index: number) => boolean,
  first: readonly number[],
  labelWidth: (index: number) => number,
): Scene {
  const { frame, px, py } = layout;
  const { plot } = frame;
  const right = plot.left + plot.width;
  const bottom = plot.top + plot.height;
  const visible: number[] = [];
  for (let i = 0; i < px.length; i++) {
    const x = px[i] * view.k + view.x;
    const y = py[i] * view.k + view.y;
    if (x >= plot.left && x <= right && y >= plot.top && y <= bottom && shown(i)) visible.push(i);
  }
  const zoomed = (scale: ScaleLinear<number, number>, shift: number) =>
    scale.copy().domain(scale.range().map((at) => scale.invert((at - shift) / view.k)));
  const x = zoomed(layout.x, view.x);
  const y = zoomed(layout.y, view.y);
  const within = (at: number, from: number, to: number) =>
    at >= from && at <= to ? at : undefined;
  const style = pointStyle(visible.length);
  const position = (i: number) => [px[i] * view.k + view.x, py[i] * view.k + view.y] as const;
  // In a cloud of points a label always covers some, and fewer of them read better.
  const sparse = visible.length <= 200;
  const wanted = new Set(first.filter((i) => shown(i)));
  const labels = placeLabels({
    order: [...wanted, ...visible.filter((i) => !wanted.has(i))],
    position,
    width: labelWidth,
    height: labelFont.height,
    offset: style.radius + 3,
    gap: 2,
    area: plot,
    limit: Math.max(8, Math.floor((plot.width * plot.height) / (sparse ? 6000 : 12_000))),
    avoid: sparse ? visible.flatMap(position) : undefined,
  });
  return {
    frame,
    view,
    xTicks: axisTicks(x, 90),
    yTicks: axisTicks(y, 56),
    zeroX: within(x(0), plot.left, right),
    zeroY: within(y(0), plot.top, bottom),
    visible,
    ...style,
    labels,
  };
}
