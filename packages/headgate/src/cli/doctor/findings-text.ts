import { printableLines } from '../terminal/printable.js';
import { styled } from '../terminal/style.js';
import type { Finding, State } from './finding.js';

interface Findings {
  readonly headgate: string;
  readonly runtime: string;
  readonly platform: string;
  readonly state: State;
  readonly findings: readonly Finding[];
}

const MARKS = { ok: ['✓', 'green'], note: ['·', 'cyan'], mend: ['!', 'yellow'], broken: ['✗', 'red'] } as const;
const VERDICTS: Readonly<Record<State, string>> = {
  ok: 'All is well.',
  note: 'All is well.',
  mend: 'It works, and something is to be mended.',
  broken: 'It does not work.',
};
const INDENT = ' '.repeat(14);

/** The findings as people read them. */
export function textOf({ headgate, runtime, platform, state, findings }: Findings): string {
  const lines = findings.map(({ state: each, about, found, advice }) => {
    const [mark, color] = MARKS[each];
    const told = printableLines(found).replaceAll('\n', `\n${INDENT}  `);
    const hint = advice === undefined ? '' : `\n${INDENT}${styled('dim', printableLines(advice))}`;
    return `${styled(color, mark)} ${about.padEnd(12)}${told}${hint}`;
  });
  return `headgate ${headgate} on ${runtime}, ${platform}\n\n${lines.join('\n')}\n\n${VERDICTS[state]}\n`;
}
