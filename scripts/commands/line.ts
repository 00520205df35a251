import { Command } from 'commander';
import { findItem } from '../../src/lib/analysis/find.ts';
import { lineEnds } from '../../src/lib/analysis/line.ts';
import type { ItemSummary, LineItem } from '../../src/lib/analysis/types.ts';
import { formatFixed, formatNumber, formatTable, printJson } from '../output.ts';
import { openRun, RUN_ARGUMENT, whole } from '../run-argument.ts';

interface LineOptions {
  count: number;
  items?: number;
  json?: boolean;
}

/** `embedscope line RUN A B`: what lies at the ends of the line from A to B. */
export function lineCommand(): Command {
  return new Command('line')
    .description('project all items on the line from A to B and list those at its ends')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<a>', 'where the line starts, at 0: its id, its label, or part of its label')
    .argument('<b>', 'where it ends, at 1')
    .option('-n, --count <n>', 'length of each list', whole(1), 10)
    .option('--items <n>', 'rank only the n most frequent', whole(1))
    .option('--json', 'print one JSON object as the last line')
    .addHelpText(
      'after',
      `
Vectors are taken at length 1. The position is 0 at A, 1 at B, and ½ where an item is as similar to A as to B;
the distance says how far from the line it lies, 0 on it.

Examples:
  embedscope line my-run bad good
  embedscope line my-run bad good --items 2000 -n 20
  embedscope line my-run "Toy Story (1995)" "Heat (1995)" --json`,
    )
    .action(async (name: string, aText: string, bText: string, options: LineOptions) => {
      const run = await openRun(name);
      const [from, to] = [aText, bText].map((text) => findItem(run, text));
      const { count, items = run.items.ids.length, json } = options;
      const ends = lineEnds(run, { from, to, count, items });
      if (json) {
        const short = ({ id, label }: ItemSummary) => ({ id, label });
        const place = (item: LineItem) => ({
          ...short(item),
          position: item.position,
          distance: item.distance,
        });
        printJson({
          from: short(ends.from),
          to: short(ends.to),
          cosine: ends.cosine,
          ranked: ends.ranked,
          varianceShare: ends.varianceShare,
          polarity: ends.polarity,
          fromEnd: ends.fromEnd.map(place),
          toEnd: ends.toEnd.map(place),
        });
        return;
      }
      const polarity = run.items.columns.polarity
        ? [
            {
              header: 'polarity',
              value: (item: LineItem) => formatFixed(item.polarity, 2),
              align: 'right' as const,
            },
          ]
        : [];
      const table = (list: LineItem[]) =>
        formatTable(list, [
          { header: 'position', value: (item) => formatFixed(item.position, 3), align: 'right' },
          { header: 'distance', value: (item) => formatFixed(item.distance, 3), align: 'right' },
          ...polarity,
          { header: 'label', value: (item) => item.label },
          { header: 'id', value: (item) => item.id },
        ]);
      const even = 1 / run.items.vectors.columns;
      console.log(`From ${ends.from.label} (0) to ${ends.to.label} (1)\n`);
      console.log(
        `Cosine of the two ${formatNumber(ends.cosine)}. The line carries ${formatNumber(100 * ends.varianceShare)} % of the variance (${formatNumber(100 * even)} % if every direction had the same).`,
      );
      if (ends.polarity) {
        console.log(
          `Correlation of position and polarity ${formatNumber(ends.polarity.correlation)} over ${formatNumber(ends.polarity.n)} items.`,
        );
      }
      console.log(`\nAt the end of ${ends.from.label}\n${table(ends.fromEnd)}`);
      console.log(`\nAt the end of ${ends.to.label}\n${table(ends.toEnd)}`);
    });
}
