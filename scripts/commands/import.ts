import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { InputError } from '../../src/lib/errors.ts';
import { reason } from '../../src/lib/reason.node.ts';
import { readCounts } from '../../src/lib/run/formats/counts.ts';
import {
  readWordVectors,
  WORD_FORMATS,
  type WordFormat,
} from '../../src/lib/run/formats/readWordVectors.ts';
import { FAULTS, type WordVectors } from '../../src/lib/run/formats/types.ts';
import { hashFile, openVectorFile } from '../../src/lib/run/formats/vectorFile.node.ts';
import { wordVectorItems } from '../../src/lib/run/formats/wordVectorItems.ts';
import { publishedVectors } from '../../src/lib/run/formats/published.ts';
import { SCHEMA_VERSION, type Manifest } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';
import { interruptible } from '../interrupt.ts';
import { checkOutFolder } from '../outFolder.ts';
import { formatNumber, printJson } from '../output.ts';
import { formatSeconds, progress as showProgress, type Progress } from '../progress.ts';
import { whole } from '../run-argument.ts';
import { place } from '../trainOptions.ts';
import { versions } from '../versions.ts';

interface ImportOptions {
  format: WordFormat;
  dimensions?: number;
  member?: string;
  words?: number;
  counts?: string;
  faults: 'refuse' | 'skip';
  keepSpaces?: boolean;
  out?: string;
  id?: string;
  title?: string;
  overwrite?: boolean;
  json?: boolean;
  quiet?: boolean;
}

/** `embedscope import`: makes a run of word vectors that another program trained. */
export function importCommand(): Command {
  return new Command('import')
    .description('make a run of word vectors that another program trained')
    .argument(
      '<file>',
      'vectors as GloVe, word2vec (text or binary) and fastText write them; plain, gzipped, or in a zip such as glove.6B.zip',
    )
    .addOption(
      new Option('--format <name>', 'the layout; auto recognises it')
        .choices(WORD_FORMATS)
        .default('auto'),
    )
    .option('--dimensions <n>', 'numbers per word; in a zip it picks the file, e.g. 100', whole(1))
    .option('--member <name>', 'the file of a zip to read')
    .option('--words <n>', 'how many words are read, from the first (default: all)', whole(1))
    .option('--counts <file>', 'how often each word occurs: a word and its count in each line')
    .addOption(
      new Option(
        '--faults <how>',
        'what happens to a faulty line: the file is refused, or the line left out and counted',
      )
        .choices(['refuse', 'skip'])
        .default('refuse'),
    )
    .option('--keep-spaces', 'take words with spaces as words (glove.840B has some)')
    .option('--out <folder>', 'where to write the run (default: runs/ID)')
    .option('--id <id>', "the run's id (default: the name of its folder, or of the file)")
    .option('--title <text>', "the run's title")
    .option('--overwrite', 'replace a run that is there already')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .action(async (file: string, options: ImportOptions) => {
      await interruptible((signal) => importVectors(file, options, signal));
    });
}

async function importVectors(
  path: string,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<void> {
  const { id, folder } = place(options, idOf(path, options));
  await checkOutFolder(folder, options.overwrite ?? false);
  const began = performance.now();
  const progress = showProgress({ quiet: options.quiet });
  const counts = options.counts === undefined ? undefined : await openCounts(options.counts);
  const { name, found, sha256 } = await read(path, options, progress, signal).finally(() =>
    progress.stop(),
  );
  tellSkipped(found, progress);
  const { items, withoutCount } = wordVectorItems(found, counts);
  if (withoutCount > 0) {
    progress.note(
      `note: ${formatNumber(withoutCount)} words have no count in ${options.counts} and are taken as 0`,
    );
  }
  const published = publishedVectors(basename(name.replace(/^.*: /, '')));
  const seconds = (performance.now() - began) / 1000;
  const manifest: Omit<Manifest, 'files' | 'maps'> = {
    schemaVersion: SCHEMA_VERSION,
    id,
    title: options.title ?? titleOf(published?.name ?? basename(path), found, options),
    kind: 'words',
    dimensions: items.vectors.columns,
    count: items.ids.length,
    countOf: counts ? 'occurrences' : 'unknown',
    created: new Date().toISOString(),
    dataset: {
      name: published?.name ?? basename(path),
      release: published?.release ?? '',
      url: published?.url ?? '',
      sha256,
      licence: published?.licence ?? 'not known to this program; see where the file is from',
      citation: published?.citation ?? '',
      counts: { words: items.ids.length },
    },
    model: {
      name: published?.model ?? 'imported',
      description: `Word vectors that another program trained, read from ${basename(name.replace(/^.*: /, ''))}.`,
      hyperparameters: {},
      seed: 0,
    },
    training: {
      backend: 'imported',
      device: cpus()[0]?.model ?? process.arch,
      seconds: NaN,
      loss: '',
      software: versions(),
      curves: [],
    },
    metrics: { split: '', values: {} },
  };
  await writeRun(folder, { manifest, items }, { overwrite: options.overwrite, signal });
  const skipped = Object.fromEntries(found.skipped.map(({ fault, count }) => [fault, count]));
  if (options.json) {
    const { count: words, dimensions } = manifest;
    printJson({ run: folder, words, dimensions, skipped, seconds });
    return;
  }
  console.log(
    [
      `Read ${formatNumber(manifest.count)} words of ${formatNumber(manifest.dimensions)} dimensions from ${name} in ${formatSeconds(seconds)}.`,
      `Written to ${folder}.`,
      '',
      'Next:',
      `  npx embedscope neighbours ${folder} ${JSON.stringify(items.labels[Math.min(99, items.labels.length - 1)])}`,
      `  npx embedscope map ${folder}`,
      '  npm start',
    ].join('\n'),
  );
}

/** `glove.6B.zip` with 50 dimensions gives `glove.6b.50d`. */
function idOf(path: string, { dimensions, member }: ImportOptions): string {
  const name = basename(member ?? path).replace(/(\.(zip|gz|txt|vec|bin))+$/i, '');
  const clean = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '');
  const width = dimensions && !clean.includes(`.${dimensions}d`) ? `.${dimensions}d` : '';
  return `${clean || 'vectors'}${width}`;
}

function titleOf(name: string, { words, vectors }: WordVectors, options: ImportOptions): string {
  const part = options.words === undefined ? '' : `first ${formatNumber(words.length)} words, `;
  return `${name}, ${part}${formatNumber(vectors.columns)} dimensions`;
}

async function read(
  path: string,
  options: ImportOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ name: string; found: WordVectors; sha256: string }> {
  const file = await openVectorFile(path, {
    signal,
    dimensions: options.dimensions,
    member: options.member,
    onProgress: (done, total) =>
      progress.update(
        done,
        total,
        `reading the vectors, ${formatNumber(Math.round(done / 1e6))} MB`,
      ),
  });
  try {
    const { name } = file;
    progress.note(`reading ${name}`);
    const found = await readWordVectors(file.pieces(), options.format, { ...options, name });
    const hash = createHash('sha256');
    await hashFile(path, hash, signal);
    return { name, found, sha256: hash.digest('hex') };
  } finally {
    file.close();
  }
}

async function openCounts(path: string): Promise<Map<string, number>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new InputError(`${path} cannot be read: ${reason(error)}; name another with --counts`);
  });
  return readCounts(text, path);
}

function tellSkipped({ skipped, words, announced }: WordVectors, progress: Progress): void {
  for (const { fault, count, examples } of skipped) {
    progress.note(`note: left out ${formatNumber(count)} (${FAULTS[fault]}):`);
    examples.forEach((example) => progress.note(`  ${example}`));
    if (count > examples.length)
      progress.note(`  and ${formatNumber(count - examples.length)} more`);
  }
  const left = skipped.reduce((sum, { count }) => sum + count, 0);
  if (announced !== undefined && left > 0 && words.length + left < announced) {
    progress.note(
      `note: the file announces ${formatNumber(announced)} words, and ${formatNumber(words.length)} could be read`,
    );
  }
}
