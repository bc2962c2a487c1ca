import type { Decision, PolicyRow } from './contract.js';

/** Builds a decision from the rows of all policies and the number of the one that binds. */
export function decision(allowed: boolean, policies: readonly PolicyRow[], binding: number): Decision {
  const { name, limit, remaining, resetAfterMs, retryAfterMs } = policies[binding] as PolicyRow;
  return {
    allowed,
    limit,
    remaining,
    resetAfterMs,
    retryAfterMs,
    resetAfterSeconds: Math.ceil(resetAfterMs / 1000),
    retryAfterSeconds: allowed ? 0 : Math.ceil(retryAfterMs / 1000), // a division is dear on the hot path
    policy: name,
    policies,
  };
}

/** The decision by a clock that has so long to go until the limiter's time goes on. */
export function delayed({ allowed, policy, policies }: Decision, ms: number): Decision {
  const rows = policies.map((row) => ({
    ...row,
    resetAfterMs: row.resetAfterMs === 0 ? 0 : row.resetAfterMs + ms,
    retryAfterMs: row.retryAfterMs === 0 ? 0 : row.retryAfterMs + ms,
  }));
  return decision(
    allowed,
    rows,
    rows.findIndex(({ name }) => name === policy),
  );
}

/** Which row binds what is allowed: the fewest units left, then the later reset, then the first. */
export function tightest(policies: readonly PolicyRow[]): number {
  let binding = 0;
  for (let i = 1; i < policies.length; i++) {
    if (isTighter(policies[i] as PolicyRow, policies[binding] as PolicyRow)) binding = i;
  }
  return binding;
}

function isTighter(row: PolicyRow, than: PolicyRow): boolean {
  if (row.remaining !== than.remaining) return row.remaining < than.remaining;
  return row.resetAfterMs > than.resetAfterMs;
}
