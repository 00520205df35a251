import { availableParallelism, cpus } from 'node:os';
import { Command } from 'commander';
import { InputError } from '../../src/lib/errors.ts';
import { matrix } from '../../src/lib/math/matrix.ts';
import { type Items, type Manifest, SCHEMA_VERSION } from '../../src/lib/run/types.ts';
import { writeRun } from '../../src/lib/run/write.node.ts';
import { IMDB, openCorpus, type TextCorpus } from '../../src/lib/train/glove/corpus.node.ts';
import { countCooccurrences } from '../../src/lib/train/glove/cooccurrences.ts';
import {
  checkMemory,
  createGlove,
  DESCRIPTION,
  LOSS,
  NAME,
} from '../../src/lib/train/glove/glove.ts';
import { defaults, type GloveOptions, ranges } from '../../src/lib/train/glove/options.ts';
import { Pairs } from '../../src/lib/train/glove/pairs.ts';
import { openScratch } from '../../src/lib/train/glove/scratch.node.ts';
import { workerThreads } from '../../src/lib/train/glove/threads.node.ts';
import {
  checkVocabulary,
  rankWords,
  type Vocabulary,
} from '../../src/lib/train/glove/vocabulary.ts';
import { polarity } from '../../src/lib/train/imdb/items.ts';
import type { Learnt } from '../../src/lib/train/types.ts';
import { interruptible } from '../interrupt.ts';
import { checkOutFolder } from '../outFolder.ts';
import { formatFixed, formatNumber, printJson } from '../output.ts';
import { formatSeconds, progress as showProgress, type Progress } from '../progress.ts';
import { isSeed, number, place } from '../trainOptions.ts';
import { train } from '../training.ts';
import { versions } from '../versions.ts';

interface Options extends GloveOptions {
  corpus: string;
  data?: string;
  withoutTest?: boolean;
  verbatim?: boolean;
  threads: number;
  memory: number;
  words?: number;
  seed: number;
  out?: string;
  id?: string;
  title?: string;
  overwrite?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const WORDS = 20_000;
const MIB = 2 ** 20;

/** `embedscope train glove`: learns word vectors from which words stand near each other, and writes a run. */
export function gloveCommand(): Command {
  const hyperparameter = (name: keyof GloveOptions) =>
    number(ranges[name].expected, ranges[name].fits);
  const count = (most: number) => (n: number) => Number.isInteger(n) && n >= 1 && n <= most;
  return new Command('glove')
    .description('learn words from which words stand near them (GloVe)')
    .requiredOption(
      '--corpus <imdb|path>',
      'imdb, the 100,000 film reviews; or a UTF-8 text file with a document on each line, gzipped or not; or a folder of such files *.txt',
    )
    .option(
      '--data <path>',
      'with --corpus imdb: aclImdb_v1.tar.gz, or the folder unpacked from it; without it the archive is downloaded once and kept in the cache',
    )
    .option(
      '--without-test',
      'with --corpus imdb: leave out the test reviews, and the unlabelled ones with the same text, so that vectors can be judged on them',
    )
    .option(
      '--verbatim',
      'words are what stands between white space; without it, lower case, and punctuation taken as white space',
    )
    .option(
      '--dimensions <n>',
      'length of the vectors',
      hyperparameter('dimensions'),
      defaults.dimensions,
    )
    .option(
      '--window <n>',
      'words on each side that count as near',
      hyperparameter('window'),
      defaults.window,
    )
    .option(
      '--minimum-count <n>',
      'occurrences that a word must have to be learnt',
      hyperparameter('minimumCount'),
      defaults.minimumCount,
    )
    .option(
      '--iterations <n>',
      'passes over the pairs of words',
      hyperparameter('iterations'),
      defaults.iterations,
    )
    .option(
      '--x-max <x>',
      'co-occurrences from which on a pair has full weight',
      hyperparameter('xMax'),
      defaults.xMax,
    )
    .option(
      '--alpha <x>',
      'exponent of the weight of rarer pairs',
      hyperparameter('alpha'),
      defaults.alpha,
    )
    .option(
      '--learning-rate <x>',
      'of AdaGrad',
      hyperparameter('learningRate'),
      defaults.learningRate,
    )
    .option(
      '--threads <n>',
      'threads that train; with one, the same seed gives the same vectors',
      number('a whole number from 1 to 256', count(256)),
      availableParallelism(),
    )
    .option(
      '--memory <MiB>',
      'what tokens, co-occurrences and vectors may take; the rest goes to temporary files',
      number('a whole number of MiB from 16', (n) => Number.isInteger(n) && n >= 16),
      2048,
    )
    .option(
      '--words <n>',
      `how many words the run holds, the most frequent first (default: ${WORDS})`,
      number('a whole number from 1', count(2 ** 32)),
    )
    .option(
      '--seed <n>',
      'draws the start and the order of training',
      number('a whole number from 0 to 4294967295', isSeed),
      1,
    )
    .option('--out <folder>', 'where to write the run (default: runs/ID)')
    .option('--id <id>', "the run's id (default: the name of its folder)")
    .option('--title <text>', "the run's title")
    .option('--overwrite', 'replace a run that is there already')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .action(async (options: Options) => {
      await interruptible((signal) => trainGlove(options, signal));
    });
}

async function trainGlove(options: Options, signal: AbortSignal): Promise<void> {
  const { seed } = options;
  checkCorpusOptions(options);
  const hyperparameters = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, options[name as keyof GloveOptions]]),
  ) as GloveOptions;
  const source = options.corpus === IMDB ? 'imdb' : 'text';
  const { id, folder } = place(
    options,
    `glove-${source}${options.withoutTest ? '-without-test' : ''}-${hyperparameters.dimensions}d-seed${seed}`,
  );
  await checkOutFolder(folder, options.overwrite ?? false);

  const progress = showProgress({ quiet: options.quiet });
  const counted = await count(options, signal, progress).finally(() => progress.stop());
  const { corpus, vocabulary, pairs } = counted;
  try {
    const trainer = await createGlove(pairs, vocabulary.words.length, hyperparameters, seed, {
      threads: workerThreads(options.threads),
      memory: (options.memory * MIB) / 2,
    });
    const { backend, threadCount } = trainer;
    progress.note(
      `training on ${formatNumber(pairs.directed)} pairs of ${formatNumber(vocabulary.words.length)} words (${backend}, ${threadCount === 1 ? 'one thread' : `${threadCount} threads`})`,
    );
    const { curves, learnt, seconds, samples } = await train(trainer, {
      progress,
      signal,
      advice: 'Try a lower --learning-rate',
    });
    const items = wordItems(vocabulary, learnt, corpus, options.words ?? WORDS);
    if (options.words !== undefined && items.ids.length < options.words) {
      progress.note(
        `note: only ${formatNumber(items.ids.length)} words stand ${formatNumber(options.minimumCount)} times or more in the corpus, and the run holds them all`,
      );
    }
    const cost = curves[curves.length - 1].trainLoss;
    const counted = {
      words: corpus.tokens.total,
      vocabulary: vocabulary.words.length,
      pairs: pairs.directed,
    };
    const metrics = { cost, ...counted };
    const manifest: Omit<Manifest, 'files'> = {
      schemaVersion: SCHEMA_VERSION,
      id,
      title: options.title ?? title(options, corpus),
      kind: 'words',
      dimensions: items.vectors.columns,
      count: items.ids.length,
      created: new Date().toISOString(),
      dataset: { ...corpus.dataset, counts: { ...corpus.dataset.counts, ...counted } },
      model: {
        name: NAME,
        description: DESCRIPTION,
        hyperparameters: {
          ...hyperparameters,
          threads: threadCount,
          withoutTest: options.withoutTest ?? false,
          verbatim: options.verbatim ?? false,
        },
        seed,
      },
      training: {
        backend,
        device: cpus()[0]?.model ?? process.arch,
        seconds,
        samplesPerSecond: samples / seconds,
        loss: LOSS,
        software: versions(),
        curves,
      },
      metrics: { split: 'all pairs in the last iteration', values: { cost } },
      maps: [],
    };
    await writeRun(folder, { manifest, items }, { overwrite: options.overwrite, signal });

    if (options.json) {
      printJson({ run: folder, metrics, seconds, samplesPerSecond: samples / seconds, backend });
    } else {
      console.log(summary(manifest, metrics, folder));
    }
  } finally {
    await pairs.close();
  }
}

function checkCorpusOptions({ corpus, data, withoutTest }: Options): void {
  if (corpus === IMDB) return;
  const wrong = data !== undefined ? `--data ${data}` : withoutTest ? '--without-test' : undefined;
  if (wrong !== undefined) {
    throw new InputError(
      `${wrong} is for --corpus imdb alone, and the corpus is ${corpus}; leave it out`,
    );
  }
}

/** Reads the corpus, ranks its words, and counts which of them stand near each other. */
async function count(
  options: Options,
  signal: AbortSignal,
  progress: Progress,
): Promise<{ corpus: TextCorpus; vocabulary: Vocabulary; pairs: Pairs }> {
  const { minimumCount, window, xMax, alpha, seed } = options;
  // A quarter each for the tokens and for counting them; pairs have half, and so have the vectors afterwards.
  const memory = options.memory * MIB;
  const corpus = await openCorpus(options.corpus, {
    data: options.data,
    withoutTest: options.withoutTest,
    verbatim: options.verbatim,
    memory: memory / 4,
    openScratch,
    signal,
    onProgress: (done, total, label) => progress.update(done, total, label),
  });
  const { tokens } = corpus;
  let pairs: Pairs | undefined;
  try {
    corpus.notices.forEach((notice) => progress.note(`note: ${notice}`));
    const { vocabulary, rows } = rankWords(tokens.words, tokens.counts, minimumCount);
    checkVocabulary(vocabulary, tokens, minimumCount, options.corpus);
    checkMemory(vocabulary.words.length, options.dimensions, memory / 2);
    progress.note(
      `counting ${formatNumber(tokens.total)} words in ${formatNumber(tokens.documents)} documents, ${formatNumber(vocabulary.words.length)} of ${formatNumber(tokens.words.length)} different ones`,
    );
    const occurrences = vocabulary.counts.reduce((sum, n) => sum + n, 0);
    const bound = occurrences * window;
    pairs = new Pairs({ seed, xMax, alpha, bound, memory: memory / 2, openScratch });
    await countCooccurrences(tokens.pieces(), rows, vocabulary, pairs, {
      window,
      documents: tokens.documents,
      memory: memory / 4,
      openScratch,
      signal,
      onProgress: (done, total) => progress.update(done, total, 'counting co-occurrences'),
    });
    if (pairs.total === 0) {
      throw new InputError(
        `${options.corpus}: no two words that are frequent enough stand in one document (expected a document on each line, not a word); lower --minimum-count, or join the lines`,
      );
    }
    return { corpus, vocabulary, pairs };
  } catch (error) {
    await pairs?.close();
    throw error;
  } finally {
    await tokens.close();
  }
}

/** The most frequent words with their vectors; for reviews also with `polarity`. */
function wordItems(
  vocabulary: Vocabulary,
  { itemFactors }: Learnt,
  { labelled }: TextCorpus,
  words: number,
): Items {
  const n = Math.min(words, vocabulary.words.length);
  const labels = vocabulary.words.slice(0, n);
  const vectors = matrix(n, itemFactors.columns);
  vectors.data.set(itemFactors.data.subarray(0, vectors.data.length));
  const columns: Items['columns'] = {};
  if (labelled !== undefined) {
    const values = Float64Array.from(polarity(labelled(labels), n), Math.fround);
    columns.polarity = { kind: 'number', storage: 'float32', values };
  }
  return { ids: labels, labels, counts: vocabulary.counts.slice(0, n), columns, vectors };
}

function title({ corpus, withoutTest, dimensions, seed }: Options, { dataset }: TextCorpus) {
  const name =
    corpus === IMDB ? `IMDB reviews${withoutTest ? ' without the test part' : ''}` : dataset.name;
  return `GloVe on ${name}, ${dimensions} dimensions, seed ${seed}`;
}

function summary(
  { training, count: held }: Omit<Manifest, 'files'>,
  { cost, pairs, vocabulary, words }: Record<'cost' | 'pairs' | 'vocabulary' | 'words', number>,
  folder: string,
): string {
  const speed = formatNumber(Math.round(training.samplesPerSecond ?? 0));
  return [
    `Trained glove on ${formatNumber(words)} words, ${formatNumber(pairs)} pairs of ${formatNumber(vocabulary)} different ones, in ${formatSeconds(training.seconds)} (${speed} pairs/s, ${training.backend}).`,
    `Cost ${formatFixed(training.curves[0].trainLoss, 6)} in the first iteration, ${formatFixed(cost, 6)} in the last.`,
    `Written to ${folder}: ${formatNumber(held)} words.`,
    '',
    'Next:',
    `  npx embedscope neighbours ${folder} WORD`,
    '  npm start',
  ].join('\n');
}
