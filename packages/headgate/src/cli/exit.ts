/** What the command line ends with; docs/cli.md tells them. */
export const Exit = {
  done: 0,
  /** It was done, and something is to be mended: a file that was not read to its end, an engine that can't be loaded. */
  mend: 1,
  /** It was asked for what can't be done: an option, a policy, a file that is not there. Nothing was begun. */
  misuse: 2,
  /** It does not work. */
  broken: 3,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** What is told without a stack: the user can mend it. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}
