/**
 * `npm run bench -- NAME... [--quick] [--most N] [--json]`: runs benchmarks, prints tables and keeps the results as
 * JSON in bench/results with the machine, the versions and the date. `--most` leaves out larger sizes, where a benchmark
 * has several; `--quick` takes the small ones and keeps nothing.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { formatNumber, formatTable, printJson } from '../scripts/output.ts';

export interface Result {
  name: string;
  /** Rows, or ratings. */
  n?: number;
  /** Dimensions. */
  d?: number;
  /** Median. */
  seconds: number;
  /** Its time over ours in the same run. */
  ratioToOurs?: number;
  /** What the time bought: a loss, a recall, bytes ... */
  quality?: Record<string, number>;
}

export interface Benchmark {
  run(options: { quick: boolean; most: number }): Promise<{
    results: Result[];
    /** What could not be measured, with the reason. */
    absent?: Record<string, string>;
    /** In place of the usual one. */
    table?: string;
  }>;
}

const here = new URL('.', import.meta.url);
const known = readdirSync(here)
  .filter((name) => name.endsWith('.ts') && !['run.ts', 'chart.ts', 'mapPicture.ts'].includes(name))
  .map((name) => basename(name, '.ts'));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, most: { type: 'string' } },
});
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`bench: there is no "${unknown.join('", "')}"; there are: ${known.join(', ')}`);
  process.exit(2);
}
const most = values.most === undefined ? Infinity : Number(values.most);
if (!(most > 0)) {
  console.error(`bench: --most is "${values.most}" (expected a number of rows)`);
  process.exit(2);
}

const machine = {
  processor: cpus()[0].model.trim(),
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
};
for (const name of positionals.length > 0 ? positionals : known) {
  const benchmark = (await import(new URL(`${name}.ts`, here).href)) as Benchmark;
  const { results, absent, table } = await benchmark.run({ quick: values.quick ?? false, most });
  const record = { benchmark: name, date: new Date().toISOString(), machine, results, absent };
  if (!values.quick) {
    mkdirSync(new URL('results/', here), { recursive: true });
    writeFileSync(new URL(`results/${name}.json`, here), JSON.stringify(record, null, 2) + '\n');
  }
  if (values.json) {
    printJson(record);
  } else {
    console.log(`\n${name}: ${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
    console.log(
      table ??
        formatTable(results, [
          { header: 'name', value: (result) => result.name },
          { header: 'n', value: (result) => formatNumber(result.n), align: 'right' },
          { header: 'd', value: (result) => formatNumber(result.d), align: 'right' },
          { header: 'seconds', value: (result) => formatNumber(result.seconds), align: 'right' },
          { header: 'ratio', value: (result) => formatNumber(result.ratioToOurs), align: 'right' },
          {
            header: 'quality',
            value: (result) =>
              Object.entries(result.quality ?? {})
                .map(([key, value]) => `${key} ${formatNumber(value)}`)
                .join(', '),
          },
        ]),
    );
  }
}
