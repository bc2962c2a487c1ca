import { decision as decisionOf, type PolicyRow, RateLimiter } from '@headgate/core-ts';
import fc from 'fast-check';
import { type BareItem, type Item, parseDictionary, parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { type DecidedCase, decidedCase } from '../../../test/http/arbitraries/decided.js';
import type { Standard } from '../options/options.js';
import { checkNames, FIELDS } from './fields.js';
import { readHeaders } from './headers.js';

const MOST = 999_999_999_999_999;

function written(standard: Standard, { policies, decision }: DecidedCase): Record<string, string> {
  const headers: string[] = [];
  FIELDS[standard](headers, policies, decision);
  return Object.fromEntries(headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1] ?? '']] : [])));
}

interface Member {
  readonly name: unknown;
  readonly [parameter: string]: unknown;
}

const members = (field = ''): Member[] =>
  (parseList(field) as Item[]).map(([name, parameters]) => ({ name, ...Object.fromEntries(parameters) }));

const retryAfter = ({ policies, decision }: DecidedCase) => {
  const headers = readHeaders({ standard: 'latest' }, false).writeHeaders({ policies }, decision);
  const at = headers.indexOf('Retry-After');
  return at < 0 ? undefined : Number(headers[at + 1]);
};

function expectInteger(value: unknown, least: number): void {
  expect(value).toSatisfy((number) => Number.isInteger(number) && number >= least && number <= MOST);
}

/** A full bucket, and a cost that is too much for it. */
const neverFits: DecidedCase = (() => {
  const limiter = new RateLimiter({ algorithm: 'token-bucket', limit: 1, windowMs: 1 });
  return { policies: limiter.policies, decision: limiter.check('k', 2) };
})();

describe('draft 8 and the latest', () => {
  it('name each policy in a List, with its quota and window', () => {
    fc.assert(
      fc.property(decidedCase, (decided) => {
        const policyMembers = members(written('latest', decided)['RateLimit-Policy']);
        expect(policyMembers.map(({ name }) => name)).toEqual(decided.policies.map(({ name }) => name));
        policyMembers.forEach(({ q, w }, i) => {
          expectInteger(q, 0);
          expectInteger(w, 1);
          expect((w as number) * 1000).toBeGreaterThanOrEqual(decided.policies[i]?.windowMs as number);
        });
        expect(written('draft-8', decided)).toEqual(written('latest', decided));
      }),
      { numRuns: 500 },
    );
  });

  it('tell how all policies stand that allow a request, and of a denial those that deny', () => {
    fc.assert(
      fc.property(decidedCase, (decided) => {
        const { allowed, policies } = decided.decision;
        const rows = allowed ? policies : policies.filter(({ retryAfterMs }) => retryAfterMs > 0);
        const limitMembers = members(written('latest', decided).RateLimit);
        expect(limitMembers.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
        limitMembers.forEach(({ r, t }, i) => {
          expectInteger(r, 0);
          expectInteger(t, 0);
          expect(r).toBe(Math.min(MOST, rows[i]?.remaining as number));
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never promise more than the rate of a policy whose units come back one after the other', () => {
    fc.assert(
      fc.property(decidedCase, (decided) => {
        const fields = written('latest', decided);
        const quotas = new Map(members(fields['RateLimit-Policy']).map((member) => [member.name, member]));
        const algorithms = new Map(decided.policies.map(({ name, algorithm }) => [name as unknown, algorithm]));
        for (const { name, r, t } of members(fields.RateLimit)) {
          const { q, w } = quotas.get(name) as Member;
          const row = decided.decision.policies.find((each) => each.name === name) as PolicyRow;
          // A denial tells when its own cost fits, exactly, however much is left by then.
          const exact = row.retryAfterMs > 0 && row.retryAfterMs < Number.POSITIVE_INFINITY;
          if (algorithms.get(name) === 'fixed-window' || exact) continue;
          const [units, seconds, quota, window] = [r, t, q, w].map((number) => BigInt(number as number)) as [
            bigint,
            bigint,
            bigint,
            bigint,
          ];
          expect([name, units * window <= quota * seconds]).toEqual([name, true]);
        }
      }),
      { numRuns: 1000, examples: [[neverFits]] },
    );
  });

  it('tell no time of a denial that is too early, nor later than Retry-After', () => {
    fc.assert(
      fc.property(decidedCase, (decided) => {
        const { allowed, retryAfterMs, policies } = decided.decision;
        const seconds = retryAfter(decided);
        expect(seconds === undefined).toBe(allowed || retryAfterMs === Number.POSITIVE_INFINITY);
        if (seconds === undefined) return;
        expectInteger(seconds, 1);
        expect(seconds * 1000).toBeGreaterThanOrEqual(retryAfterMs);
        for (const { name, t } of members(written('latest', decided).RateLimit)) {
          expect(t).toBeLessThanOrEqual(seconds);
          const row = policies.find((each) => each.name === name) as PolicyRow;
          expect((t as number) * 1000).toBeGreaterThanOrEqual(row.retryAfterMs);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('escape quotes and backslashes, and refuse names that are no printable ASCII', () => {
    const policies = new RateLimiter({ name: 'a"b\\c', limit: 1, windowMs: 1000 }).policies;
    const row = { name: 'a"b\\c', limit: 1, remaining: 1, resetAfterMs: 0, retryAfterMs: 0 };
    const fields = written('latest', { policies, decision: decisionOf(true, [row], 0) });
    expect(fields['RateLimit-Policy']).toBe('"a\\"b\\\\c";q=1;w=1');
    checkNames('latest', policies);
    for (const name of ['täglich', 'a\n', 'a\r\nX: y', '\u007f', '\u2028', '日']) {
      const bad = new RateLimiter({ name, limit: 1, windowMs: 1000 }).policies;
      for (const standard of ['draft-8', 'latest'] as const)
        expect(() => checkNames(standard, bad)).toThrow('printable ASCII');
      for (const standard of ['draft-6', 'draft-7', undefined] as const) checkNames(standard, bad);
    }
  });
});

describe('earlier drafts', () => {
  it('tell the limit, what remains and the reset of the policy that binds, as integers', () => {
    const integer = (text: string | undefined) => {
      const [[value]] = parseList(text ?? '') as [Item];
      expectInteger(value, 0);
      return value;
    };
    fc.assert(
      fc.property(decidedCase, (decided) => {
        const { limit, remaining } = decided.decision;
        const six = written('draft-6', decided);
        const seven = parseDictionary(written('draft-7', decided).RateLimit ?? '') as Map<string, [BareItem, unknown]>;
        const numbers = [Math.min(MOST, limit), Math.min(MOST, remaining)];
        expect([integer(six['RateLimit-Limit']), integer(six['RateLimit-Remaining'])]).toEqual(numbers);
        expect([seven.get('limit')?.[0], seven.get('remaining')?.[0]]).toEqual(numbers);
        expect(seven.get('reset')?.[0]).toBe(integer(six['RateLimit-Reset']));
        const seconds = retryAfter(decided);
        if (seconds !== undefined) expect(integer(six['RateLimit-Reset'])).toBeLessThanOrEqual(seconds);
        const policies = members(six['RateLimit-Policy']).map(({ name }) => name);
        expect(policies).toEqual(decided.policies.map((policy) => Math.min(MOST, policy.limit)));
      }),
      { numRuns: 500 },
    );
  });
});
