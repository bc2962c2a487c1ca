import type { EngineFactory } from '@headgate/core-ts';
import { readSettings, type Settings, type VerifyOptions } from './options.js';
import type { LawResult, Report } from './report.js';
import { runLaw } from './run-law.js';
import { type Subject, subjectOf } from './subject.js';

/**
 * Runs every law against an engine, one after the other, and answers how each went: it throws for bad
 * options only.
 *
 * ```ts
 * const report = await verify(createMyEngine, { skip: { 11: 'one process, one thread' } });
 * console.log(formatReport(report));
 * ```
 */
export async function verify(makeEngine: EngineFactory, options: VerifyOptions = {}): Promise<Report> {
  return verifySubject(subjectOf(makeEngine, options.concurrency), readSettings(options));
}

export async function verifySubject(subject: Subject, settings: Settings): Promise<Report> {
  const { backend } = subject.limiter({ limit: 1, windowMs: 1 });
  const laws: LawResult[] = [];
  try {
    for (const law of settings.laws) {
      const { number, name, sentence } = law;
      const reason = settings.skip.get(number);
      laws.push(
        reason === undefined
          ? await runLaw(law, subject, settings)
          : { number, name, sentence, status: 'skipped', runs: 0, durationMs: 0, reason },
      );
    }
  } finally {
    await subject.close();
  }
  return { engine: backend, seed: settings.seed, passed: laws.every(({ status }) => status !== 'failed'), laws };
}
