import { scaleLinear } from 'd3-scale';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hitTest } from '../../../src/lib/ui/scatter/hit.ts';
import {
  frameOf,
  layOut,
  pointStyle,
  scatterScene,
  type ScatterData,
} from '../../../src/lib/ui/scatter/scene.ts';
import { categoryLimit, shapePath } from '../../../src/lib/ui/scatter/shapes.ts';
import { axisTicks, paddedExtent } from '../../../src/lib/ui/scatter/ticks.ts';

const still = { k: 1, x: 0, y: 0 };
const all = () => true;

function points(x: number[], y: number[]): ScatterData {
  return { rows: x.map((_, i) => i), labels: x.map((_, i) => `Film ${i}`), x, y };
}

describe('axes', () => {
  test('ticks are round, with a real minus sign', () => {
    const ticks = axisTicks(scaleLinear([-1.07, 1.12], [0, 400]), 100);
    expect(ticks.map((tick) => tick.text)).toEqual(['−1.0', '−0.5', '0.0', '0.5', '1.0']);
    expect(ticks[2].at).toBeCloseTo((1.07 / 2.19) * 400, 9);
  });

  test('the range has room at both ends, and is never empty', () => {
    expect(paddedExtent([0, NaN, 10], 0.1)).toEqual([-1, 11]);
    expect(paddedExtent([5, 5], 0.1)).toEqual([4.5, 5.5]);
    expect(paddedExtent([0], 0.1)).toEqual([-0.1, 0.1]);
    expect(paddedExtent([NaN])).toEqual([0, 1]);
  });
});

describe('scatterScene', () => {
  const frame = frameOf(800, 500);

  test('higher is further up, to the right is further right', () => {
    const { px, py, drawable } = layOut(points([0, 1, NaN], [0, 1, 3]), frame);
    expect(px[1]).toBeGreaterThan(px[0]);
    expect(py[1]).toBeLessThan(py[0]);
    expect(drawable).toBe(2);
  });

  test('points without a value are neither drawn nor named', () => {
    const scene = scatterScene(
      layOut(points([0, NaN, 1], [0, 1, 1]), frame),
      still,
      all,
      [],
      () => 40,
    );
    expect(scene.visible).toEqual([0, 2]);
    expect(scene.labels.map((label) => label.index)).toEqual([0, 2]);
  });

  test('zooming in brings labels that had no room', () => {
    const side = Array.from({ length: 900 }, (_, i) => i);
    const data = points(
      side.map((i) => i % 30),
      side.map((i) => Math.floor(i / 30)),
    );
    const layout = layOut(data, frame);
    const far = scatterScene(layout, still, all, [], () => 50);
    const near = scatterScene(layout, { k: 10, x: -4000, y: -2400 }, all, [], () => 50);
    const farNames = new Set(far.labels.map((label) => label.index));
    expect(near.visible.length).toBeLessThan(far.visible.length);
    expect(near.labels.some((label) => !farNames.has(label.index))).toBe(true);
    expect(near.labels.length / near.visible.length).toBeGreaterThan(0.9);
  });

  test('zoomed ticks stay true: a tick is where its value is drawn', () => {
    const layout = layOut(points([-2, 3], [-1, 4]), frame);
    const view = { k: 3, x: -700, y: -300 };
    const scene = scatterScene(layout, view, all, [], () => 50);
    for (const tick of scene.xTicks) {
      expect(tick.at).toBeCloseTo(layout.x(tick.value) * view.k + view.x, 6);
    }
    for (const tick of scene.yTicks) {
      expect(tick.at).toBeCloseTo(layout.y(tick.value) * view.k + view.y, 6);
    }
  });

  test('asked-for items are named first, hidden ones not at all', () => {
    const same = points([1, 1, 1, 1, 1, 1, 0, 2], [1, 1, 1, 1, 1, 1, 0, 2]);
    const scene = scatterScene(
      layOut(same, frame),
      still,
      (i) => i !== 0,
      [5, 0],
      () => 60,
    );
    expect(scene.labels[0].index).toBe(5);
    expect(scene.visible).not.toContain(0);
    expect(scene.labels.map((label) => label.index)).not.toContain(0);
  });

  test('more points are drawn fainter', () => {
    expect(pointStyle(51)).toEqual({ radius: 4, alpha: 0.9 });
    expect(pointStyle(20_000).alpha).toBeLessThan(pointStyle(2_000).alpha);
    expect(pointStyle(10_000_000).alpha).toBe(0.15);
  });
});

describe('hitTest', () => {
  test('finds what a search over all points finds, at any zoom', () => {
    const coordinate = fc.float({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 }),
        coordinate,
        coordinate,
        fc.double({ min: 1, max: 20, noNaN: true }),
        (list, x, y, k) => {
          const px = Float32Array.from(list, (p) => p[0]);
          const py = Float32Array.from(list, (p) => p[1]);
          const view = { k, x: -100, y: 30 };
          const found = hitTest(px, py)(x, y, 15, view);
          const distances = list.map((_, i) =>
            Math.hypot(px[i] * k + view.x - x, py[i] * k + view.y - y),
          );
          const nearest = Math.min(...distances);
          if (found < 0) expect(nearest).toBeGreaterThan(15 - 1e-6);
          else expect(distances[found]).toBeCloseTo(nearest, 6);
        },
      ),
    );
  });

  test('of points in one place the most frequent is found; hidden and missing ones never', () => {
    const px = Float32Array.of(10, 10, NaN, 50);
    const py = Float32Array.of(10, 10, 5, 50);
    expect(hitTest(px, py)(11, 10, 5, still)).toBe(0);
    expect(hitTest(px, py, (i) => i !== 0)(11, 10, 5, still)).toBe(1);
    expect(hitTest(px, py)(30, 30, 5, still)).toBe(-1);
  });
});

test('each category has a shape of its own, the rest are circles', () => {
  const outlines = Array.from({ length: categoryLimit }, (_, i) => shapePath(i, 4));
  expect(new Set(outlines).size).toBe(8);
  expect(shapePath(-1, 4)).toBe(shapePath(0, 4));
  expect(outlines[1]).toBe('M-3.52,-3.52L3.52,-3.52L3.52,3.52L-3.52,3.52Z');
  for (const outline of outlines) expect(outline).not.toMatch(/NaN|undefined/);
});
