import { Command } from 'commander';
import {
  byOverlap,
  compareRuns,
  type PairComparison,
  type RunsComparison,
} from '../../src/lib/analysis/compare.ts';
import {
  FIGURE_NAMES,
  letter,
  matchedInWords,
  standingInWords,
} from '../../src/lib/analysis/reading.ts';
import { stability } from '../../src/lib/analysis/seeds.ts';
import { grouped, InputError } from '../../src/lib/errors.ts';
import { nodeTeam } from '../../src/lib/kernels/team.node.ts';
import { findRun } from '../../src/lib/run/catalogue.node.ts';
import { folderSource } from '../../src/lib/run/folder.node.ts';
import { readRun } from '../../src/lib/run/read.ts';
import type { Run } from '../../src/lib/run/types.ts';
import { againstInWords, answer, figureLines } from '../compareWords.ts';
import { checkReportFile, writeReport } from '../compareReport.ts';
import { interruptible } from '../interrupt.ts';
import { formatFixed, formatNumber, formatTable, printJson } from '../output.ts';
import { progress as showProgress } from '../progress.ts';
import { RUN_ARGUMENT, whole } from '../run-argument.ts';

interface CompareCommandOptions {
  neighbours: number;
  items?: number;
  count: number;
  seed: number;
  report?: string;
  json?: boolean;
  quiet?: boolean;
}

/** `embedscope compare A B [C ...]`: whether runs are the same, where they differ, and whether by more than chance. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('tell how alike runs are on the items that they share')
    .argument('<runs...>', `two or more of these: ${RUN_ARGUMENT}`)
    .option('-k, --neighbours <n>', 'neighbours of each item', whole(1), 10)
    .option('--items <n>', 'only the n shared items with the highest counts', whole(4))
    .option('--count <n>', 'length of each list', whole(1), 10)
    .option('--seed <n>', 'of what is drawn: pairs, anchors and resamples', whole(0), 1)
    .option('--report <file>', 'write a page that needs nothing else, such as report.html')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .addHelpText(
      'after',
      `
Items are matched by id, or else by label. Of three runs or more all pairs are compared. Runs that differ in their
seed alone say how much two trainings differ by accident; the other pairs are measured against that.

Examples:
  embedscope compare movielens-mf-seed1 movielens-mf-seed2
  embedscope compare movielens-mf-seed1 movielens-mf-seed2 movielens-nn-seed1 --items 2000
  embedscope compare my-words other-words -k 20 --report report.html`,
    )
    .action(compare);
}

async function compare(names: string[], options: CompareCommandOptions): Promise<void> {
  const runs = await openRuns(names);
  if (options.report !== undefined) await checkReportFile(options.report);
  const progress = showProgress({ quiet: options.quiet });
  const found = await interruptible((signal) =>
    compareRuns(runs, {
      k: options.neighbours,
      items: options.items,
      seed: options.seed,
      team: nodeTeam(),
      signal,
      onProgress: progress.update,
    }),
  ).finally(progress.stop);
  if (options.report !== undefined) await writeReport(options.report, runs, found);
  if (options.json) printJson(asJson(runs, found));
  else print(runs, found, options);
}

/**
 * @throws InputError when there are fewer than two, one cannot be opened, or two names are of one run
 */
async function openRuns(names: string[]): Promise<Run[]> {
  if (names.length < 2) {
    throw new InputError(`one run cannot be compared; name another one beside ${names[0]}`);
  }
  const folders = new Map<string, string>();
  for (const name of names) {
    const { folder } = await findRun(name);
    const before = folders.get(folder);
    if (before !== undefined) {
      const both = before === name ? `${name} is named twice` : `${before} and ${name} are one run`;
      throw new InputError(`${both}; a run is the same as itself, so name different ones`);
    }
    folders.set(folder, name);
  }
  return Promise.all([...folders.keys()].map((folder) => readRun(folderSource(folder))));
}

const name = ({ manifest }: Run) => manifest.id;

function pairAsJson(pair: PairComparison) {
  const { k, mean, interval, chance } = pair.overlap;
  return {
    overlap: { k, mean, interval, chance },
    cka: pair.cka,
    rsa: pair.rsa.correlation,
    procrustes: pair.procrustes.scaled,
  };
}

const componentsAsJson = ({ components }: PairComparison) =>
  components.map(({ a, b, correlation }) => ({
    a: a + 1,
    b: b + 1,
    correlation: Math.abs(correlation),
  }));

function asJson(runs: Run[], found: RunsComparison) {
  const { ids, labels, pairs, tree, seeds } = found;
  const itemsWith = (overlaps: Float64Array) =>
    ids.map((id, i) => ({ id, label: labels[i], overlap: overlaps[i] }));
  if (pairs.length === 1) {
    const [pair] = pairs;
    return {
      shared: ids.length,
      ...pairAsJson(pair),
      items: itemsWith(pair.perItem.overlap),
      components: componentsAsJson(pair),
    };
  }
  return {
    shared: ids.length,
    runs: runs.map(name),
    pairs: pairs.map((pair, p) => ({
      a: name(runs[pair.a]),
      b: name(runs[pair.b]),
      ...pairAsJson(pair),
      components: componentsAsJson(pair),
      ...(seeds && { againstSeeds: seeds.against[p] }),
    })),
    order: tree.order.map((r) => name(runs[r])),
    joins: tree.joins,
    items: itemsWith((seeds?.stability ?? stability(pairs)).mean),
    ...(seeds && { seeds: seeds.groups.map((group) => group.map((r) => name(runs[r]))) }),
  };
}

function print(runs: Run[], found: RunsComparison, options: CompareCommandOptions): void {
  runs.forEach((run, r) => console.log(`${letter(r)}  ${run.manifest.title} (${name(run)})`));
  console.log(
    `\n${matchedInWords(
      runs.map(({ items }) => items),
      found.matched,
    ).join('\n')}\n`,
  );
  if (found.pairs.length === 1) printPair(runs, found, options);
  else printMany(runs, found, options);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function printPair(runs: Run[], found: RunsComparison, { count }: CompareCommandOptions): void {
  const [pair] = found.pairs;
  console.log(`${answer(pair)}\n`);
  console.log(
    formatTable(figureLines(pair, found.spectra), [
      { header: 'measure', value: (line) => line.name },
      { header: 'value', value: (line) => line.value, align: 'right' },
      { header: 'measured against', value: (line) => line.against },
    ]),
  );
  if (found.seeds) {
    console.log(
      '\nA and B differ in their seed alone: what differs is the accident of one training.',
    );
  }
  const order = byOverlap(pair.perItem.overlap, pair.perItem.rankBiased);
  const table = (rows: number[]) =>
    formatTable(rows, [
      { header: 'overlap', value: (i) => formatFixed(pair.perItem.overlap[i], 3), align: 'right' },
      {
        header: 'rank-weighted',
        value: (i) => formatFixed(pair.perItem.rankBiased[i], 3),
        align: 'right',
      },
      {
        header: 'residual',
        value: (i) => formatFixed(pair.perItem.residual[i], 2),
        align: 'right',
      },
      {
        header: 'second-order',
        value: (i) => formatFixed(pair.perItem.secondOrder[i], 3),
        align: 'right',
      },
      { header: 'item', value: (i) => found.labels[i] },
    ]);
  console.log(`\nMost stable\n\n${table([...order.slice(-count)].reverse())}`);
  console.log(`\nLeast stable\n\n${table([...order.slice(0, count)])}`);
  console.log(`\nComponents of the ${grouped(found.fitted)} items with the highest counts\n`);
  console.log(
    formatTable(pair.components.slice(0, count), [
      { header: 'in A', value: ({ a }) => String(a + 1), align: 'right' },
      { header: 'share', value: ({ a }) => percent(found.spectra[0][a]), align: 'right' },
      { header: 'in B', value: ({ b }) => String(b + 1), align: 'right' },
      { header: 'share', value: ({ b }) => percent(found.spectra[1][b]), align: 'right' },
      {
        header: '|correlation|',
        value: ({ correlation }) => formatFixed(Math.abs(correlation), 3),
        align: 'right',
      },
    ]),
  );
}

function printMany(runs: Run[], found: RunsComparison, { count }: CompareCommandOptions): void {
  const { pairs, seeds } = found;
  console.log(
    `Mean neighbour overlap at ${found.k}; chance has ${formatNumber(pairs[0].overlap.chance)}\n`,
  );
  console.log(overlapMatrix(found));
  console.log(`\n${dendrogram(runs, found)}\n`);
  console.log(
    formatTable(pairs, [
      { header: 'pair', value: ({ a, b }) => `${letter(a)} ${letter(b)}` },
      { header: 'overlap', value: ({ overlap }) => formatFixed(overlap.mean, 3), align: 'right' },
      {
        header: '95 %',
        value: ({ overlap: { interval } }) =>
          `${formatFixed(interval[0], 3)} to ${formatFixed(interval[1], 3)}`,
      },
      { header: 'CKA', value: ({ cka }) => formatFixed(cka, 3), align: 'right' },
      { header: 'RSA', value: ({ rsa }) => formatFixed(rsa.correlation, 3), align: 'right' },
      {
        header: 'Procrustes',
        value: ({ procrustes }) => formatFixed(procrustes.scaled, 3),
        align: 'right',
      },
      { header: 'by overlap', value: (pair) => againstInWords(found, pair) },
    ]),
  );
  if (seeds) console.log(`\n${seedLines(found).join('\n')}`);
  const stable = seeds?.stability ?? stability(pairs);
  const over = seeds ? seeds.pairs.length : pairs.length;
  const order = byOverlap(stable.mean);
  const table = (rows: number[]) =>
    formatTable(rows, [
      { header: 'mean overlap', value: (i) => formatFixed(stable.mean[i], 3), align: 'right' },
      { header: 'least', value: (i) => formatFixed(stable.least[i], 3), align: 'right' },
      { header: 'most', value: (i) => formatFixed(stable.most[i], 3), align: 'right' },
      { header: 'item', value: (i) => found.labels[i] },
    ]);
  const of = `over ${grouped(over)} ${over === 1 ? 'pair' : 'pairs'} of ${seeds ? 'seeds' : 'runs'}`;
  console.log(`\nMost stable ${of}\n\n${table([...order.slice(-count)].reverse())}`);
  console.log(`\nLeast stable ${of}\n\n${table([...order.slice(0, count)])}`);
}

/** The spread of seeds, and each pair that another figure places differently from its overlap. */
function seedLines({ pairs, seeds }: RunsComparison): string[] {
  if (!seeds) return [];
  const lines = seeds.groups.map(
    (group) => `${group.map(letter).join(', ')} differ in their seed alone.`,
  );
  pairs.forEach(({ a, b }, p) => {
    const [overlap, ...others] = seeds.against[p];
    for (const other of others) {
      if (other.standing === overlap.standing) continue;
      lines.push(
        `${letter(a)} and ${letter(b)} by ${FIGURE_NAMES[other.figure]}: ${standingInWords(other)}.`,
      );
    }
  });
  return lines;
}

function overlapMatrix({ pairs, tree: { order } }: RunsComparison): string {
  const between = (r: number, s: number) =>
    r === s
      ? 1
      : pairs.find(({ a, b }) => a === Math.min(r, s) && b === Math.max(r, s))!.overlap.mean;
  return formatTable(order, [
    { header: '', value: letter },
    ...order.map((s) => ({
      header: letter(s),
      value: (r: number) => formatFixed(between(r, s), 3),
      align: 'right' as const,
    })),
  ]);
}

/** The joins, nearest first: which runs come together at which mean overlap. */
function dendrogram(runs: Run[], { tree }: RunsComparison): string {
  const members = runs.map((_, r) => [r]);
  const lines = tree.joins.map(({ left, right, distance }) => {
    members.push([...members[left], ...members[right]]);
    const named = (cluster: number) => members[cluster].map(letter).join(' ');
    return { overlap: 1 - distance, text: `${named(left)}  +  ${named(right)}` };
  });
  return formatTable(lines, [
    { header: 'joined at', value: ({ overlap }) => formatFixed(overlap, 3), align: 'right' },
    { header: 'runs (average linkage)', value: ({ text }) => text },
  ]);
}
