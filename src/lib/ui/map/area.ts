import type { MapPoints } from './layout.ts';

/** The corners of a polygon on a map, x and y in turn, in thousandths of the square from −1 to 1. */
export type Area = readonly number[];

/** So few corners that the area fits into an address. */
const mostCorners = 40;
const unit = 1000;
const bound = 3 * unit;

/** The rectangle between two places of the square. */
export function boxArea([x1, y1]: readonly number[], [x2, y2]: readonly number[]): Area {
  return [x1, y1, x2, y1, x2, y2, x1, y2].map((value) => Math.round(value * unit));
}

/**
 * The outline that was drawn, with at most 40 corners: those left out change its area least (Visvalingam and
 * Whyatt 1993).
 *
 * @param places x and y in turn, in the square from −1 to 1
 * @returns undefined when the outline encloses nothing
 */
export function lassoArea(places: readonly number[]): Area | undefined {
  const corners: [number, number][] = [];
  for (let at = 0; at + 1 < places.length; at += 2) {
    const corner: [number, number] = [
      Math.round(places[at] * unit),
      Math.round(places[at + 1] * unit),
    ];
    const last = corners.at(-1);
    if (!last || last[0] !== corner[0] || last[1] !== corner[1]) corners.push(corner);
  }
  while (corners.length > mostCorners) {
    let least = Infinity;
    let drop = 0;
    for (let i = 0; i < corners.length; i++) {
      const before = corners[(i + corners.length - 1) % corners.length];
      const after = corners[(i + 1) % corners.length];
      const size = triangle(before, corners[i], after);
      if (size < least) {
        least = size;
        drop = i;
      }
    }
    corners.splice(drop, 1);
  }
  const area = corners.flat();
  return Math.abs(signedArea(area)) > 0 ? area : undefined;
}

/**
 * The area of what was drawn in pixels, x and y in turn: of a box two opposite corners at the ends.
 *
 * @param place of the square under a pixel
 * @returns undefined when the outline encloses nothing
 */
export function drawnArea(
  { box, pixels }: { box: boolean; pixels: readonly number[] },
  place: (x: number, y: number) => [number, number],
): Area | undefined {
  const places: [number, number][] = [];
  for (let at = 0; at < pixels.length; at += 2) places.push(place(pixels[at], pixels[at + 1]));
  return box ? boxArea(places[0], places[places.length - 1]) : lassoArea(places.flat());
}

/** The corners as places of the square. */
export function cornersOf(area: Area): [number, number][] {
  const corners: [number, number][] = [];
  for (let at = 0; at < area.length; at += 2) {
    corners.push([area[at] / unit, area[at + 1] / unit]);
  }
  return corners;
}

function triangle([ax, ay]: number[], [bx, by]: number[], [cx, cy]: number[]): number {
  return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
}

/** By the shoelace formula; positive when the corners go round against the clock. */
export function signedArea(area: Area): number {
  let twice = 0;
  for (let at = 0; at < area.length; at += 2) {
    const next = (at + 2) % area.length;
    twice += area[at] * area[next + 1] - area[next] * area[at + 1];
  }
  return twice / 2;
}

/** Whether a place of the square lies inside: whether a ray from it crosses the outline an odd number of times. */
export function encloses(area: Area, x: number, y: number): boolean {
  let within = false;
  for (let at = 0, last = area.length - 2; at < area.length; last = at, at += 2) {
    const [x1, y1, x2, y2] = [area[at], area[at + 1], area[last], area[last + 1]];
    const crosses =
      y1 > y * unit !== y2 > y * unit && x * unit < ((x2 - x1) * (y * unit - y1)) / (y2 - y1) + x1;
    if (crosses) within = !within;
  }
  return within;
}

/** The rows inside an area, in the order of the points. */
export function rowsInside({ rows, x, y }: MapPoints, area: Area): number[] {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < area.length; at += 2) {
    left = Math.min(left, area[at] / unit);
    right = Math.max(right, area[at] / unit);
    low = Math.min(low, area[at + 1] / unit);
    high = Math.max(high, area[at + 1] / unit);
  }
  const inside: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    if (x[i] < left || x[i] > right || y[i] < low || y[i] > high) continue;
    if (encloses(area, x[i], y[i])) inside.push(rows[i]);
  }
  return inside;
}

/** `-120.33_40.55_…` as an area; undefined for anything else. */
export function parseArea(text: string): Area | undefined {
  if (!/^-?\d+\.-?\d+(_-?\d+\.-?\d+)+$/.test(text)) return undefined;
  const area = text.split(/[._]/).map(Number);
  const fits = area.length >= 6 && area.length <= 2 * mostCorners;
  return fits && area.every((value) => Math.abs(value) <= bound) ? area : undefined;
}

export function writeArea(area: Area): string {
  const corners: string[] = [];
  for (let at = 0; at < area.length; at += 2) corners.push(`${area[at]}.${area[at + 1]}`);
  return corners.join('_');
}
