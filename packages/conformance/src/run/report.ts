import type { LawNumber } from './law.js';

/** How a law went against one engine. */
export interface LawResult {
  readonly number: LawNumber;
  readonly name: string;
  readonly sentence: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Values tried; when it failed, up to and with the first that failed. */
  readonly runs: number;
  readonly durationMs: number;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly failure?: Failure;
}

export interface Failure {
  /** The smallest value found that breaks the law. */
  readonly counterexample: string;
  /** Which call answered what, and what the law wants. */
  readonly message: string;
  readonly seed: number;
  readonly path: string;
}

export interface Report {
  /** Its name: `limiter.backend`. */
  readonly engine: string;
  readonly seed: number;
  readonly passed: boolean;
  readonly laws: readonly LawResult[];
}

/** The report as a table, with the counterexamples below it. */
export function formatReport({ engine, seed, laws }: Report): string {
  const rows = laws.map(({ number, name, status, runs, durationMs, reason }) => [
    String(number),
    name,
    status,
    String(runs),
    String(Math.round(durationMs)),
    reason ?? '',
  ]);
  const table = formatTable([['law', 'name', 'status', 'runs', 'ms', 'reason'], ...rows]);
  const failures = laws.filter(({ status }) => status === 'failed').map(formatFailure);
  return [`Engine ${engine}, seed ${seed}: ${count(laws)}`, table, ...failures].join('\n\n');
}

/** Why a law failed and how to see it again; empty for one that did not fail. */
export function formatFailure({ number, name, sentence, runs, failure }: LawResult): string {
  if (failure === undefined) return '';
  const { counterexample, message, seed, path } = failure;
  return [
    `Law ${number}, ${name}: ${sentence}`,
    message,
    `after ${runs} runs, with`,
    counterexample,
    `Reproduce with { only: [${number}], seed: ${seed}, path: '${path}' }`,
  ].join('\n');
}

export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(laws: readonly LawResult[]): string {
  return (['passed', 'failed', 'skipped'] as const)
    .map((status) => `${laws.filter((law) => law.status === status).length} ${status}`)
    .join(', ');
}
