import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { benchCommand } from './bench/command.js';
import { doctorCommand } from './doctor/command.js';
import { Exit, Misuse } from './exit.js';
import { reasonOf } from './reason-of.js';
import { simulateCommand } from './simulate/command.js';
import { printableLines } from './terminal/printable.js';

/** Errors begin alike, whoever finds them. */
const OUTPUT = {
  outputError: (text: string, write: (text: string) => void) => write(text.replace(/^error: /, 'headgate: ')),
};

const program = new Command('headgate')
  .description('Rate limits: tried on your logs, checked on your machine.')
  .version(version, '-v, --version')
  .showHelpAfterError('(--help tells what there is)')
  .exitOverride()
  .configureOutput(OUTPUT)
  .addCommand(inherited(simulateCommand()))
  .addCommand(inherited(doctorCommand()))
  .addCommand(inherited(benchCommand()));

/** `addCommand` hands nothing down. */
function inherited(command: Command): Command {
  return command
    .exitOverride()
    .configureOutput(OUTPUT)
    .showHelpAfterError(`(headgate ${command.name()} --help tells what there is)`);
}

// Whoever reads may stop before the end, as head does: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(Exit.done);
  process.stderr.write(`headgate: standard output can't be written on: ${reasonOf(error)}\n`);
  process.exit(Exit.misuse);
});

program.parseAsync().catch((error) => {
  process.exitCode = exitCodeOf(error);
});

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.done : Exit.misuse;
  if (!(error instanceof Misuse)) throw error;
  process.stderr.write(`headgate: ${printableLines(error.message)}\n`);
  return Exit.misuse;
}
