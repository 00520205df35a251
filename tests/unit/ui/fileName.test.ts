import { expect, test } from 'vitest';
import { fileName } from '../../../src/lib/ui/export/fileName.ts';
import { escapeXml } from '../../../src/lib/ui/export/picture.ts';

test('a file name says run, page and settings, and leaves out what is not set', () => {
  expect(
    fileName(
      ['mf-1', 'components', 'top'],
      { component: 2, genre: ['Drama', 'Film-Noir'], from: undefined, like: '' },
      'csv',
    ),
  ).toBe('mf-1_components_top_component-2_genre-drama-film-noir.csv');
});

test('a file name holds nothing that a file system refuses', () => {
  expect(fileName(['../Amélie: “x” / ?*', ''], {}, 'png')).toBe('amelie-x.png');
  expect(fileName(['日本'], {}, 'png')).toBe('embedscope.png');
  expect(fileName(['a'.repeat(300)], {}, 'svg')).toHaveLength(124);
});

test('text in an SVG is escaped, control characters dropped', () => {
  expect(escapeXml('<Tom & "Jerry\'s">\u0000\t')).toBe(
    '&lt;Tom &amp; &quot;Jerry&apos;s&quot;&gt;\t',
  );
});
