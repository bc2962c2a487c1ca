/** How grave a finding is: fine; to be known; works, but to be mended; does not work. */
export type State = 'ok' | 'note' | 'mend' | 'broken';

/** What one look at the installation has found. */
export interface Finding {
  /** What was looked at, e.g. `engine`. */
  readonly about: string;
  readonly state: State;
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
}

const GRAVITY: readonly State[] = ['ok', 'note', 'mend', 'broken'];

/** The gravest of them. */
export function gravest(findings: readonly Finding[]): State {
  return GRAVITY[Math.max(0, ...findings.map(({ state }) => GRAVITY.indexOf(state)))] as State;
}
