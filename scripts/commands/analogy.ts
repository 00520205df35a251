import { Command, Option } from 'commander';
import { analogy } from '../../src/lib/analysis/analogy.ts';
import { findItem } from '../../src/lib/analysis/find.ts';
import type { AnalogyItem, AnalogyRule } from '../../src/lib/analysis/types.ts';
import { formatFixed, formatNumber, formatTable, printJson } from '../output.ts';
import { mostOf, openRun, RUN_ARGUMENT, textBar, whole } from '../run-argument.ts';

interface AnalogyOptions {
  count: number;
  rule: AnalogyRule;
  json?: boolean;
}

const ruleNames = { add: '3CosAdd', mul: '3CosMul' };

/** `embedscope analogy RUN A B C`: what is to C as B is to A. */
export function analogyCommand(): Command {
  return new Command('analogy')
    .description('answer “A is to B as C is to …” with the items nearest to B − A + C')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<a>', 'A, what the step from A to B starts at: its id, label, or part of its label')
    .argument('<b>', 'B, where the step ends')
    .argument('<c>', 'C, what the same step is taken from')
    .option('-n, --count <n>', 'how many answers', whole(1), 10)
    .addOption(
      new Option('--rule <name>', 'add: cosine with B − A + C; mul: cos(B) cos(C) / cos(A)')
        .choices(['add', 'mul'])
        .default('add'),
    )
    .option('--json', 'print one JSON object as the last line')
    .addHelpText(
      'after',
      `
The order is that of the sentence: “man is to woman as king is to …” is man woman king.
The answer is B − A + C, so here woman − man + king. A, B and C are left out of it.

Examples:
  embedscope analogy my-run man woman king
  embedscope analogy my-run france paris italy --rule mul -n 5
  embedscope analogy my-run good bad best --json`,
    )
    .action(
      async (
        name: string,
        aText: string,
        bText: string,
        cText: string,
        { count, rule, json }: AnalogyOptions,
      ) => {
        const run = await openRun(name);
        const [a, b, c] = [aText, bText, cText].map((text) => findItem(run, text));
        const { answers, leftOut } = analogy(run, { a, b, c, rule, count });
        const short = ({ id, label }: AnalogyItem) => ({ id, label });
        const [first, second, third] = leftOut;
        if (json) {
          printJson({
            a: short(first),
            b: short(second),
            c: short(third),
            rule,
            answers: answers.map((item) => ({ ...short(item), similarity: item.similarity })),
            leftOut: leftOut.map((item) => ({
              ...short(item),
              similarity: item.similarity,
              rank: item.rank,
            })),
          });
          return;
        }
        const most = mostOf(answers.map(({ similarity }) => similarity));
        console.log(
          `${first.label} is to ${second.label} as ${third.label} is to …\nby ${ruleNames[rule]}: ${second.label} − ${first.label} + ${third.label}\n`,
        );
        console.log(
          formatTable(answers, [
            {
              header: 'similarity',
              value: (item) => formatFixed(item.similarity, 4),
              align: 'right',
            },
            { header: '', value: (item) => textBar(item.similarity, most) },
            { header: 'label', value: (item) => item.label },
            { header: 'id', value: (item) => item.id },
          ]),
        );
        const places = leftOut.map(({ label, rank }) => `${label} number ${formatNumber(rank)}`);
        console.log(`\nLeft out; among all they would be: ${places.join(', ')}.`);
      },
    );
}
