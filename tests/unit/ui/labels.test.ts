import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutMiddle,
  placeLabels,
  places,
  type Box,
  type LabelPlacement,
} from '../../../src/lib/ui/scatter/labels.ts';

const area = { left: 40, top: 10, width: 500, height: 300 };

function placement(
  points: readonly (readonly [number, number])[],
  widths: readonly number[],
  more: Partial<LabelPlacement> = {},
): LabelPlacement {
  return {
    order: points.keys(),
    position: (i) => points[i],
    width: (i) => widths[i],
    height: 14,
    offset: 6,
    gap: 2,
    area,
    limit: Infinity,
    ...more,
  };
}

/** Whether two boxes overlap once each has grown by half the gap of 2; said otherwise than in the code. */
function near(a: Box, b: Box): boolean {
  const middle = (box: Box) => [box.left + box.width / 2, box.top + box.height / 2];
  const [ax, ay] = middle(a);
  const [bx, by] = middle(b);
  return (
    Math.abs(ax - bx) < (a.width + b.width) / 2 + 2 - 1e-9 &&
    Math.abs(ay - by) < (a.height + b.height) / 2 + 2 - 1e-9
  );
}

const scattered = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 600 }),
      fc.integer({ min: 0, max: 350 }),
      fc.integer({ min: 1, max: 200 }),
    ),
    { maxLength: 120, size: 'max' },
  )
  .map((items) => ({
    points: items.map(([x, y]) => [x, y] as const),
    widths: items.map(([, , width]) => width),
  }));

describe('placeLabels', () => {
  test('no two labels overlap, and all stay inside', () => {
    fc.assert(
      fc.property(scattered, fc.boolean(), ({ points, widths }, avoiding) => {
        const placed = placeLabels(
          placement(points, widths, avoiding ? { avoid: points.flat() } : {}),
        );
        for (const [i, a] of placed.entries()) {
          expect(a.left).toBeGreaterThanOrEqual(area.left);
          expect(a.top).toBeGreaterThanOrEqual(area.top);
          expect(a.left + a.width).toBeLessThanOrEqual(area.left + area.width);
          expect(a.top + a.height).toBeLessThanOrEqual(area.top + area.height);
          for (const b of placed.slice(i + 1)) expect(near(a, b)).toBe(false);
        }
      }),
    );
  });

  test('a label is left out only when more frequent ones or the edge take all its places', () => {
    fc.assert(
      fc.property(scattered, ({ points, widths }) => {
        const placed = placeLabels(placement(points, widths));
        const has = new Set(placed.map((label) => label.index));
        for (const [i, [x, y]] of points.entries()) {
          const isInside = x >= 40 && x <= 540 && y >= 10 && y <= 310;
          if (has.has(i) || !isInside) continue;
          const before = placed.filter((label) => label.index < i);
          for (const box of places(x, y, widths[i], 14, 6)) {
            const outside =
              box.left < 40 || box.top < 10 || box.left + box.width > 540 || box.top + 14 > 310;
            expect(outside || before.some((label) => near(box, label))).toBe(true);
          }
        }
      }),
    );
  });

  test('of points in one place the most frequent is named first, to its right', () => {
    const at = [300, 150] as const;
    const placed = placeLabels(placement([at, at, at, at, at, at], [60, 60, 60, 60, 60, 60]));
    expect(placed.map((label) => label.index)).toEqual([0, 1]);
    expect(placed[0]).toMatchObject({ left: 306, top: 143 });
    expect(placed[1]).toMatchObject({ left: 234, top: 143 });
  });

  test('a label turns away from points where it has a free choice', () => {
    const [label] = placeLabels(
      placement([[300, 150]], [60], { avoid: [300, 150, 330, 150, 270, 150] }),
    );
    expect(label).toMatchObject({ left: 270, top: 130 });
  });

  test('stops at the limit', () => {
    const points = Array.from({ length: 10 }, (_, i) => [60, 20 + i * 28] as const);
    expect(
      placeLabels(
        placement(
          points,
          points.map(() => 40),
          { limit: 3 },
        ),
      ),
    ).toHaveLength(3);
  });
});

describe('cutMiddle', () => {
  test('keeps both ends of a long title, and short ones whole', () => {
    const title = 'Lord of the Rings: The Fellowship of the Ring, The (2001)';
    expect(cutMiddle(title, 30)).toBe('Lord of the Rin…ng, The (2001)');
    expect(cutMiddle('Babe (1995)', 30)).toBe('Babe (1995)');
  });

  test('does not cut a character in two', () => {
    expect(cutMiddle('😀😁😂🤣😃😄', 3)).toBe('😀…😄');
  });
});
