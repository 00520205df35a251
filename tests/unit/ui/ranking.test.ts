import { expect, test } from 'vitest';
import { barDomain, barPlace, withoutYear } from '../../../src/lib/ui/ranking/bar.ts';

test('bars of top and bottom share one zero, to the left of which scores are below it', () => {
  const domain = barDomain([3, 1, -1]);
  expect(domain).toEqual([-1, 3]);
  expect(barPlace(3, domain)).toEqual({ left: 25, width: 75, zero: 25 });
  expect(barPlace(-1, domain)).toEqual({ left: 0, width: 25, zero: 25 });
  expect(barPlace(1, domain)).toEqual({ left: 25, width: 25, zero: 25 });
  expect(barPlace(0, domain)).toEqual({ left: 25, width: 0, zero: 25 });
});

test('bars of scores that are all above zero start at the left edge', () => {
  expect(barPlace(2, barDomain([2, 4]))).toEqual({ left: 0, width: 50, zero: 0 });
});

test('no scores, or none but zero, or NaN give a bar of no length', () => {
  expect(barPlace(0, barDomain([]))).toEqual({ left: 0, width: 0, zero: 0 });
  expect(barPlace(NaN, barDomain([NaN, -2, 2]))).toEqual({ left: 50, width: 0, zero: 50 });
});

test('the year leaves a title only where it is the column’s own', () => {
  expect(withoutYear('Babe (1995)', 1995)).toBe('Babe');
  expect(withoutYear('Babe (1995)', 1996)).toBe('Babe (1995)');
  expect(withoutYear('2001: A Space Odyssey', undefined)).toBe('2001: A Space Odyssey');
});
