import type { EngineFactory } from '@headgate/core-ts';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings, type VerifyOptions } from './options.js';
import { formatFailure, formatReport, type LawResult } from './report.js';
import { runLaw } from './run-law.js';
import { subjectOf } from './subject.js';

/** A law tries hundreds of lives, and may look for a smaller counterexample; the runner's 5 s are for one test. */
const TIMEOUT_MS = 120_000;

/** Registers one test per law, and prints the report when all have run. Call it at the top of a test file. */
export function conformance(makeEngine: EngineFactory, options: VerifyOptions = {}): void {
  const settings = readSettings(options);
  const subject = subjectOf(makeEngine, options.concurrency);
  const { backend } = subject.limiter({ limit: 1, windowMs: 1 });
  const results: LawResult[] = [];

  describe(`the laws on the engine ${backend}`, () => {
    for (const law of settings.laws) {
      const { number, name, sentence } = law;
      const title = `law ${number}, ${name}: ${sentence}`;
      const reason = settings.skip.get(number);
      if (reason !== undefined) {
        results.push({ number, name, sentence, status: 'skipped', runs: 0, durationMs: 0, reason });
        it.skip(`${title} (skipped: ${reason})`);
        continue;
      }
      it(title, { timeout: TIMEOUT_MS }, async () => {
        const result = await runLaw(law, subject, settings);
        results.push(result);
        expect(result.status, formatFailure(result)).toBe('passed');
      });
    }

    afterAll(async () => {
      await subject.close();
      const laws = results.sort((a, b) => a.number - b.number);
      const passed = laws.every(({ status }) => status !== 'failed');
      console.log(`\n${formatReport({ engine: backend, seed: settings.seed, passed, laws })}\n`);
    });
  });
}
