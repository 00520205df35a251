import type { PairMaps } from '../../analysis/pairMaps.ts';
import { formatPercent } from '../format.ts';
import { fitSquare, type MapPoints } from '../map/layout.ts';

/** Two maps of the same items in one square from −1 to 1, so that a place means the same in both. */
export interface PairPlaces {
  a: MapPoints;
  b: MapPoints;
  /** How far each point moves from A to B, in widths of the square. */
  moved: Float64Array;
  /** The same, rising. */
  sorted: Float64Array;
}

/** Both maps, moved and shrunk alike so that together they fill the square. */
export function pairPlaces({ items, a, b }: Pick<PairMaps, 'items' | 'a' | 'b'>): PairPlaces {
  const n = items.length;
  const both = new Float32Array(4 * n);
  both.set(a);
  both.set(b, 2 * n);
  const { x, y } = fitSquare(both, { length: 2 * n });
  const half = (from: number): MapPoints => ({
    rows: items,
    x: x.subarray(from, from + n),
    y: y.subarray(from, from + n),
  });
  const [inA, inB] = [half(0), half(n)];
  const moved = Float64Array.from(
    items,
    (_, i) => Math.hypot(inB.x[i] - inA.x[i], inB.y[i] - inA.y[i]) / 2,
  );
  return { a: inA, b: inB, moved, sorted: moved.slice().sort() };
}

/** Where the points are at `t` of the way from A (0) to B (1), each on a straight line. */
export function onTheWay({ a, b }: PairPlaces, t: number): MapPoints {
  if (t === 0) return a;
  if (t === 1) return b;
  const mix = (from: Float32Array, to: Float32Array) =>
    from.map((value, i) => value + (to[i] - value) * t);
  return { rows: a.rows, x: mix(a.x, b.x), y: mix(a.y, b.y) };
}

/** Slow at both ends: 3t² − 2t³. */
export function eased(t: number): number {
  const within = Math.min(1, Math.max(0, t));
  return within * within * (3 - 2 * within);
}

/** What a slider at `t` says. */
export function positionInWords(t: number): string {
  if (t <= 0) return 'at A’s places';
  if (t >= 1) return 'at B’s places';
  return `${Math.round(100 * t)}% of the way from A to B`;
}

const directions = [
  'to the right',
  'up and to the right',
  'up',
  'up and to the left',
  'to the left',
  'down and to the left',
  'down',
  'down and to the right',
];

/** Below a thousandth of the map's width a move cannot be seen. */
const unseen = 0.001;

/**
 * How far point i moves and which way, against how far the others do.
 *
 * @param noun what the points are: `movies`
 */
export function movedInWords({ a, b, moved, sorted }: PairPlaces, i: number, noun: string): string {
  if (!(moved[i] >= unseen)) return 'stands in the same place in both maps';
  const angle = Math.atan2(b.y[i] - a.y[i], b.x[i] - a.x[i]);
  const eighth = (Math.round(angle / (Math.PI / 4)) + 8) % 8;
  const others = sorted.length - 1;
  const nearer = sorted.findIndex((distance) => distance >= moved[i]);
  const against =
    others < 1
      ? ''
      : nearer === 0
        ? `, less far than all other ${noun}`
        : nearer === others
          ? `, further than all other ${noun}`
          : `, further than ${formatPercent(nearer / others)} of the ${noun}`;
  return `moved ${formatPercent(moved[i])} of the map’s width ${directions[eighth]}${against}`;
}
