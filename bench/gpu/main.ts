/** What `run.sh` starts where Node, npm and the network are missing: the compute ladder, and bench/training. */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { describeLadder } from '../../scripts/commands/doctor.ts';
import { formatNumber } from '../../scripts/output.ts';
import { surveyLadder } from '../../src/lib/train/ladder.node.ts';
import { run } from '../training.ts';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    most: { type: 'string', default: 'Infinity' },
    out: { type: 'string' },
  },
});
const most = Number(values.most);
if (!(most > 0)) {
  console.error(`--most is "${values.most}" (expected a number of samples)`);
  process.exit(2);
}
const machine = {
  processor: cpus()[0]?.model.trim() ?? process.arch,
  threads: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
console.log(
  `${machine.processor}, ${formatNumber(machine.threads)} threads, ${formatNumber(machine.memoryGiB)} GiB, Node ${machine.node}\n`,
);
const { check, quick, out } = values;
const ladder = await surveyLadder({ isMeasured: !check && !quick });
console.log(describeLadder(ladder));
if (!check) {
  const { results, absent, table } = await run({ quick, most, ladder });
  console.log(`\n${table}`);
  if (out) {
    const record = { date: new Date().toISOString(), machine, quick, ladder, results, absent };
    try {
      writeFileSync(out, JSON.stringify(record, null, 2) + '\n');
      console.log(`\nKept in ${out}.`);
    } catch (error) {
      console.error(`\nNot kept, for ${out} cannot be written: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}
