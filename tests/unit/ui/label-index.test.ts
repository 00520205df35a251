import { describe, expect, test } from 'vitest';
import { LabelIndex } from '../../../src/lib/ui/search/label-index.ts';

const labels = [
  'Star Wars: Episode IV - A New Hope',
  'Shawshank Redemption, The',
  'Amélie (Fabuleux destin d’Amélie Poulain, Le)',
  'Seven (a.k.a. Se7en)',
  'Godfather, The',
  'Godfather: Part II, The',
  'Seven Samurai (Shichinin no samurai)',
  'Star Trek: First Contact',
  'Seven',
  '2001: A Space Odyssey',
  'Ёлки',
  '!!!',
];
const index = new LabelIndex(labels);
const found = (text: string, limit = 8) => index.find(text, limit).map((row) => labels[row]);

describe('what a person types', () => {
  test('an exact label comes first, then the better known', () => {
    expect(found('seven')).toEqual([
      'Seven',
      'Seven (a.k.a. Se7en)',
      'Seven Samurai (Shichinin no samurai)',
    ]);
  });
  test.each([
    ['shawshenk', 'Shawshank Redemption, The'],
    ['redemtion', 'Shawshank Redemption, The'],
    ['godfahter', 'Godfather, The'],
    ['kodfather', 'Godfather, The'],
    ['the godfather', 'Godfather, The'],
    ['hope star wars', 'Star Wars: Episode IV - A New Hope'],
    ['amelie', 'Amélie (Fabuleux destin d’Amélie Poulain, Le)'],
    ['2001', '2001: A Space Odyssey'],
    ['ёлки', 'Ёлки'],
    ['!!', '!!!'],
  ])('%s finds %s', (text, label) => {
    expect(found(text)[0]).toBe(label);
  });
  test('finds nothing where nothing is like it, and nothing for nothing', () => {
    expect(found('xylophone')).toEqual([]);
    expect(found('')).toEqual([]);
    expect(found('   ')).toEqual([]);
  });
  test('gives no more than asked for', () => {
    expect(found('s', 2)).toHaveLength(2);
  });
});
