import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colors where standard output is a terminal that has some, and NO_COLOR does not forbid them. */
export function styled(format: Format, text: string): string {
  return hasColors() ? styleText(format, text) : text;
}

/** Node's own reading of NO_COLOR, FORCE_COLOR and TERM. */
function hasColors(): boolean {
  return process.stdout.isTTY && process.stdout.getColorDepth() > 1;
}
