import { scaleLinear } from 'd3-scale';
import type { Clusters, ItemTable } from '../../analysis/types.ts';
import type { Column } from '../../run/types.ts';
import { formatCount, formatNumber } from '../format.ts';
import { categoryLimit } from '../scatter/shapes.ts';
import { rampSteps, type Ramp } from './colours.ts';

export interface LegendEntry {
  /** Index in the legend, by which points belong to it. */
  index: number;
  name: string;
  count: number;
  /** The step of the ramp that it is drawn in. */
  step: number;
}

/** What the colours of a map stand for. Entry i of the lists is row i of the run. */
export interface Colouring {
  title: string;
  ramp: Ramp;
  /** Step of the ramp of each row. */
  steps: Uint8Array;
  /** Legend entry of each row. */
  bins: Uint8Array;
  /** Those that occur. */
  entries: LegendEntry[];
}

export interface ColourChoice {
  /** As the address names it. */
  key: string;
  label: string;
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What the address names that is no column. */
const taken = ['none', 'count', 'cluster', 'bias', 'trust'];

/** A column of texts tells groups apart only where values come again. */
function groups(column: Column): boolean {
  if (column.kind !== 'text') return true;
  const present = column.values.filter((value) => value !== null);
  return new Set(present).size <= present.length / 2;
}

/** What the points of a run can be coloured by; by trust where a map places enough of them to be measured. */
export function colourChoices(
  table: ItemTable,
  countName: string,
  isMeasurable = false,
): ColourChoice[] {
  const columns = Object.entries(table.columns)
    .filter(([, column]) => groups(column))
    .map(([name]) => ({ key: name, label: sentence(name) }));
  return [
    { key: 'none', label: 'Nothing' },
    ...(table.counts[0] > 0 ? [{ key: 'count', label: countName }] : []),
    { key: 'cluster', label: 'Cluster' },
    ...(table.bias ? [{ key: 'bias', label: 'Bias' }] : []),
    ...columns.filter(({ key }) => !taken.includes(key)),
    ...(isMeasurable ? [{ key: 'trust', label: 'Trustworthiness' }] : []),
  ];
}

/** What a run is coloured by when nothing is asked for: polarity, else its groups, else its counts, else its clusters. */
export function usualColour({ columns, counts }: ItemTable): string {
  if (columns.polarity?.kind === 'number') return 'polarity';
  const tags = Object.entries(columns).find(([, column]) => column.kind === 'tags');
  if (tags) return tags[0];
  return counts[0] > 0 ? 'count' : 'cluster';
}

/**
 * The colouring by `key` of the first `rows` rows.
 *
 * @param clusters of the run; without them `cluster` is plain
 * @param trust how far the map can be trusted at each row that it places; without it `trust` is plain
 */
export function colourBy(
  table: ItemTable,
  key: string,
  rows: number,
  countName: string,
  clusters?: Clusters,
  trust?: Float64Array,
): Colouring {
  if (key === 'count')
    return byAmount(countName, Float64Array.from(table.counts.subarray(0, rows)));
  if (key === 'bias' && table.bias) {
    return byAmount('Bias', Float64Array.from(table.bias.subarray(0, rows)));
  }
  if (key === 'trust') return trust ? byTrust(trust, rows) : plain(rows);
  if (key === 'cluster') return clusters ? byCluster(clusters, rows) : plain(rows);
  const column = Object.hasOwn(table.columns, key) ? table.columns[key] : undefined;
  if (!column) return plain(rows);
  if (column.kind === 'number') {
    return byAmount(sentence(key), column.values.subarray(0, rows), key === 'year');
  }
  if (column.kind === 'tags') return byCommonest(sentence(key), column.values.slice(0, rows));
  const single = column.values.slice(0, rows).map((value) => (value === null ? [] : [value]));
  return byCommonest(sentence(key), single);
}

function plain(rows: number): Colouring {
  const none = new Uint8Array(rows);
  return { title: '', ramp: 'plain', steps: none, bins: none, entries: [] };
}

/** A colouring of which the legend's entries are counted, and those left out that do not occur. */
function counted(
  title: string,
  ramp: Ramp,
  steps: Uint8Array,
  bins: Uint8Array,
  named: { name: string; step: number }[],
): Colouring {
  const counts = new Array<number>(named.length).fill(0);
  for (const bin of bins) counts[bin]++;
  const entries = named
    .map((entry, index) => ({ ...entry, index, count: counts[index] }))
    .filter(({ count }) => count > 0);
  return { title, ramp, steps, bins, entries };
}

function byTrust(trust: Float64Array, rows: number): Colouring {
  const values = new Float64Array(rows).fill(NaN);
  values.set(trust.subarray(0, rows));
  return byAmount('How far the map can be trusted here', values);
}

function byCluster({ clusters, assignment }: Clusters, rows: number): Colouring {
  const bins = Uint8Array.from(assignment.subarray(0, rows), (cluster) => cluster);
  const steps = bins.map((cluster) => Math.min(cluster, categoryLimit));
  const names = uniqueNames(clusters.map(({ labels }) => labels.join(', ')));
  return counted(
    'Cluster',
    'categories',
    steps,
    bins,
    names.map((name, i) => ({ name, step: Math.min(i, categoryLimit) })),
  );
}

function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, i) => (names.indexOf(name) === i ? name : `${name} (${i + 1})`));
}

/** By the first of each row's tags that is among the eight commonest. */
function byCommonest(title: string, values: readonly (readonly string[])[]): Colouring {
  const counts = new Map<string, number>();
  for (const tags of values) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const names = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, categoryLimit)
    .map(([name]) => name);
  const index = new Map(names.map((name, i) => [name, i]));
  const bins = Uint8Array.from(values, (tags) => {
    const known = tags.find((tag) => index.has(tag));
    return known === undefined ? names.length : index.get(known)!;
  });
  const rest = names.length;
  const steps = bins.map((bin) => (bin === rest ? categoryLimit : bin));
  return counted(title, 'categories', steps, bins, [
    ...names.map((name, step) => ({ name, step })),
    { name: names.includes('Other') ? 'All others' : 'Other', step: categoryLimit },
  ]);
}

/** The value below which a share of the sorted values lies. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))];
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundUp(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9))! * power;
}

/** Colours by a number: diverging from zero where it has both signs, else from low to high. */
export function byAmount(title: string, values: Float64Array, years = false): Colouring {
  const finite = values.filter(Number.isFinite).sort();
  if (finite.length === 0) return plain(values.length);
  return finite[0] < 0 && finite[finite.length - 1] > 0
    ? diverging(title, values, finite)
    : sequential(title, values, finite, years);
}

function diverging(title: string, values: Float64Array, finite: Float64Array): Colouring {
  // A few far out would leave all the others grey.
  const sizes = finite.map(Math.abs).sort();
  const limit = quantile(sizes, 0.98) || sizes[sizes.length - 1];
  const width = roundUp((limit * 2) / 7);
  const edges = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5].map((edge) => edge * width);
  const write = (value: number) => formatNumber(Number(value.toPrecision(2))).replace(/\.?0+$/, '');
  return binned(title, 'diverging', values, edges, write, (value) => (value / limit + 1) / 2);
}

function sequential(
  title: string,
  values: Float64Array,
  finite: Float64Array,
  years: boolean,
): Colouring {
  const [least, most] = [finite[0], finite[finite.length - 1]];
  // What spans over two powers of ten is told by its logarithm, as counts are.
  if (least >= 0 && most > 100 * Math.max(1, least)) {
    const low = Math.log10(Math.max(1, least));
    const high = Math.log10(most);
    const decades = Math.floor(high) - Math.ceil(low + 1e-9) + 1;
    const factors = decades >= 4 ? [1] : [1, 3];
    const edges: number[] = [];
    for (let power = Math.floor(low); power <= high; power++) {
      for (const factor of factors) {
        const edge = factor * 10 ** power;
        if (edge > Math.max(1, least) && edge < most) edges.push(edge);
      }
    }
    const write = (value: number) => formatCount(value);
    const share = (value: number) => (Math.log10(Math.max(1, value)) - low) / (high - low);
    return binned(title, 'sequential', values, edges, write, share);
  }
  const [from, to] = [quantile(finite, 0.02), quantile(finite, 0.98)];
  const [low, high] = from < to ? [from, to] : [least, most];
  const edges = scaleLinear([low, high], [0, 1])
    .ticks(6)
    .filter((tick) => tick > least && tick <= most);
  const write = (value: number) =>
    years ? String(value) : formatNumber(Number(value.toPrecision(4)));
  const span = high - low || 1;
  return binned(title, 'sequential', values, edges, write, (value) => (value - low) / span);
}

/** @param share where a value lies between the ramp's ends, 0 to 1; beyond them the ends hold */
function binned(
  title: string,
  ramp: Ramp,
  values: Float64Array,
  edges: readonly number[],
  write: (value: number) => string,
  share: (value: number) => number,
): Colouring {
  const last = rampSteps - 1;
  const stepOf = (value: number) => Math.round(Math.min(1, Math.max(0, share(value))) * last);
  const none = edges.length + 1;
  const bins = new Uint8Array(values.length);
  const steps = new Uint8Array(values.length);
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      bins[i] = none;
      steps[i] = rampSteps;
      return;
    }
    bins[i] = edges.filter((edge) => value >= edge).length;
    steps[i] = stepOf(value);
  });
  const name = (bin: number) => {
    if (edges.length === 0) return 'All';
    if (bin === 0) return `below ${write(edges[0])}`;
    if (bin === edges.length) return `${write(edges[bin - 1])} or more`;
    return `${write(edges[bin - 1])} to ${write(edges[bin])}`;
  };
  const middle = (bin: number) => {
    if (edges.length === 0) return share(values.find(Number.isFinite)!) || 0;
    if (bin === 0) return share(edges[0]) / 2;
    if (bin === edges.length) return (share(edges[bin - 1]) + 1) / 2;
    return (share(edges[bin - 1]) + share(edges[bin])) / 2;
  };
  const entries = Array.from({ length: none }, (_, bin) => ({
    name: name(bin),
    step: Math.round(Math.min(1, Math.max(0, middle(bin))) * last),
  }));
  return counted(title, ramp, steps, bins, [...entries, { name: 'No value', step: rampSteps }]);
}
