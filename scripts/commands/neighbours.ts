import { Command, Option } from 'commander';
import { findItem } from '../../src/lib/analysis/find.ts';
import { neighbours } from '../../src/lib/analysis/neighbours.ts';
import type { Metric, Neighbour } from '../../src/lib/analysis/types.ts';
import { formatFixed, formatNumber, formatTable, printJson, type TableColumn } from '../output.ts';
import { mostOf, openRun, RUN_ARGUMENT, textBar, whole } from '../run-argument.ts';

interface NeighboursOptions {
  count: number;
  metric: Metric;
  json?: boolean;
}

/** `embedscope neighbours RUN ITEM`: the items whose vectors lie nearest. */
export function neighboursCommand(): Command {
  return new Command('neighbours')
    .description('list the items nearest to one')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<item>', 'its id, its label, or an unambiguous part of its label')
    .option('--count <n>', 'how many', whole(1), 10)
    .addOption(
      new Option('--metric <name>', 'what near means')
        .choices(['cosine', 'dot', 'euclidean'])
        .default('cosine'),
    )
    .option('--json', 'print one JSON object as the last line')
    .addHelpText(
      'after',
      `
Examples:
  embedscope neighbours my-run "Toy Story"
  embedscope neighbours my-run 260 --count 20 --metric euclidean
  embedscope neighbours my-run heat --json`,
    )
    .action(async (name: string, text: string, { count, metric, json }: NeighboursOptions) => {
      const run = await openRun(name);
      const row = findItem(run, text);
      const found = await neighbours(run, { row, metric, count });
      const item = { id: run.items.ids[row], label: run.items.labels[row] };
      const measure = metric === 'euclidean' ? 'distance' : 'similarity';
      if (json) {
        const short = (other: Neighbour) => ({
          id: other.id,
          label: other.label,
          [measure]: other[measure],
        });
        printJson({ item, metric, neighbours: found.map(short) });
        return;
      }
      const valueOf = (other: Neighbour) => other[measure] ?? NaN;
      const most = mostOf(found.map(valueOf));
      const polarity: TableColumn<Neighbour>[] = run.items.columns.polarity
        ? [
            { header: 'count', value: (other) => formatNumber(other.count), align: 'right' },
            {
              header: 'polarity',
              value: (other) => formatFixed(other.polarity, 2),
              align: 'right',
            },
          ]
        : [];
      console.log(`Nearest to ${item.label} (id ${item.id}) by ${metric}\n`);
      console.log(
        formatTable(found, [
          { header: measure, value: (other) => formatNumber(valueOf(other)), align: 'right' },
          { header: '', value: (other) => textBar(valueOf(other), most) },
          ...polarity,
          { header: 'label', value: (other) => other.label },
          { header: 'id', value: (other) => other.id },
        ]),
      );
    });
}
