import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { doctorCommand } from './doctor/command.js';
import { Exit, Misuse } from './exit.js';
import { simulateCommand } from './simulate/command.js';

const program = new Command('headgate')
  .description('Rate limits: tried on your logs, checked on your machine.')
  .version(version, '-v, --version')
  .showHelpAfterError('(--help tells what there is)')
  .exitOverride()
  .addCommand(inherited(simulateCommand()))
  .addCommand(inherited(doctorCommand()));

/** `addCommand` hands nothing down. */
function inherited(command: Command): Command {
  return command.exitOverride().showHelpAfterError(`(headgate ${command.name()} --help tells what there is)`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.done : Exit.misuse;
  if (!(error instanceof Misuse)) throw error;
  process.stderr.write(`headgate: ${error.message}\n`);
  return Exit.misuse;
}
