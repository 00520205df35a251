import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { categoryOf } from '../../src/lib/analysis/category.ts';
import { InputError } from '../../src/lib/errors.ts';
import { largestPerplexity } from '../../src/lib/math/tsne/affinities.ts';
import { findRun } from '../../src/lib/run/catalogue.node.ts';
import { folderSource } from '../../src/lib/run/folder.node.ts';
import { readRun } from '../../src/lib/run/read.ts';
import type { MapInfo, Run, RunMap } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';
import { mapToExtend } from '../extendMap.ts';
import { interruptible } from '../interrupt.ts';
import { mapRows, MOST_TSNE_JS, type MappingOptions } from '../mapping.ts';
import { checkOutFolder } from '../outFolder.ts';
import { formatFixed, formatNumber, printJson } from '../output.ts';
import { formatSeconds, progress as showProgress, type Progress } from '../progress.ts';
import { RUN_ARGUMENT, whole } from '../run-argument.ts';
import { isSeed, number, place } from '../trainOptions.ts';
import { UMAP_DEFAULTS } from '../umap.ts';

interface MapOptions extends Omit<MappingOptions, 'progress' | 'signal'> {
  /** Whether the perplexity was asked for by hand. */
  isAsked: boolean;
  items?: number;
  name?: string;
  out?: string;
  overwrite?: boolean;
  extend?: boolean;
  json?: boolean;
  quiet?: boolean;
}

/** Mapped when nobody says how many. */
const DEFAULT_ITEMS = 20_000;
const NAME = /^[a-z0-9_][a-z0-9._-]*$/;

/** `embedscope map RUN`: places the items in the plane and writes the map into the run. */
export function mapCommand(): Command {
  return new Command('map')
    .description('place the items in the plane and write the map into the run')
    .argument('<run>', RUN_ARGUMENT)
    .addOption(
      new Option(
        '--method <name>',
        'tsne: neighbours stay together; umap: the same by the npm package umap-js; pca: two principal components',
      )
        .choices(['tsne', 'umap', 'pca'])
        .default('tsne'),
    )
    .option(
      '--items <n>',
      `how many, those with the highest counts (default: all, up to ${formatNumber(DEFAULT_ITEMS)})`,
      whole(1),
    )
    .option(
      '--perplexity <p>',
      'how many neighbours an item has, softly; at most a third of the items',
      number('a number from 1', (value) => value >= 1),
      30,
    )
    .option('--iterations <n>', 'steps of the descent', whole(1), 1000)
    .option(
      '--seed <n>',
      'draws where the points begin, and the sample that is measured',
      number('a whole number from 0 to 4294967295', isSeed),
      1,
    )
    .addOption(
      new Option('--metric <name>', 'cosine: the distance of vectors scaled to length 1')
        .choices(['euclidean', 'cosine'])
        .default('euclidean'),
    )
    .addOption(
      new Option('--initialisation <name>', 'where the points begin')
        .choices(['pca', 'random'])
        .default('pca'),
    )
    .addOption(
      new Option(
        '--engine <name>',
        `tsne-js: the npm package, for up to ${formatNumber(MOST_TSNE_JS)} items`,
      )
        .choices(['embedscope', 'tsne-js'])
        .default('embedscope'),
    )
    .option(
      '--neighbours <n>',
      `of UMAP: how many each item has, itself counted in (default: ${UMAP_DEFAULTS.neighbours})`,
      whole(2),
    )
    .option(
      '--min-distance <d>',
      `of UMAP: how close points may come (default: ${UMAP_DEFAULTS.minDistance})`,
      number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
    )
    .option(
      '--epochs <n>',
      'of UMAP: passes of the descent (default: 500 up to 2,500 items, 200 from 7,501)',
      whole(1),
    )
    .option('--name <name>', 'of the map; one of the same name is replaced (default: the method)')
    .option(
      '--late-exaggeration <factor>',
      'multiply attraction in the last 250 iterations, which packs groups more tightly',
      number('a number from 1', (value) => value >= 1),
    )
    .option(
      '--extend',
      'keep the points of the t-SNE map of that name, and place the further items of --items around them',
    )
    .option('--out <folder>', 'write a copy of the run with the map, and leave the run as it is')
    .option('--overwrite', 'with --out: replace a run that is there already')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .addHelpText(
      'after',
      `
Examples:
  embedscope map my-run
  embedscope map my-run --items 500 --perplexity 20 --name first-500
  embedscope map my-run --method umap --neighbours 30
  embedscope map my-run --extend --items 50000
  embedscope map my-run --method pca --out runs/my-copy`,
    )
    .action(async (name: string, options: MapOptions, command: Command) => {
      const isAsked = command.getOptionValueSource('perplexity') === 'cli';
      await interruptible((signal) => map(name, { ...options, isAsked }, signal));
    });
}

async function map(nameOrPath: string, options: MapOptions, signal: AbortSignal): Promise<void> {
  const { method, engine } = options;
  const name = options.name ?? method;
  if (!NAME.test(name)) {
    throw new InputError(
      `the map's name "${name}" is not possible (expected lower-case letters, digits, "-", "_" and "."); change --name`,
    );
  }
  if (options.overwrite && options.out === undefined) {
    throw new InputError(
      '--overwrite goes with --out; without --out the map is written into the run itself, where it replaces one of the same name',
    );
  }
  checkUmapOptions(options);
  checkTsneOptions(options);
  const { folder } = await findRun(nameOrPath);
  const target = await targetFor(folder, options);
  const run = await readRun(folderSource(folder), { signal });
  const of = itemsToMap(run, nameOrPath, options);

  const onto = options.extend ? mapToExtend(run.maps, name, of) : undefined;
  const progress = showProgress({ quiet: options.quiet });
  tellBeforehand(of, run, options, progress);
  const began = performance.now();
  const { columns, data } = run.items.vectors;
  const vectors = { rows: of, columns, data: data.subarray(0, of * columns) };
  const { points, parameters, quality } = await mapRows(vectors, {
    ...options,
    onto,
    category: categoryOf(run.items, of),
    progress,
    signal,
  }).finally(() => progress.stop());
  const seconds = (performance.now() - began) / 1000;

  const seed = onto?.info.seed ?? options.seed;
  const info: MapInfo = { name, method, parameters, seed, of, quality };
  // Others may have written into the run in the meantime: their maps are kept.
  const now = await readRun(folderSource(folder), { signal });
  if (now.manifest.files['items.arrow']?.sha256 !== run.manifest.files['items.arrow']?.sha256) {
    throw new Error(
      `${folder} was replaced by another run while its map was computed; nothing was written: run the command again`,
    );
  }
  await writeRun(
    target.folder,
    {
      manifest: { ...now.manifest, id: target.id ?? now.manifest.id },
      items: now.items,
      maps: withMap(now.maps, { info, points }),
    },
    { overwrite: true, signal },
  );
  if (options.json) {
    printJson({
      run: target.folder,
      map: { name, method, of, seed, parameters, quality },
      seconds,
    });
  } else {
    console.log(summary(info, engine, target.folder, seconds));
  }
}

/** Without UMAP its settings would mean nothing. */
function checkUmapOptions({ method, neighbours, minDistance, epochs }: MapOptions): void {
  if (method === 'umap') return;
  const given = Object.entries({
    '--neighbours': neighbours,
    '--min-distance': minDistance,
    '--epochs': epochs,
  }).find(([, value]) => value !== undefined);
  if (given) {
    throw new InputError(
      `${given[0]} goes with --method umap, not with ${method}; leave it out, or ask for that method`,
    );
  }
}

/** Only a t-SNE of ours is extended or exaggerated late. */
function checkTsneOptions({ method, engine, extend, lateExaggeration }: MapOptions): void {
  if (method === 'tsne' && engine === 'embedscope') return;
  const given = extend ? '--extend' : lateExaggeration !== undefined && '--late-exaggeration';
  if (given) {
    throw new InputError(
      `${given} goes with --method tsne and --engine embedscope, not with ${method === 'tsne' ? engine : method}; leave it out`,
    );
  }
}

/** Where the run goes: its own folder, or that of a copy, which has an id of its own. */
async function targetFor(
  folder: string,
  { out, overwrite }: MapOptions,
): Promise<{ folder: string; id?: string }> {
  if (out === undefined || resolve(out) === resolve(folder)) {
    await checkOutFolder(folder, true);
    return { folder };
  }
  const copy = place({ out }, '');
  await checkOutFolder(copy.folder, overwrite ?? false);
  return copy;
}

function itemsToMap(run: Run, name: string, { items, engine, method }: MapOptions): number {
  const { length } = run.items.ids;
  if (length === 0) throw new InputError(`${name} holds no items, so that there is nothing to map`);
  if (items !== undefined && items > length) {
    throw new InputError(
      `--items ${items} is more than the ${formatNumber(length)} items of ${name}; ask for at most as many`,
    );
  }
  const isLimited = method === 'tsne' && engine === 'tsne-js';
  const of = items ?? Math.min(length, isLimited ? MOST_TSNE_JS : DEFAULT_ITEMS);
  if (isLimited && of > MOST_TSNE_JS) {
    throw new InputError(
      `--engine tsne-js maps at most ${formatNumber(MOST_TSNE_JS)} items, not ${formatNumber(of)}; ask for fewer with --items, or leave --engine out`,
    );
  }
  return of;
}

function tellBeforehand(of: number, run: Run, options: MapOptions, progress: Progress): void {
  const all = run.items.ids.length;
  progress.note(
    `mapping ${formatNumber(of)} of ${formatNumber(all)} items of ${run.manifest.id} by ${options.method}`,
  );
  if (options.items === undefined && of < all) {
    progress.note('note: these are the items with the highest counts; --items N takes more');
  }
  tellNeighbours(of, options, progress);
  const largest = largestPerplexity(of);
  if (options.method === 'tsne' && options.perplexity > largest) {
    if (options.isAsked) {
      throw new InputError(
        `--perplexity ${options.perplexity} is too large for ${formatNumber(of)} items: the largest that works is ` +
          `${Math.floor(largest * 100) / 100}, a third of each item's others; ask for that, for less, or for more --items`,
      );
    }
    progress.note(
      `note: ${formatNumber(of)} items allow a perplexity of ${formatNumber(largest)} at most, which takes the place of ${options.perplexity}`,
    );
  }
}

function tellNeighbours(of: number, { method, neighbours }: MapOptions, progress: Progress): void {
  const asked = neighbours ?? UMAP_DEFAULTS.neighbours;
  if (method === 'umap' && asked > of - 1) {
    progress.note(
      `note: ${formatNumber(of)} items allow ${formatNumber(of - 1)} neighbours at most, which take the place of ${formatNumber(asked)}`,
    );
  }
}

/** The maps with one more, in the place of the one that has its name. */
function withMap(maps: readonly RunMap[], added: RunMap): RunMap[] {
  const at = maps.findIndex(({ info }) => info.name === added.info.name);
  return at < 0 ? [...maps, added] : maps.with(at, added);
}

function summary(info: MapInfo, engine: string, folder: string, seconds: number): string {
  const figures = Object.keys(info.quality)
    .map((name) => described(name, info.quality))
    .filter((text) => text !== undefined);
  const { itemsMeasured } = info.quality;
  const sample =
    itemsMeasured < info.of
      ? `, measured on a sample of ${formatNumber(itemsMeasured)} items (± one standard error)`
      : '';
  const by = {
    tsne: `t-SNE (${engine})`,
    umap: 'UMAP (umap-js)',
    pca: 'principal components',
  }[info.method];
  return [
    `Mapped ${formatNumber(info.of)} items by ${by} in ${formatSeconds(seconds)}.`,
    ...(figures.length > 0 ? [`${figures.join(', ')}${sample}.`] : []),
    `Written to ${folder} as map "${info.name}".`,
    '',
    'Next:',
    '  npm start',
  ].join('\n');
}

/**
 * A figure in words, with its error bar: `trustworthiness12` is the trustworthiness at 12 neighbours. Undefined of one
 * that another's words hold.
 */
function described(name: string, quality: MapInfo['quality']): string | undefined {
  const error = quality[`${name}Error`];
  const value =
    formatFixed(quality[name], 4) + (error === undefined ? '' : ` ± ${formatFixed(error, 4)}`);
  if (name === 'klDivergence') return `KL divergence ${value}`;
  if (name === 'neighbourRecall') return `made from ${value} of all neighbours`;
  const [, measure, k] = /^([a-z]+)(\d+)$/.exec(name) ?? [];
  if (measure) return `${measure} at ${k} ${value}`;
  const [, column, neighbours] = /^(.+)\.hit(\d+)$/.exec(name) ?? [];
  if (!column) return undefined;
  const against = [
    `in the embedding ${formatFixed(quality[`${name}Embedding`], 4)}`,
    `by chance ${formatFixed(quality[`${column}.hitChance`], 4)}`,
  ];
  return `neighbourhood hit by ${column} at ${neighbours} ${value} (${against.join(', ')})`;
}
