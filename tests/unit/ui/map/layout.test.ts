import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../../../src/lib/math/random.ts';
import {
  firstRows,
  fitSquare,
  indexOfRow,
  mapFrame,
  mapRanks,
  mapScene,
  pixelAt,
  pixelPlaces,
  placeUnder,
  startOf,
} from '../../../../src/lib/ui/map/layout.ts';

const frame = mapFrame(900, 600);
const whole = { k: 1, x: 0, y: 0 };

describe('fitSquare', () => {
  test('fills the square along the longer axis, and keeps the shape', () => {
    const { x, y } = fitSquare(Float32Array.of(10, 5, 20, 5, 14, 9), firstRows(3));
    expect([...x]).toEqual([-1, 1, expect.closeTo(-0.2, 6)]);
    expect([...y]).toEqual([
      expect.closeTo(-0.4, 6),
      expect.closeTo(-0.4, 6),
      expect.closeTo(0.4, 6),
    ]);
  });

  test('points in one place lie in the middle; one that has none has none', () => {
    const { x, y } = fitSquare(Float32Array.of(3, 3, 3, 3, NaN, 1), firstRows(2));
    expect([...x, ...y]).toEqual([0, 0, 0, 0]);
    expect(fitSquare(Float32Array.of(0, 0, NaN, 1, 2, 2), firstRows(3)).x[1]).toBeNaN();
    expect(fitSquare(new Float32Array(0), firstRows(0)).x.length).toBe(0);
  });
});

test('a pixel is the place that is drawn there, at any zoom', () => {
  const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
  const view = fc.record({
    k: fc.double({ min: 1, max: 60, noNaN: true }),
    x: fc.integer({ min: -5000, max: 5000 }),
    y: fc.integer({ min: -5000, max: 5000 }),
  });
  fc.assert(
    fc.property(coordinate, coordinate, view, (x, y, view) => {
      const [px, py] = pixelAt(x, y, view, frame);
      const [backX, backY] = placeUnder(px, py, view, frame);
      expect(backX).toBeCloseTo(x, 6);
      expect(backY).toBeCloseTo(y, 6);
    }),
  );
  const points = { rows: [0], x: Float32Array.of(0.5), y: Float32Array.of(0.25) };
  const { px, py } = pixelPlaces(points, frame);
  expect([px[0], py[0]]).toEqual(pixelAt(0.5, 0.25, whole, frame));
});

describe('labels', () => {
  const draw = random(11);
  const n = 3000;
  const cloud = fitSquare(
    Float32Array.from({ length: 2 * n }, () => draw.normal()),
    firstRows(n),
  );
  const places = pixelPlaces(cloud, frame);
  const width = (i: number) => 30 + (i % 7) * 10;
  const sceneAt = (view: typeof whole, shown = (_: number) => true, first: number[] = []) =>
    mapScene(places, frame, view, shown, first, width);
  const middle = (k: number) => ({ k, x: 450 * (1 - k), y: 300 * (1 - k) });

  test('never overlap, at any zoom', () => {
    for (const k of [1, 3, 10, 40]) {
      const { labels } = sceneAt(middle(k));
      expect(labels.length).toBeGreaterThan(5);
      labels.forEach((a, i) => {
        for (const b of labels.slice(i + 1)) {
          const apart =
            a.left + a.width <= b.left ||
            b.left + b.width <= a.left ||
            a.top + a.height <= b.top ||
            b.top + b.height <= a.top;
          expect(apart).toBe(true);
        }
      });
    }
  });

  test('name the most frequent, and more of the rest as one zooms in', () => {
    const far = sceneAt(whole).labels.map(({ index }) => index);
    const near = sceneAt(middle(8));
    const named = near.labels.map(({ index }) => index);
    expect(far[0]).toBe(0);
    const unnamedBefore = near.visible.filter((i) => !far.includes(i));
    expect(named.filter((i) => unnamedBefore.includes(i)).length).toBeGreaterThan(20);
    // Whoever stays without a label has one of a more frequent item, or the picture's edge, in its way.
    expect([...named].sort((a, b) => a - b)).toEqual(named);
  });

  test('name the chosen before all others, unless they are hidden', () => {
    expect(sceneAt(whole, undefined, [2500]).labels[0].index).toBe(2500);
    const hidden = sceneAt(whole, (i) => i !== 2500 && i > 0, [2500]);
    expect(hidden.labels.map(({ index }) => index)).not.toContain(2500);
    expect(hidden.visible).not.toContain(0);
  });

  test('an empty map has none', () => {
    const none = pixelPlaces(fitSquare(new Float32Array(0), firstRows(0)), frame);
    const scene = mapScene(none, frame, whole, () => true, [], width);
    expect(scene.labels).toEqual([]);
    expect(scene.visible).toEqual([]);
  });
});

test('indexOfRow finds every row that is there, and no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 200 })), (rows) => {
      const rising = rows.sort((a, b) => a - b);
      for (let row = 0; row <= 200; row++) {
        expect(indexOfRow(rising, row)).toBe(rising.indexOf(row));
      }
    }),
  );
});

test('mapRanks counts who is nearer on the map', () => {
  const line = {
    rows: [0, 1, 2, 3, 4],
    x: Float32Array.of(0, 1, 2, 4, -1),
    y: new Float32Array(5),
  };
  // From 0: 1 and 4 are equally far, then 2, then 3.
  expect(mapRanks(line, 0, [3, 1, 4, 2])).toEqual([4, 1, 2, 3]);
  expect(mapRanks(line, 0, [])).toEqual([]);
});

test('points start where the other map has them, and those that it lacks where they are to be', () => {
  const from = { rows: [0, 2], x: Float32Array.of(5, 6), y: Float32Array.of(7, 8) };
  const to = { rows: [0, 1, 2], x: Float32Array.of(1, 2, 3), y: Float32Array.of(1, 2, 3) };
  const start = startOf(from, to);
  expect([...start.x]).toEqual([5, 2, 6]);
  expect([...start.y]).toEqual([7, 2, 8]);
  expect(start.rows).toBe(to.rows);
});
