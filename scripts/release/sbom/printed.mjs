import { run } from '../../checks.mjs';

/** What a command prints; one that fails is an error. */
export function printed(command, args, cwd) {
  const { status, stdout, output } = run(command, args, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${output}`);
  return stdout;
}
