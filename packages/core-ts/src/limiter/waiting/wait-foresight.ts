import type { Decision, Policy, PolicyRow, Units } from '../../contract.js';
import { unitsOf } from '../../units.js';

/**
 * How one who comes now would wait, who is the last of so many units `ahead`, as if all ahead stay until they are admitted
 * and nobody else takes any: never more than that, and for a lone policy and costs of one unit
 *
 * - exactly that in a fixed window that isn't blocked;
 * - at most 1 ms less in a token bucket, and exactly that where `windowMs / limit` is whole; with a burst of 1, less
 *   than 1 ms a unit;
 * - in a sliding window exactly that within the first `limit` units, and less than a sub-window less for each `limit`
 *   more.
 *
 * Of several policies it is the longest of their waits. The cost must fit.
 */
export function foresee(
  peek: (units: Units) => Decision,
  policies: readonly Policy[],
  units: Units,
  ahead: (policy: number) => bigint,
): Decision {
  const waits = policies.map((policy, i) => {
    const row = (of: number) => peek(of).policies[i] as PolicyRow;
    const all = ahead(i) + BigInt(unitsOf(units, i));
    if (all <= policy.burst) return row(Number(all)).retryAfterMs;
    if (policy.algorithm === 'token-bucket') return tokenBucketMs(policy, row, all);
    if (policy.algorithm === 'sliding-window') return slidingWindowMs(policy, row, all);
    return fixedWindowMs(policy, row, all, () => blocked(peek, policies));
  });
  const retryAfterMs = Math.max(...waits);
  const retryAfterSeconds = Math.ceil(retryAfterMs / 1000);
  return { ...peek(units), allowed: false, retryAfterMs, retryAfterSeconds };
}

type RowOf = (cost: number) => PolicyRow;

/** After the units that fit at once, the others come one by one, as they are repaid. */
function tokenBucketMs({ limit, windowMs, burst }: Policy, row: RowOf, units: bigint): number {
  return row(burst).retryAfterMs + Number(((units - BigInt(burst)) * BigInt(windowMs)) / BigInt(limit));
}

/** Each unit has to wait until the one that is `limit` before it counts no more: for a window at the least. */
function slidingWindowMs({ limit, windowMs }: Policy, row: RowOf, units: bigint): number {
  const windows = (units - 1n) / BigInt(limit);
  return row(Number((units - 1n) % BigInt(limit)) + 1).retryAfterMs + Number(windows) * windowMs;
}

/** What is left of this window, then a limit at the start of each one after it. */
function fixedWindowMs({ limit, windowMs }: Policy, row: RowOf, units: bigint, block: () => Block): number {
  const { retryAfterMs, remaining } = row(limit);
  const left = retryAfterMs === 0 ? 0 : leftInWindow(limit, remaining, retryAfterMs, block());
  const windows = (units - BigInt(left) - 1n) / BigInt(limit); // those that end before the last unit fits
  return retryAfterMs + Number(windows) * windowMs;
}

/** How long a key is blocked: `undefined` where that is known only when somebody is denied. */
type Block = number | undefined;

/** A block hides what is left: where the window outlasts it, that can be all but one unit. */
function leftInWindow(limit: number, remaining: number, endsInMs: number, blockedMs: Block): number {
  if (blockedMs === 0) return remaining;
  return blockedMs !== undefined && blockedMs >= endsInMs ? 0 : limit - 1;
}

/** A cost of 0 is denied while a block runs, and only then. */
function blocked(peek: (units: Units) => Decision, policies: readonly Policy[]): Block {
  const { allowed, retryAfterMs } = peek(0);
  if (!allowed) return retryAfterMs;
  return policies.some(({ blockForMs }) => blockForMs > 0) ? undefined : 0;
}
