import type { Engine, Policy } from '../contract.js';
import { show } from '../errors.js';
import { wholeNumber } from '../options/checks.js';
import { mostBurst } from '../options/policy-options.js';

/** A limit in the place of the limiter's for one call; of several policies, those that are named. */
export type CallLimit = number | Readonly<Record<string, number>>;

/** As many different limits are remembered, so that a call with one of them makes nothing. */
const MOST_REMEMBERED = 1024;

/** The policies of calls that come with limits of their own: the engine's, with these limits. */
export class CallPolicies {
  #made: readonly Policy[] = [];
  #known = new Map<number | string, readonly Policy[]>();

  /** @throws TypeError or RangeError for a limit that can't be, with its name and value. */
  of(engine: Engine, limit: CallLimit): readonly Policy[] {
    const limits = readLimits(engine.policies, limit);
    engine.policies.forEach((policy, i) => {
      refuseTooLarge(policy, limits[i] as number);
    });
    return this.#of(engine, limits);
  }

  /** For what goes on by a limit that was taken before: an update may have left less room for it than it needs. */
  again(engine: Engine, limit: CallLimit): readonly Policy[] {
    return this.#of(engine, readLimits(engine.policies, limit));
  }

  #of({ policies }: Engine, limits: readonly number[]): readonly Policy[] {
    if (policies !== this.#made || this.#known.size >= MOST_REMEMBERED) this.#known = new Map();
    this.#made = policies;
    const name = limits.length === 1 ? (limits[0] as number) : limits.join();
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const own = Object.freeze(policies.map((policy, i) => withLimit(policy, limits[i] as number)));
    this.#known.set(name, own);
    return own;
  }
}

function readLimits(policies: readonly Policy[], limit: unknown): number[] {
  if (typeof limit === 'number' && policies.length === 1)
    return [wholeNumber('limit', limit, 0, Number.MAX_SAFE_INTEGER)];
  const names = policies.map(({ name }) => name);
  if (typeof limit !== 'object' || limit === null) {
    const wanted = policies.length === 1 ? 'a whole number' : `an object with one for ${names.map(show).join(' or ')}`;
    throw new TypeError(`limit must be ${wanted}, got ${show(limit)}`);
  }
  refuseOtherNames('limit', limit, names);
  return policies.map((policy) => {
    const own: unknown = Reflect.get(limit, policy.name);
    return own === undefined ? policy.limit : wholeNumber(`limit.${policy.name}`, own, 0, Number.MAX_SAFE_INTEGER);
  });
}

/** @throws RangeError for the first name that no policy has. */
export function refuseOtherNames(option: string, value: object, names: readonly string[]): void {
  for (const name of Object.keys(value))
    if (!names.includes(name))
      throw new RangeError(`${option} names policies, which are ${names.map(show).join(' and ')}, got ${show(name)}`);
}

function refuseTooLarge(policy: Policy, limit: number): void {
  const [wanted, most] = [burstOf(policy, limit), mostBurst(policy.windowMs)];
  if (policy.algorithm !== 'token-bucket' || wanted <= most) return;
  throw new RangeError(
    `limit must be at most ${most} for a token bucket with a window of ${policy.windowMs} ms, got ${limit}`,
  );
}

function withLimit(policy: Policy, limit: number): Policy {
  if (limit === policy.limit) return policy;
  const burst = burstOf(policy, limit);
  const most = policy.algorithm === 'token-bucket' ? mostBurst(policy.windowMs) : burst;
  return Object.freeze({ ...policy, limit, burst: Math.min(burst, most) });
}

/** A burst that is the limit stays the limit; another one stays, as far as it holds what refills in a millisecond. */
function burstOf({ algorithm, limit: made, burst, windowMs }: Policy, limit: number): number {
  if (algorithm !== 'token-bucket' || limit === 0 || burst === made) return limit;
  return Math.max(burst, limit > windowMs ? 1 + Math.ceil(limit / windowMs) : 1);
}
