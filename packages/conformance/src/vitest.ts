import type { EngineFactory } from '@headgate/core-ts';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings, type VerifyOptions } from './run/options.js';
import { formatFailure, formatReport, type LawResult } from './run/report.js';
import { runLaw } from './run/run-law.js';
import { subjectOf } from './run/subject.js';

/** Against a law that hangs, and nothing else: its runs bound it, and how long they take is up to the machine. */
const HANG_MS_PER_1000_RUNS = 600_000;
/** What a timer can wait for. */
const LONGEST_MS = 2 ** 31 - 1;

/** Registers one test per law, and prints the report when all have run. Call it at the top of a test file. */
export function conformance(makeEngine: EngineFactory, options: VerifyOptions = {}): void {
  const settings = readSettings(options);
  const subject = subjectOf(makeEngine, options.concurrency);
  const { backend } = subject.limiter({ limit: 1, windowMs: 1 });
  const results: LawResult[] = [];
  const timeout = Math.min(HANG_MS_PER_1000_RUNS * Math.max(1, settings.runs / 1000), LONGEST_MS);

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
      it(title, { timeout }, async () => {
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
