import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatPlural,
  formatSeconds,
  formatSetting,
  formatSigned,
} from '../../../src/lib/ui/format.ts';

describe('figures', () => {
  test.each([
    [0.75, '0.750'],
    [-0.41, '−0.410'],
    [0, '0'],
    [-0, '0'],
    [1 / 3, '0.333'],
    [0.000123456, '0.000123'],
    [0.00001234, '1.23 × 10⁻⁵'],
    [-2.5e-7, '−2.50 × 10⁻⁷'],
    [12.345, '12.3'],
    [999.4, '999'],
    [999.6, '1,000'],
    [10234.4, '10,234'],
    [3.2e12, '3.20 × 10¹²'],
    [NaN, '–'],
    [Infinity, '–'],
    [undefined, '–'],
    [null, '–'],
  ])('%s is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('a sign stands before what is not zero', () => {
    expect([0.5, -0.5, 0, NaN].map(formatSigned)).toEqual(['+0.500', '−0.500', '0', '–']);
  });

  test('counts keep every digit', () => {
    expect([0, 7, 100836, -1200, 2.6].map(formatCount)).toEqual([
      '0',
      '7',
      '100,836',
      '−1,200',
      '3',
    ]);
  });

  test('shares are percentages', () => {
    expect([0, 1, 0.123, 0.000412, undefined].map(formatPercent)).toEqual([
      '0%',
      '100%',
      '12.3%',
      '0.0412%',
      '–',
    ]);
  });
});

describe('what is not a figure', () => {
  test('settings stay as they were typed', () => {
    expect([0.0001, 64, 100000, -1, true, false, 'adam'].map(formatSetting)).toEqual([
      '0.0001',
      '64',
      '100,000',
      '−1',
      'yes',
      'no',
      'adam',
    ]);
    expect(formatSetting([1, 0.01, 'x'])).toBe('1, 0.01, x');
  });

  test('times and sizes take the unit that suits them', () => {
    expect([0.42, 9.99, 48.3, 59.7, 200, 7500, 7200].map(formatSeconds)).toEqual([
      '0.420 s',
      '9.99 s',
      '48 s',
      '1 min',
      '3 min 20 s',
      '2 h 5 min',
      '2 h',
    ]);
    expect([12, 2726234, 999_900].map(formatBytes)).toEqual(['12 bytes', '2.73 MB', '1.00 MB']);
  });

  test('one is singular', () => {
    expect([formatPlural(1, 'run'), formatPlural(2, 'run'), formatPlural(0, 'run')]).toEqual([
      '1 run',
      '2 runs',
      '0 runs',
    ]);
  });
});
