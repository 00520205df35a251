import { Command } from 'commander';
import { biasRanking } from '../../src/lib/analysis/bias.ts';
import type { BiasItem } from '../../src/lib/analysis/types.ts';
import { formatFixed, formatNumber, formatTable, printJson } from '../output.ts';
import { mostOf, openRun, RUN_ARGUMENT, textBar, whole } from '../run-argument.ts';

interface BiasOptions {
  count: number;
  items: number;
  json?: boolean;
}

/** `embedscope bias RUN`: the items of highest and lowest bias, beside their mean rating. */
export function biasCommand(): Command {
  return new Command('bias')
    .description('rank the items by bias, and show where that differs from the mean rating')
    .argument('<run>', RUN_ARGUMENT)
    .option('--count <n>', 'length of each list', whole(1), 10)
    .option('--items <n>', 'rank the n items with the highest counts', whole(1), 2000)
    .option('--json', 'print one JSON object as the last line')
    .addHelpText(
      'after',
      `
Examples:
  embedscope bias my-run
  embedscope bias my-run --count 20 --items 500
  embedscope bias my-run --json`,
    )
    .action(async (name: string, options: BiasOptions) => {
      const ranking = biasRanking(await openRun(name), options);
      if (options.json) {
        printJson(ranking);
        return;
      }
      const { top, bottom, corrected, ranked, rankCorrelation } = ranking;
      const most = mostOf([...top, ...bottom].map((item) => item.bias));
      console.log(`Bias of ${formatNumber(ranked)} items`);
      if (rankCorrelation !== undefined) {
        console.log(`Rank correlation with the mean rating: ${formatNumber(rankCorrelation)}`);
      }
      console.log(`\nHighest\n${table(top, most)}`);
      console.log(`\nLowest\n${table(bottom, most)}`);
      if (corrected.length > 0) {
        console.log(`\nRanked most differently by bias and by mean\n${table(corrected, most)}`);
      }
    });
}

function table(items: BiasItem[], most: number): string {
  return formatTable(items, [
    { header: 'bias', value: (item) => formatFixed(item.bias, 3), align: 'right' },
    { header: '', value: (item) => textBar(item.bias, most) },
    { header: 'rank', value: (item) => formatNumber(item.biasRank), align: 'right' },
    { header: 'mean', value: (item) => formatFixed(item.mean, 2), align: 'right' },
    { header: 'its rank', value: (item) => formatNumber(item.meanRank), align: 'right' },
    { header: 'count', value: (item) => formatNumber(item.count), align: 'right' },
    { header: 'label', value: (item) => item.label },
    { header: 'id', value: (item) => item.id },
  ]);
}
