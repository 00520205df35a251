import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { Stopped } from '../src/lib/train/types.ts';
import { InputError } from '../src/lib/errors.ts';
import { analogyCommand } from './commands/analogy.ts';
import { biasCommand } from './commands/bias.ts';
import { compareCommand } from './commands/compare.ts';
import { componentsCommand } from './commands/components.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { importCommand } from './commands/import.ts';
import { mapCommand } from './commands/map.ts';
import { lineCommand } from './commands/line.ts';
import { neighboursCommand } from './commands/neighbours.ts';
import { trainCommand } from './commands/train.ts';

// Who reads the output may stop early, as `head` does; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const program = new Command('embedscope')
  .description('See what an embedding learnt: train, rank, compare and explore embeddings.')
  .version(version)
  .showHelpAfterError('(--help lists what can be asked)');
for (const make of [
  trainCommand,
  importCommand,
  componentsCommand,
  biasCommand,
  neighboursCommand,
  analogyCommand,
  lineCommand,
  mapCommand,
  compareCommand,
  evaluateCommand,
  doctorCommand,
]) {
  program.addCommand(make());
}

/** Commander's own exit codes are 0 for help and version, 1 for usage; usage is 2 here. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}
throwInsteadOfExit(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof InputError) {
    console.error(`embedscope: ${error.message}`);
    process.exitCode = 2;
  } else if (error instanceof Stopped) {
    console.error('embedscope: stopped; nothing was written');
    process.exitCode = 130;
  } else {
    console.error(`embedscope: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env.DEBUG) console.error(error);
    process.exitCode = 1;
  }
}

// What WebGPU leaves running would keep the process from ending.
if ('embedscopeGpu' in globalThis) {
  process.stdout.write('', () => process.exit());
}
