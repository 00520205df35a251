import type { About, ComponentRanking } from './types.ts';

const SIGNIFICANT = 0.05;
const NAMED = 3;

/**
 * What a component separates, in a sentence made from its correlations: the strongest that chance does not
 * explain (corrected p below 0.05), at most three, with their signs; or that there are none.
 */
export function describeComponent({ about, fitted }: ComponentRanking): string {
  const over = `over ${fitted.toLocaleString('en-GB')} items`;
  if (about.length === 0)
    return 'Nothing is known about the items that its scores could go along with.';
  const named = about.filter(({ pValue }) => pValue < SIGNIFICANT).slice(0, NAMED);
  if (named.length === 0) {
    return `Nothing known about the items goes along with it beyond chance, of ${about.length} attributes tried ${over}.`;
  }
  const high = list(named.map((entry) => side(entry, entry.correlation > 0)));
  const low = list(named.map((entry) => side(entry, entry.correlation < 0)));
  const figures = named.map(({ name, correlation }) => `${plain(name)} ${signed(correlation)}`);
  return `${capital(high)} from ${low}: ${figures.join(', ')} (${over}).`;
}

/** An attribute's high or low end in words. */
function side({ name }: About, high: boolean): string {
  switch (name) {
    case 'year':
      return high ? 'newer' : 'older';
    case 'log count':
      return high ? 'well-known' : 'little-known';
    case 'mean rating':
      return high ? 'highly rated' : 'poorly rated';
    case 'bias':
      return high ? 'high in bias' : 'low in bias';
    default:
      return high ? plain(name) : `not ${plain(name)}`;
  }
}

function plain(name: string): string {
  return name.replace(/^genre: /, '');
}

function list(parts: string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `+0.52`, `−0.41` */
function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
