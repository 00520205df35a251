import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import {
  evaluateAnalogies,
  evaluateSimilarities,
  wordLookup,
  type AnalogyCounts,
  type AnalogyResult,
  type SimilarityResult,
} from '../../src/lib/analysis/evaluate.ts';
import { InputError } from '../../src/lib/errors.ts';
import { reason } from '../../src/lib/reason.node.ts';
import { readAnalogies, readSimilarities } from '../../src/lib/run/formats/wordTests.ts';
import { formatFixed, formatNumber, formatTable, printJson } from '../output.ts';
import { progress as showProgress } from '../progress.ts';
import { openRun, RUN_ARGUMENT, whole } from '../run-argument.ts';

interface EvaluateOptions {
  similarity?: string[];
  analogies?: string[];
  words?: number;
  json?: boolean;
  quiet?: boolean;
}

/** `embedscope evaluate RUN`: tests of word similarity and of analogies. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('test word vectors against what people say')
    .argument('<run>', RUN_ARGUMENT)
    .option(
      '--similarity <file...>',
      'pairs of words with ratings, as WordSim-353 and SimLex-999 have them',
    )
    .option(
      '--analogies <file...>',
      'questions of four words a line, as questions-words.txt has them',
    )
    .option('--words <n>', "only the run's first n words take part (default: all)", whole(4))
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .addHelpText(
      'after',
      `
Words that the run does not have as they are written are looked up in lower case. Pairs and questions with a word
that it does not have at all are left out and counted.

Examples:
  embedscope evaluate my-run --similarity SimLex-999.txt wordsim353/combined.csv
  embedscope evaluate my-run --analogies questions-words.txt --words 30000`,
    )
    .action(evaluate);
}

type Named<T> = T & { file: string };

async function evaluate(name: string, options: EvaluateOptions): Promise<void> {
  const { similarity = [], analogies = [], words } = options;
  if (similarity.length + analogies.length === 0) {
    throw new InputError('there is no test (name one with --similarity FILE or --analogies FILE)');
  }
  const { items } = await openRun(name);
  const lookup = wordLookup(items, words);
  const pairs = await Promise.all(
    similarity.map(async (file) => ({ file, pairs: readSimilarities(await read(file), file) })),
  );
  const questions = await Promise.all(
    analogies.map(async (file) => ({ file, sections: readAnalogies(await read(file), file) })),
  );
  const progress = showProgress({ quiet: options.quiet });
  const similarities = pairs.map(({ file, pairs }): Named<SimilarityResult> => ({
    file,
    ...evaluateSimilarities(items, pairs, lookup),
  }));
  const results = questions.map(({ file, sections }): Named<AnalogyResult> => ({
    file,
    ...evaluateAnalogies(items, sections, lookup, {
      words,
      onProgress: (done, total) => progress.update(done, total, `answering ${file}`),
    }),
  }));
  progress.stop();
  if (options.json) {
    printJson({
      run: name,
      words: Math.min(words ?? items.ids.length, items.ids.length),
      similarity: similarities,
      analogies: results,
    });
    return;
  }
  if (similarities.length > 0) console.log(`${similarityTable(similarities)}\n`);
  for (const result of results) console.log(`${result.file}\n${analogyTable(result)}\n`);
}

async function read(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new InputError(`${file} cannot be read: ${reason(error)}`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file} is not text in UTF-8; convert it first`);
  }
}

function similarityTable(results: Named<SimilarityResult>[]): string {
  return formatTable(results, [
    { header: 'similarity test', value: ({ file }) => file },
    { header: 'pairs', value: ({ pairs }) => formatNumber(pairs), align: 'right' },
    { header: 'covered', value: ({ covered }) => formatNumber(covered), align: 'right' },
    { header: "Spearman's rho", value: ({ rho }) => formatFixed(rho, 3), align: 'right' },
  ]);
}

function analogyTable({ sections, ...total }: Named<AnalogyResult>): string {
  const share = (right: number, { covered }: AnalogyCounts) =>
    covered === 0 ? '–' : `${((100 * right) / covered).toFixed(1)} %`;
  return formatTable<AnalogyCounts>(
    [...sections, { ...total, name: 'all' }],
    [
      { header: 'section', value: ({ name }) => name },
      { header: 'questions', value: (count) => formatNumber(count.questions), align: 'right' },
      { header: 'covered', value: (count) => formatNumber(count.covered), align: 'right' },
      { header: '3CosAdd', value: (count) => share(count.add, count), align: 'right' },
      { header: '3CosMul', value: (count) => share(count.mul, count), align: 'right' },
    ],
  );
}
