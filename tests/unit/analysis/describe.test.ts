import { describe, expect, it } from 'vitest';
import { describeComponent } from '../../../src/lib/analysis/describe.ts';
import type { ComponentRanking } from '../../../src/lib/analysis/types.ts';

/** The sentence for attributes of these correlations; a name that ends in `?` is not significant. */
function sentence(
  attributes: Record<string, number>,
  kind: ComponentRanking['kind'] = 'movies',
): string {
  const about = Object.entries(attributes)
    .map(([name, correlation]) => ({
      name: name.replace('?', ''),
      correlation,
      n: 2000,
      pValue: name.endsWith('?') ? 0.05 : 0.001,
    }))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
  const rest = { component: 1, convention: 'scores' as const, explainedVariance: 1 };
  const share = { explainedVarianceRatio: 0.2, top: [], bottom: [], ranked: 9 };
  return describeComponent({ ...rest, ...share, about, fitted: 2000, kind });
}

describe('describeComponent', () => {
  it.each<[string, Record<string, number>]>([
    [
      'Highly rated, older dramas and film noir from poorly rated, newer action and adventure: mean rating +0.72, year −0.46, Drama +0.38, Action −0.37 (over 2,000 films).',
      {
        bias: 0.76,
        'mean rating': 0.72,
        year: -0.46,
        'log count': 0.21,
        'genre: Drama': 0.38,
        'genre: Action': -0.37,
        'genre: Adventure': -0.2,
        'genre: Film-Noir': 0.16,
        'genre: War': 0.155,
        'genre: IMAX': -0.15,
      },
    ],
    [
      'Thrillers and horror from romances and children’s films: Romance −0.32, Children −0.29, Thriller +0.28, Horror +0.25 (over 2,000 films).',
      {
        'genre: Romance': -0.32,
        'genre: Children': -0.29,
        'genre: Thriller': 0.28,
        'genre: Horror': 0.25,
        'log count': -0.2,
      },
    ],
    ['Westerns from other films: Western +0.50 (over 2,000 films).', { 'genre: Western': 0.5 }],
    ['Other films from comedies: Comedy −0.50 (over 2,000 films).', { 'genre: Comedy': -0.5 }],
    [
      'Well-known films from little-known films: log count +0.40 (over 2,000 films).',
      { 'log count': 0.4, 'year?': 0.3, 'genre: Drama': 0.07 },
    ],
    ['High-bias films from low-bias films: bias +0.40 (over 2,000 films).', { bias: 0.4 }],
    [
      'High-bias, poorly rated films from low-bias, highly rated films: bias +0.40, mean rating −0.20 (over 2,000 films).',
      { bias: 0.4, 'mean rating': -0.2 },
    ],
  ])('%s', (text, attributes) => expect(sentence(attributes)).toBe(text));

  it('speaks of words and items where a run holds them', () => {
    expect(sentence({ polarity: -0.85 }, 'words')).toBe(
      'Negative words from positive words: polarity −0.85 (over 2,000 words).',
    );
    expect(sentence({ 'log count': -0.5 }, 'words')).toBe(
      'Rare words from frequent words: log count −0.50 (over 2,000 words).',
    );
    expect(sentence({ 'genre: Tools': 0.5 }, 'items')).toBe(
      'Tools items from other items: Tools +0.50 (over 2,000 items).',
    );
  });

  it('says when there is nothing to say', () => {
    expect(sentence({ 'year?': 0.6, 'bias?': 0.5 })).toBe(
      'Nothing known about the films goes along with it beyond chance: 2 attributes were tried over 2,000 films.',
    );
    expect(sentence({ 'log count?': 0.6 }, 'words')).toContain('1 attribute was tried');
    expect(sentence({}, 'items')).toBe(
      'Nothing is known about the items that its scores could go along with.',
    );
  });
});
