/**
 * The lesson's models on every rung of the compute ladder that is there: seconds per epoch of training alone (the
 * median without the first, which warms up), samples per second, seconds of all processors together (in which work
 * beside it does not count), and the loss on what was held back. A speed is quoted only where the loss agrees with the
 * WASM rung's from the same seed, within 0.5 % after an epoch on 1,280 samples, and within 10 % at the end, up to which
 * rounding grows; and on WASM only where it falls in training.
 *
 * Ratings are those of `MOVIELENS`, a folder or zip, or drawn in the shape of ml-latest-small's 2016 release; reviews
 * are drawn in the shape of IMDB's. A software adapter is measured with `--quick` only.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { packageUrls, scriptArguments } from '../src/lib/train/backend.node.ts';
import { surveyLadder, type RungReport } from '../src/lib/train/ladder.node.ts';
import { formatFixed, formatNumber, formatTable } from '../scripts/output.ts';
import type { Result } from './run.ts';
import type { Measured } from './training/measure.ts';
import { FULL } from './training/tasks.ts';

export type Answer = Measured | { task: string; failure: string };

/** One model on one rung. */
interface Row extends Result {
  rung: string;
  device: string;
  /** Why no speed is quoted. */
  fault?: string;
  /** Seconds an epoch that a card of a data centre is to stay under, at the lesson's sizes. */
  goal?: number;
}

const GOALS: Record<string, number> = {
  'dot-bias': 2,
  'dot-bias, batch 4,096': 0.1,
  conv: 2,
  lstm: 15,
};

/** No model is trained on fewer at the lesson's sizes. */
const FULL_SIZE = FULL.reviews;
/** Of the loss after a short training against that of the WASM rung: of rounding alone. */
const TOLERANCE = 0.005;
/** Of the loss at the end, up to which rounding grows from step to step. */
const LOOSE_TOLERANCE = 0.1;

/**
 * @param options with `ladder`, where it is known already
 */
export async function run({
  quick,
  most,
  ladder,
}: {
  quick: boolean;
  most: number;
  ladder?: readonly RungReport[];
}): Promise<{ results: Row[]; absent: Record<string, string>; table: string }> {
  const reports = ladder ?? (await surveyLadder({ isMeasured: false }));
  const absent: Record<string, string> = {};
  const present: RungReport[] = [];
  for (const report of reports) {
    const { name, isThere, reason } = report;
    if (!isThere) absent[name] = reason!;
    else if (name === 'webgpu-software' && !quick) {
      absent[name] = 'it computes on the processor, and is measured with --quick only';
    } else present.push(report);
  }
  const answers = new Map<string, Answer[]>();
  for (const { name } of present) {
    process.stderr.write(`training on ${name} ...\n`);
    answers.set(name, await trainedOn(name, quick, most));
  }
  const expected = answers.get('wasm') ?? [];
  const results = present.flatMap(({ name, device = '' }) =>
    answers.get(name)!.map((answer) => row(answer, name, device, expected)),
  );
  return { results, absent, table: describe(results, absent) };
}

/** What the process of a rung tells, task by task; a last one if it ends before its time. */
function trainedOn(rung: RungReport['name'], quick: boolean, most: number): Promise<Answer[]> {
  const script = new URL('./training/measure.ts', import.meta.url);
  const args = [quick ? 'quick' : 'full', String(most), rung, ...packageUrls(rung)];
  const child = spawn(process.execPath, [...scriptArguments(script), ...args], {
    // Where there is no /dev/null, there is nothing to ignore a stream with.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end();
  const answers: Answer[] = [];
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const answer = JSON.parse(line) as Answer;
    answers.push(answer);
    const took =
      'seconds' in answer ? `${formatNumber(median(answer.seconds))} s an epoch` : 'failed';
    process.stderr.write(`  ${answer.task}: ${took}\n`);
  });
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(answers);
      const failure = `its process ended with ${signal ?? `code ${code}`}`;
      resolve([...answers, { task: 'all others', failure }]);
    }),
  );
}

/** Of the epochs after the first. */
function median(seconds: readonly number[]): number {
  const warm = seconds.slice(1).sort((a, b) => a - b);
  return warm[(warm.length - 1) >> 1];
}

/**
 * What is said of a model on a rung.
 *
 * @param expected what the WASM rung answered
 */
export function row(
  answer: Answer,
  rung: string,
  device: string,
  expected: readonly Answer[],
): Row {
  const isCard = rung === 'cuda' || rung === 'webgpu';
  const isFull = 'samples' in answer && answer.samples >= FULL_SIZE;
  const base = {
    name: answer.task,
    rung,
    device,
    ...(isCard && isFull && answer.task in GOALS && { goal: GOALS[answer.task] }),
  };
  if ('failure' in answer) return { ...base, seconds: NaN, fault: answer.failure };
  const { samples, losses, accuracy } = answer;
  const loss = last(losses);
  const other = expected.find(({ task }) => task === answer.task);
  const reference = other && 'losses' in other ? other : undefined;
  const wasmLoss = reference ? last(reference.losses) : NaN;
  const quality: Record<string, number> = { loss, wasmLoss };
  if (accuracy !== undefined) quality.accuracy = accuracy;
  const fault = rung === 'wasm' ? standstill(answer.trainLosses) : disagreement(answer, reference);
  if (fault) return { ...base, n: samples, seconds: NaN, quality, fault };
  const seconds = median(answer.seconds);
  quality.processorSeconds = median(answer.processorSeconds);
  quality.samplesPerSecond = Math.round(samples / seconds);
  if (reference) quality.timesWasm = median(reference.seconds) / seconds;
  return { ...base, n: samples, seconds, quality };
}

const last = (losses: readonly number[]) => losses[losses.length - 1];

function standstill(losses: readonly number[]): string | undefined {
  if (last(losses) < losses[0]) return undefined;
  return `the loss in training does not fall: ${losses.map((loss) => loss.toFixed(4)).join(', ')}`;
}

function disagreement(ours: Measured, wasm: Measured | undefined): string | undefined {
  if (!wasm) return 'WASM has no loss to compare with';
  const compare = (when: string, a: number, b: number, tolerance: number) =>
    Math.abs(a / b - 1) <= tolerance
      ? undefined
      : `the loss ${when} is ${a.toFixed(4)}, on WASM ${b.toFixed(4)}`;
  return (
    compare('after a short training', ours.start, wasm.start, TOLERANCE) ??
    compare('at the end', last(ours.losses), last(wasm.losses), LOOSE_TOLERANCE)
  );
}

function describe(rows: readonly Row[], absent: Record<string, string>): string {
  const table = formatTable(rows, [
    { header: 'model', value: ({ name }) => name },
    { header: 'rung', value: ({ rung }) => rung },
    { header: 's/epoch', value: ({ seconds }) => formatNumber(seconds), align: 'right' },
    ...(rows.some(({ goal }) => goal)
      ? [{ header: 'goal', value: ({ goal }: Row) => (goal ? `< ${goal}` : '–') }]
      : []),
    {
      header: 'samples/s',
      value: ({ quality }) => formatNumber(quality?.samplesPerSecond),
      align: 'right',
    },
    {
      header: 'CPU s',
      value: ({ quality }) => formatNumber(quality?.processorSeconds),
      align: 'right',
    },
    { header: '× WASM', value: ({ quality }) => formatNumber(quality?.timesWasm), align: 'right' },
    { header: 'loss', value: ({ quality }) => formatFixed(quality?.loss, 4), align: 'right' },
    {
      header: 'on WASM',
      value: ({ quality }) => formatFixed(quality?.wasmLoss, 4),
      align: 'right',
    },
    {
      header: 'accuracy',
      value: ({ quality }) => formatFixed(quality?.accuracy, 4),
      align: 'right',
    },
    { header: 'device', value: ({ device }) => device },
  ]);
  const faults = rows.filter(({ fault }) => fault);
  return [
    table,
    ...faults.map(({ name, rung, fault }) => `${name} on ${rung}: no speed (${fault}).`),
    ...Object.entries(absent).map(([rung, reason]) => `${rung}: not measured (${reason}).`),
  ].join('\n');
}
