import type { Manifest } from '../../run/types.ts';
import { formatCount, formatNumber, formatPlural, formatSeconds } from '../format.ts';
import { itemNoun } from './summary.ts';

const rungs: Record<string, string> = {
  cuda: 'CUDA on a graphics card',
  webgpu: 'WebGPU on a graphics card',
  wasm: 'WebAssembly',
  kernel: 'our own WebAssembly kernel',
  javascript: 'plain JavaScript',
  imported: 'another program',
};

/** What computed the run, in words. */
export function rungInWords(backend: string): string {
  return rungs[backend] ?? backend;
}

/** `100,836 ratings by 610 users of 9,724 movies`, `25,000 for training, 25,000 for testing`, from the data set's counts; empty without them. */
export function dataInWords({ counts }: Manifest['dataset']): string {
  const rest = { ...counts };
  const take = (name: string) => {
    const value = rest[name];
    delete rest[name];
    return value;
  };
  const [ratings, users, movies] = ['ratings', 'users', 'movies'].map(take);
  const parts: string[] = [];
  if (ratings !== undefined) {
    const by = users === undefined ? '' : ` by ${formatPlural(users, 'user')}`;
    const of = movies === undefined ? '' : ` of ${formatPlural(movies, 'movie')}`;
    parts.push(`${formatPlural(ratings, 'rating')}${by}${of}`);
  }
  const { train, test } = rest;
  if (train !== undefined && test !== undefined) {
    ['train', 'test'].forEach(take);
    parts.push(`${formatCount(train)} for training, ${formatCount(test)} for testing`);
  }
  for (const [name, value] of Object.entries(rest)) parts.push(`${formatCount(value)} ${name}`);
  return parts.join(', ');
}

/** One sentence: how many items in how many dimensions, learnt by what, from what, in how long. */
export function runInWords(manifest: Manifest): string {
  const { count, kind, dimensions, model, dataset, training } = manifest;
  const items = `${formatCount(count)} ${itemNoun(kind, count)}`;
  const data = [dataset.name, dataset.release].filter(Boolean).join(' ');
  if (training.backend === 'imported') {
    return `Vectors of ${dimensions} numbers for ${items}, which another program learnt, from ${data}.`;
  }
  const time = training.seconds > 0 ? ` in ${formatSeconds(training.seconds)}` : '';
  return `Vectors of ${dimensions} numbers for ${items}, learnt by the model “${model.name}” from ${data}${time}.`;
}

/** What a polarity, a difference of log odds, says: `5.16 times as common in negative reviews`. */
export function polarityInWords(polarity: number): string {
  const times = formatNumber(Math.exp(Math.abs(polarity)));
  if (times === '1.00') return 'as common in negative reviews as in positive ones';
  return `${times} times as common in ${polarity < 0 ? 'negative' : 'positive'} reviews`;
}

/** The text with its first letter large. */
export function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase('en-GB') + text.slice(1);
}

/** `camelCase` and `snake_case` as words: `learningRate` → `learning rate`. */
export function nameInWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .replace(/[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());
}

/** A date as written in Britain, in UTC: 23 November 2026, 15:00 UTC; the text itself if it is none. */
export function dateInWords(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${day.format(date)}, ${time.format(date)} UTC`;
}
