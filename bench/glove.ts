/**
 * GloVe on the reviews of IMDB (`IMDB` names the archive or its folder; without it the archive is downloaded), with the
 * settings of the reference: 50 dimensions, window 15, minimum count 5. Reading, counting co-occurrences and an
 * iteration over the pairs, by the compiled kernels and in plain JavaScript, which take turns; a figure is the median
 * of its rounds in processor time, so that threads and other work on the machine do not change it.
 *
 * The C program of GloVe's authors is not run here: its source is not part of this project. Its row is a figure
 * measured elsewhere (on 2 otherwise idle cores: 44 s an iteration of 60,858,409 pairs with 2 threads, 25 s for
 * the co-occurrences and 19 s to shuffle them with one), scaled to the pairs of this run, and says so in its name.
 */
import { countCooccurrences } from '../src/lib/train/glove/cooccurrences.ts';
import { openCorpus } from '../src/lib/train/glove/corpus.node.ts';
import { createGlove } from '../src/lib/train/glove/glove.ts';
import { defaults } from '../src/lib/train/glove/options.ts';
import { Pairs } from '../src/lib/train/glove/pairs.ts';
import { openScratch } from '../src/lib/train/glove/scratch.node.ts';
import { rankWords } from '../src/lib/train/glove/vocabulary.ts';
import type { Result } from './run.ts';

const MEMORY = 2 ** 30;
const REFERENCE = { pairs: 60_858_409, iteration: 2 * 44, counting: 25 + 19 };

export async function run({ quick }: { quick: boolean }): Promise<{ results: Result[] }> {
  const watch = stopwatch();
  const corpus = await openCorpus('imdb', { data: process.env.IMDB, memory: MEMORY, openScratch });
  const reading = watch();
  const { tokens } = corpus;
  // Quick: words that stand 500 times or more, so that there are few pairs.
  const { vocabulary, rows } = rankWords(tokens.words, tokens.counts, quick ? 500 : 5);
  const size = vocabulary.words.length;
  const d = defaults.dimensions;

  async function counted(plain: boolean): Promise<{ pairs: Pairs; seconds: number }> {
    const { window, xMax, alpha } = defaults;
    const watch = stopwatch();
    const bound = window * vocabulary.counts.reduce((sum, count) => sum + count, 0);
    const pairs = new Pairs({ seed: 1, bound, memory: MEMORY, openScratch, xMax, alpha });
    const options = { window, documents: tokens.documents, memory: MEMORY, openScratch, plain };
    await countCooccurrences(tokens.pieces(), rows, vocabulary, pairs, options);
    return { pairs, seconds: watch() };
  }

  const plainCounting = (await counted(true)).seconds;
  const { pairs, seconds: counting } = await counted(false);
  await tokens.close();
  const n = pairs.directed;
  const share = n / REFERENCE.pairs;
  const results: Result[] = [
    {
      name: 'reading the reviews and cutting them into words',
      n: tokens.total,
      seconds: reading,
      quality: { millionWordsPerSecond: tokens.total / reading / 1e6 },
    },
    result('counting and dealing out pairs, kernel', counting, counting),
    result('counting and dealing out pairs, plain JavaScript', plainCounting, counting),
    result(
      'counting and shuffling, C program, measured elsewhere, scaled',
      REFERENCE.counting * share,
      counting,
    ),
  ];

  const peers = await Promise.all(
    [false, true].map(async (plain) => ({
      trainer: await createGlove(pairs, size, { ...defaults, iterations: 100 }, 1, { plain }),
      seconds: [] as number[],
      cost: 0,
    })),
  );
  for (let round = 0; round < (quick ? 3 : 2); round++) {
    for (const peer of peers) {
      const watch = stopwatch();
      peer.cost = (await peer.trainer.epoch({}))!.trainLoss;
      peer.seconds.push(watch());
    }
  }
  const [kernel, plain] = peers.map(({ seconds }) => median(seconds));
  results.push(
    result('an iteration, kernel', kernel, kernel, peers[0].cost),
    result('an iteration, plain JavaScript', plain, kernel, peers[1].cost),
    result(
      'an iteration, C program, measured elsewhere, scaled',
      REFERENCE.iteration * share,
      kernel,
    ),
  );
  peers.forEach(({ trainer }) => trainer.dispose());
  return { results };

  function result(name: string, seconds: number, ours: number, cost?: number): Result {
    const quality: Record<string, number> = { millionPairsPerCoreSecond: n / seconds / 1e6 };
    if (cost !== undefined) quality.cost = cost;
    return { name, n, d, seconds, ratioToOurs: seconds / ours, quality };
  }
}

/** Seconds of processor time since it was made. */
function stopwatch(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
