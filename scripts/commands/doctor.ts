import { Command } from 'commander';
import { version_core } from '@tensorflow/tfjs-core';
import { PACKAGES_FOLDER } from '../../src/lib/train/backend.node.ts';
import { automatic, surveyLadder, type RungReport } from '../../src/lib/train/ladder.node.ts';
import { engine, type Engine } from '../engine.ts';
import { interruptible } from '../interrupt.ts';
import { formatNumber, formatTable, printJson } from '../output.ts';
import { progress as showProgress } from '../progress.ts';
import { versions } from '../versions.ts';

interface DoctorOptions {
  benchmark: boolean;
  json?: boolean;
  quiet?: boolean;
}

/** `embedscope doctor`: what computes on this machine, what does not, and why. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine can train on, what it cannot, why, and what to do about it')
    .option('--no-benchmark', 'leave out the few seconds of measuring each rung')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'show no progress')
    .addHelpText(
      'after',
      `
Each rung of the ladder is tried in a process of its own, so that a driver that crashes or hangs is reported and does
no more. GFLOP/s are of products of 512 × 512 matrices, steps/s of training a table of 1,000 × 50 in batches of 64.
The variable ${PACKAGES_FOLDER} names a folder below whose node_modules the optional packages are looked for.

Examples:
  embedscope doctor
  embedscope doctor --no-benchmark --json`,
    )
    .action(async (options: DoctorOptions) => {
      await interruptible((signal) => examine(options, signal));
    });
}

async function examine(
  { benchmark, json, quiet }: DoctorOptions,
  signal: AbortSignal,
): Promise<void> {
  const progress = showProgress({ quiet });
  const rungs = await surveyLadder({
    isMeasured: benchmark,
    signal,
    onProgress: (done, total, label) => progress.update(done, total, label),
  }).finally(() => progress.stop());
  const software = {
    ...versions(),
    '@tensorflow/tfjs-core': version_core,
    ...Object.assign({}, ...rungs.map((rung) => rung.software)),
  } as Record<string, string>;
  const found = engine();
  const auto = automatic(rungs)?.name ?? null;
  if (json) {
    printJson({ ...found, software, rungs, auto });
  } else {
    console.log(describeMachine(found, software));
    console.log(`\n${describeLadder(rungs)}`);
  }
}

const yes = (value: boolean) => (value ? 'yes' : 'no');
const gibibytes = (bytes: number) => `${formatNumber(bytes / 2 ** 30)} GiB`;

function describeMachine(found: Engine, software: Record<string, string>): string {
  const { memory, wasm } = found;
  const packages = Object.entries(software).map(([name, version]) => `${name} ${version}`);
  return [
    `Machine    ${found.processor}, ${found.platform}`,
    `Memory     ${gibibytes(memory.total)}, ${gibibytes(memory.free)} free; JavaScript's own objects may take ${gibibytes(memory.heapLimit)}`,
    `Threads    ${found.threads}; shared memory: ${yes(found.sharedArrayBuffer)}`,
    `WASM       SIMD: ${yes(wasm.simd)}; relaxed SIMD: ${yes(wasm.relaxedSimd)}; threads: ${yes(wasm.threads)}`,
    `Software   ${packages.join(', ')}`,
  ].join('\n');
}

/** The ladder as a table, and below it what is wrong with each rung that is not there and what may be done. */
export function describeLadder(rungs: readonly RungReport[]): string {
  const measured = rungs.map((rung) => ({
    rung,
    speed: rung.benchmark && 'gigaflops' in rung.benchmark ? rung.benchmark : undefined,
  }));
  const table = formatTable(measured, [
    { header: '--backend', value: ({ rung }) => rung.name },
    { header: 'there', value: ({ rung }) => yes(rung.isThere) },
    {
      header: 'GFLOP/s',
      value: ({ speed }) => formatNumber(speed?.gigaflops),
      align: 'right',
    },
    {
      header: 'steps/s',
      value: ({ speed }) => formatSteps(speed?.embeddingSteps),
      align: 'right',
    },
    { header: 'device', value: ({ rung }) => rung.device ?? '–' },
  ]);
  const notes = rungs.flatMap(({ name, reason, remedy, benchmark, adapter }) => [
    ...(reason ? [`${name}: ${reason}.`] : []),
    ...(remedy ? [`  To have it: ${remedy}.`] : []),
    ...(benchmark && 'failure' in benchmark
      ? [`${name}: its benchmark ${benchmark.failure}.`]
      : []),
    ...(adapter ? [`${name}: ${describeLimits(adapter.limits)}.`] : []),
  ]);
  const auto = automatic(rungs);
  return [
    table,
    '',
    ...notes,
    ...(notes.length > 0 ? [''] : []),
    auto ? `auto takes ${auto.name}.` : 'auto finds nothing to compute with.',
  ].join('\n');
}

/** Whole, unless that would make nothing of a slow rung. */
function formatSteps(steps: number | undefined): string {
  return formatNumber(steps && steps >= 10 ? Math.round(steps) : steps);
}

function describeLimits(limits: Record<string, number>): string {
  return `one buffer holds at most ${gibibytes(limits.maxBufferSize)}, of which a shader sees ${gibibytes(limits.maxStorageBufferBindingSize)}; a workgroup has ${formatNumber(limits.maxComputeInvocationsPerWorkgroup)} invocations and ${formatNumber(limits.maxComputeWorkgroupStorageSize)} bytes`;
}
