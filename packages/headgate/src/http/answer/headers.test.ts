import { type Decision, type Policy, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decidedCase } from '../../../test/http/arbitraries/decided.js';
import type { AnswerOptions } from '../options/options.js';
import { readHeaders } from './headers.js';

const names = (headers: readonly string[]) => headers.filter((_each, i) => i % 2 === 0);

const valueIn = (headers: readonly string[], name: string) => headers[headers.indexOf(name) + 1];

const STANDARDS = [undefined, 'draft-6', 'draft-7', 'draft-8', 'latest'] as const;

describe('readHeaders', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('writes each header once, with a value that can be sent, and no-store on a denial alone', () => {
    const options = fc.record({
      standard: fc.constantFrom(...STANDARDS),
      legacyHeaders: fc.boolean(),
      resetFormat: fc.constantFrom('seconds' as const, 'epoch' as const),
    });
    fc.assert(
      fc.property(options, decidedCase, (answer, { policies, decision }) => {
        const headers = readHeaders(answer, false).writeHeaders({ policies }, decision);
        expect(headers.length % 2).toBe(0);
        expect(new Set(names(headers)).size).toBe(headers.length / 2);
        for (const text of headers) expect(text).toMatch(/^[\x20-\x7e]+$/);
        expect(names(headers).includes('Cache-Control')).toBe(!decision.allowed);
        const legacy = answer.legacyHeaders || answer.standard === undefined;
        expect(names(headers).filter((name) => name.startsWith('X-')).length).toBe(legacy ? 3 : 0);
      }),
      { numRuns: 500 },
    );
  });

  it('tells the reset as whole seconds from now, or as the Unix time that is so far off, never too early', () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_123);
    fc.assert(
      fc.property(decidedCase, ({ policies, decision }) => {
        const resetIn = (resetFormat: 'seconds' | 'epoch') =>
          Number(
            valueIn(readHeaders({ resetFormat }, false).writeHeaders({ policies }, decision), 'X-RateLimit-Reset'),
          );
        const { allowed, retryAfterMs, resetAfterMs } = decision;
        const ms = allowed || retryAfterMs === Number.POSITIVE_INFINITY ? resetAfterMs : retryAfterMs;
        expect(resetIn('seconds')).toBe(Math.max(allowed || ms === resetAfterMs ? 0 : 1, Math.ceil(ms / 1000)));
        expect(resetIn('epoch') * 1000).toBeGreaterThanOrEqual(1_700_000_000_123 + ms);
        expect(resetIn('epoch') * 1000 - (1_700_000_000_123 + ms)).toBeLessThan(1000); // rounded once
      }),
    );
  });

  it('writes nothing in a dry run, and no more than no-store where headers are off', () => {
    const { policies, decisions } = allowedAndDenied();
    for (const decision of decisions) {
      expect(
        readHeaders({ standard: 'latest', legacyHeaders: true }, true).writeHeaders({ policies }, decision),
      ).toEqual([]);
      const off: AnswerOptions<unknown> = { headers: false, standard: 'latest', legacyHeaders: true };
      expect(readHeaders(off, false).writeHeaders({ policies }, decision)).toEqual(
        decision.allowed ? [] : ['Cache-Control', 'no-store'],
      );
    }
  });
});

function allowedAndDenied(): { policies: readonly Policy[]; decisions: Decision[] } {
  const limiter = new RateLimiter({ limit: 1, windowMs: 1000 });
  return { policies: limiter.policies, decisions: [limiter.check('k'), limiter.check('k')] };
}
