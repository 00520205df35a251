import { Command, Option } from 'commander';
import { componentRanking, spectrum } from '../../src/lib/analysis/components.ts';
import { describeComponent } from '../../src/lib/analysis/describe.ts';
import type {
  ComponentRanking,
  Convention,
  ItemFilter,
  ScoredItem,
} from '../../src/lib/analysis/types.ts';
import { formatNumber, formatTable, printJson } from '../output.ts';
import { mostOf, openRun, RUN_ARGUMENT, textBar, whole } from '../run-argument.ts';

interface ComponentsOptions {
  component?: number;
  count: number;
  items: number;
  convention: Convention;
  genre?: string[];
  fromYear?: number;
  toYear?: number;
  minimumCount?: number;
  json?: boolean;
}

/** Of the spectrum, as many as show where it falls off. */
const SHARES = 10;

/** `embedscope components RUN`: what a principal component separates. */
export function componentsCommand(): Command {
  return new Command('components')
    .description('rank the items along a principal component, and say what it goes along with')
    .argument('<run>', RUN_ARGUMENT)
    .option('--component <k>', 'which, from 1 (default: 1, and the spectrum)', whole(1))
    .option('--count <n>', 'length of each list', whole(1), 10)
    .option('--items <n>', 'fit on the n items with the highest counts', whole(2), 2000)
    .addOption(
      new Option('--convention <name>', 'scores: items projected; lesson: PCA of the transpose')
        .choices(['scores', 'lesson'])
        .default('scores'),
    )
    .option('--genre <genre...>', 'rank only items with any of these')
    .option('--from-year <year>', 'rank only items from this year on', whole(0))
    .option('--to-year <year>', 'rank only items up to this year', whole(0))
    .option('--minimum-count <n>', 'rank only items with at least this count', whole(0))
    .option('--json', 'print one JSON object as the last line')
    .addHelpText(
      'after',
      `
Examples:
  embedscope components my-run
  embedscope components my-run --component 3 --count 20 --genre Comedy --from-year 1990
  embedscope components my-run --convention lesson --json`,
    )
    .action(async (name: string, options: ComponentsOptions) => {
      const run = await openRun(name);
      const filter: ItemFilter = {
        genres: options.genre,
        yearFrom: options.fromYear,
        yearTo: options.toYear,
        minimumCount: options.minimumCount,
      };
      const query = { items: options.items, convention: options.convention };
      const { component = 1, count } = options;
      const ranking = componentRanking(run, { ...query, component, count, filter });
      if (options.json) {
        printJson(jsonOf(ranking));
        return;
      }
      if (options.component === undefined) {
        const shares = spectrum(run, query).explainedVarianceRatio.slice(0, SHARES);
        console.log('Shares of variance, components 1, 2, …');
        console.log(`  ${Array.from(shares, percent).join('  ')}\n`);
      }
      console.log(tables(ranking));
    });
}

function jsonOf(ranking: ComponentRanking): object {
  const short = ({ id, label, score }: ScoredItem) => ({ id, label, score });
  return { ...ranking, top: ranking.top.map(short), bottom: ranking.bottom.map(short) };
}

function tables(ranking: ComponentRanking): string {
  const { component, top, bottom, about, ranked, fitted } = ranking;
  const most = mostOf([...top, ...bottom].map((item) => item.score));
  const table = (items: ScoredItem[]) =>
    formatTable(items, [
      { header: 'score', value: (item) => formatNumber(item.score), align: 'right' },
      { header: '', value: (item) => textBar(item.score, most) },
      { header: 'label', value: (item) => item.label },
      { header: 'id', value: (item) => item.id },
    ]);
  const correlations = formatTable(about.slice(0, SHARES), [
    { header: 'attribute', value: (entry) => entry.name },
    { header: 'correlation', value: (entry) => formatNumber(entry.correlation), align: 'right' },
    { header: 'corrected p', value: (entry) => formatNumber(entry.pValue), align: 'right' },
    { header: 'items', value: (entry) => formatNumber(entry.n), align: 'right' },
  ]);
  const share = percent(ranking.explainedVarianceRatio);
  return [
    `Component ${component}: ${share} of the variance, ${ranking.convention} convention`,
    describeComponent(ranking),
    `Ranked: ${formatNumber(ranked)} of the ${formatNumber(fitted)} items it was fitted on`,
    ...(ranked > 0
      ? [`\nHighest\n${table(top)}`, `\nLowest\n${table(bottom)}`]
      : ['\nNo item passes the filter: ask for less']),
    ...(about.length > 0 ? [`\nGoes along with\n${correlations}`] : []),
  ].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
