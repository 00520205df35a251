import type { RunKind } from '../run/types.ts';
import type { About, ComponentRanking } from './types.ts';

const SIGNIFICANT = 0.05;
/** What goes along less than this share of the strongest is not named. */
const NAMED_SHARE = 0.2;
const ADJECTIVES = 2;
/** At each end. */
const GENRES = 2;
const FIGURES = 4;
const GENRE = 'genre: ';

/** How a list of films of a genre is called, where that is not the genre's own name. */
const PLURALS: Record<string, string> = {
  Children: 'children’s films',
  Comedy: 'comedies',
  Documentary: 'documentaries',
  Drama: 'dramas',
  'Film-Noir': 'film noir',
  IMAX: 'IMAX films',
  Musical: 'musicals',
  Mystery: 'mysteries',
  Romance: 'romances',
  'Sci-Fi': 'science fiction',
  Thriller: 'thrillers',
  War: 'war films',
  Western: 'westerns',
  '(no genres listed)': 'films without a genre',
};

/**
 * What a component separates, in a sentence made from its correlations, high scores first: "Highly rated dramas
 * from poorly rated action: …". It names only what chance does not explain (corrected p below 0.05), the strongest,
 * and gives at most four figures; or it says that there is nothing.
 */
export function describeComponent({ about, fitted, kind }: ComponentRanking): string {
  const over = `over ${fitted.toLocaleString('en-GB')} ${nounOf(kind)}`;
  if (about.length === 0) {
    return `Nothing is known about the ${nounOf(kind)} that its scores could go along with.`;
  }
  const named = choose(about);
  if (named.length === 0) {
    const tried = `${about.length} ${about.length === 1 ? 'attribute was' : 'attributes were'} tried`;
    return `Nothing known about the ${nounOf(kind)} goes along with it beyond chance: ${tried} ${over}.`;
  }
  const figures = named
    .slice(0, FIGURES)
    .map(({ name, correlation }) => `${name.replace(GENRE, '')} ${signed(correlation)}`);
  return `${capital(end(named, 1, kind))} from ${end(named, -1, kind)}: ${figures.join(', ')} (${over}).`;
}

/** The attributes to name, strongest first. */
function choose(about: readonly About[]): About[] {
  const certain = about.filter(({ pValue }) => pValue < SIGNIFICANT);
  const rating = certain.find(({ name }) => name === 'mean rating');
  const strong = certain
    .filter(({ correlation }) => Math.abs(correlation) >= NAMED_SHARE * strongest(certain))
    // Bias and mean rating say nearly the same, and people know what a rating is.
    .filter(
      ({ name, correlation }) =>
        name !== 'bias' || !(rating && rating.correlation * correlation > 0),
    );
  const genres = strong.filter(isGenre);
  const kept = new Set([
    ...strong.filter((entry) => !isGenre(entry)).slice(0, ADJECTIVES),
    ...genres.filter(({ correlation }) => correlation > 0).slice(0, GENRES),
    ...genres.filter(({ correlation }) => correlation < 0).slice(0, GENRES),
  ]);
  // An adjective leads its phrase, so it must be strong enough to have its figure.
  return strong
    .filter((entry) => kept.has(entry))
    .filter((entry, rank) => rank < FIGURES || isGenre(entry));
}

function strongest(about: readonly About[]): number {
  return about.reduce((most, { correlation }) => Math.max(most, Math.abs(correlation)), 0);
}

function isGenre({ name }: About): boolean {
  return name.startsWith(GENRE);
}

/** The end of high scores (`sign` 1) or of low ones (−1): "highly rated, older dramas and westerns". */
function end(named: readonly About[], sign: 1 | -1, kind: RunKind): string {
  const adjectives = named
    .filter((entry) => !isGenre(entry))
    .map(({ name, correlation }) => adjective(name, correlation * sign > 0, kind))
    .join(', ');
  const genres = named
    .filter((entry) => isGenre(entry) && entry.correlation * sign > 0)
    .map(({ name }) => plural(name.slice(GENRE.length), kind));
  const noun = genres.join(' and ') || nounOf(kind);
  if (adjectives) return `${adjectives} ${noun}`;
  return genres.length > 0 ? noun : `other ${noun}`;
}

function adjective(name: string, high: boolean, kind: RunKind): string {
  switch (name) {
    case 'year':
      return high ? 'newer' : 'older';
    case 'log count':
      if (kind === 'movies') return high ? 'well-known' : 'little-known';
      return high ? 'frequent' : 'rare';
    case 'mean rating':
      return high ? 'highly rated' : 'poorly rated';
    case 'polarity':
      return high ? 'positive' : 'negative';
    default:
      return `${high ? 'high' : 'low'}-${name}`;
  }
}

function plural(genre: string, kind: RunKind): string {
  return kind === 'movies' ? (PLURALS[genre] ?? genre.toLowerCase()) : `${genre} ${nounOf(kind)}`;
}

function nounOf(kind: RunKind): string {
  return kind === 'movies' ? 'films' : kind;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `+0.52`, `−0.41` */
function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
