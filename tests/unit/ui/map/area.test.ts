import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boxArea,
  encloses,
  lassoArea,
  parseArea,
  rowsInside,
  signedArea,
  writeArea,
} from '../../../../src/lib/ui/map/area.ts';

/** Whether a place lies inside, by the sum of the angles under which it sees the outline's sides. */
function winding(area: readonly number[], x: number, y: number): boolean {
  let turned = 0;
  for (let at = 0; at < area.length; at += 2) {
    const next = (at + 2) % area.length;
    const from = Math.atan2(area[at + 1] / 1000 - y, area[at] / 1000 - x);
    const to = Math.atan2(area[next + 1] / 1000 - y, area[next] / 1000 - x);
    turned += Math.atan2(Math.sin(to - from), Math.cos(to - from));
  }
  return Math.abs(turned) > Math.PI;
}

const points = {
  rows: [0, 1, 2, 3, 7],
  x: Float32Array.of(0, 0.5, -0.5, 0.9, 0.1),
  y: Float32Array.of(0, 0.5, -0.5, 0.9, -0.1),
};

describe('a box', () => {
  test('holds the points between its corners, whichever way it was drawn', () => {
    expect(rowsInside(points, boxArea([-0.2, -0.2], [0.6, 0.6]))).toEqual([0, 1, 7]);
    expect(rowsInside(points, boxArea([0.6, -0.2], [-0.2, 0.6]))).toEqual([0, 1, 7]);
    expect(rowsInside(points, boxArea([0.2, 0.2], [0.3, 0.3]))).toEqual([]);
  });
});

describe('a lasso', () => {
  test('leaves out what lies in its notch', () => {
    // A C open to the right: the box around it holds the notch, its outline does not.
    const c = [-1, -1, 1, -1, 1, -0.5, -0.5, -0.5, -0.5, 0.5, 1, 0.5, 1, 1, -1, 1];
    const area = lassoArea(c)!;
    expect(encloses(area, 0, 0)).toBe(false);
    expect(encloses(area, -0.75, 0)).toBe(true);
    expect(encloses(area, 0.5, 0.75)).toBe(true);
  });

  test('agrees with the angles under which its sides are seen, for any round shape', () => {
    const shape = fc
      .array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 3, maxLength: 30 })
      .map((radii) =>
        radii.flatMap((radius, i) => {
          const angle = (2 * Math.PI * i) / radii.length;
          return [radius * Math.cos(angle), radius * Math.sin(angle)];
        }),
      );
    const place = fc.double({ min: -1.2, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(shape, place, place, (corners, x, y) => {
        const area = lassoArea(corners);
        fc.pre(area !== undefined);
        expect(encloses(area!, x + 0.00037, y + 0.00041)).toBe(
          winding(area!, x + 0.00037, y + 0.00041),
        );
      }),
    );
  });

  test('of a thousand places keeps forty corners and nearly the same area', () => {
    const circle = Array.from({ length: 1000 }, (_, i) => (2 * Math.PI * i) / 1000).flatMap((t) => [
      0.8 * Math.cos(t),
      0.8 * Math.sin(t),
    ]);
    const area = lassoArea(circle)!;
    expect(area.length).toBe(80);
    expect(signedArea(area) / 1e6).toBeGreaterThan(0.98 * Math.PI * 0.64);
    expect(signedArea(area) / 1e6).toBeLessThan(Math.PI * 0.64);
  });

  test('that encloses nothing is none', () => {
    expect(lassoArea([])).toBeUndefined();
    expect(lassoArea([0.1, 0.1])).toBeUndefined();
    expect(lassoArea([0, 0, 0.5, 0.5, 1, 1])).toBeUndefined();
  });
});

describe('in an address', () => {
  const corner = fc.integer({ min: -3000, max: 3000 });
  test('what was written is read again', () => {
    const areas = fc.array(fc.tuple(corner, corner), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(areas, (corners) => {
        const written = writeArea(corners.flat());
        expect(parseArea(written)).toEqual(corners.flat());
        expect(encodeURIComponent(written)).toBe(written);
      }),
    );
  });

  test.each(['', '1.2', '1.2_3.4', 'a.b_c.d_e.f', '1.2_3.4_5', '1.2_3.4_5.99999', '1.2.3_4.5_6.7'])(
    '%j is no area',
    (text) => expect(parseArea(text)).toBeUndefined(),
  );
});
