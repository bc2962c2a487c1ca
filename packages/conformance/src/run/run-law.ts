import fc from 'fast-check';
import type { Law } from './law.js';
import type { Settings } from './options.js';
import type { Failure, LawResult } from './report.js';
import type { Subject } from './subject.js';

export interface RunLawOptions extends Pick<Settings, 'runs' | 'seed' | 'path'> {
  /** Whether to look for the smallest counterexample, which takes many more tries; by default. */
  readonly shrink?: boolean;
  /** Whether its examples are tried first; by default. */
  readonly examples?: boolean;
}

/** Tries one law on as many values as its share of the runs. */
export async function runLaw(law: Law, subject: Subject, options: RunLawOptions): Promise<LawResult> {
  const { number, name, sentence } = law;
  const { shrink = true, seed, path } = options;
  const examples = options.examples === false ? [] : law.examples;
  const started = performance.now();
  const property = fc.asyncProperty(law.values, async (value) => law.holds(subject, value));
  const details = await fc.check(property, {
    seed,
    numRuns: examples.length + Math.ceil(options.runs * (law.share ?? 1)),
    endOnFailure: !shrink || law.repeatable === false,
    examples: examples.map((example) => [example]),
    ...(path === undefined ? {} : { path }),
  });
  const result = { number, name, sentence, runs: details.numRuns, durationMs: performance.now() - started };
  if (!details.failed) return { ...result, status: 'passed' };
  return { ...result, status: 'failed', failure: failureOf(law, details) };
}

function failureOf(law: Law, details: fc.RunDetails<[unknown]>): Failure {
  const value = details.counterexample?.[0];
  const error = details.errorInstance;
  return {
    counterexample: details.counterexample === null ? 'no value at all' : law.print(value),
    message: error instanceof Error ? messageOf(error) : String(error),
    seed: details.seed,
    path: details.counterexamplePath ?? '',
  };
}

/** What the engine threw by itself comes with its stack; what a law demands says it all. */
function messageOf(error: Error): string {
  return error.name === 'LawBroken' ? error.message : (error.stack ?? String(error));
}
