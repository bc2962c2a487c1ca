import type { Engine, Policy } from '../contract.js';
import { readOnce, refuseOtherNames, wholeNumber } from '../options/checks.js';
import { mostBurst } from '../options/policy-options.js';
import { show } from '../show.js';

/** A limit in the place of the limiter's for one call; of several policies, those that are named. */
export type CallLimit = number | Readonly<Record<string, number>>;

/** What a call has of its own. */
export interface CallOptions {
  /**
   * In the place of the limiter's: a whole number from 0 to 2^53 − 1; of several policies by name, those that differ. A
   * key has one count, whatever limits its calls come with: a customer's plan, say. Costs O(policies), no more than
   * any other call for the last 1,024 limits.
   */
  readonly limit?: CallLimit | undefined;
}

/** The policies that decide by now what began with a limit of its own; `undefined`: the limiter's. */
export type By = (() => readonly Policy[]) | undefined;

/** As many different limits are remembered, so that a call with one of them makes nothing. */
const MOST_REMEMBERED = 1024;

/** The policies of calls that come with limits of their own: the engine's, with these limits. */
export class CallPolicies {
  readonly #engine: Pick<Engine, 'policies'>;
  #made: readonly Policy[] = [];
  #known = new Map<number | string, readonly Policy[]>();

  constructor(engine: Pick<Engine, 'policies'>) {
    this.#engine = engine;
  }

  /**
   * Those that decide a call with these options; `undefined`: the limiter's own.
   *
   * @throws TypeError or RangeError for a limit that can't be, with its name and value.
   */
  given(options: CallOptions | undefined): readonly Policy[] | undefined {
    if (options === undefined) return undefined;
    if (typeof options !== 'object' || options === null)
      throw new TypeError(`options must be an object, got ${show(options)}`);
    const { limit } = readOnce(options, ['limit']);
    return limit === undefined ? undefined : this.#checked(limit);
  }

  /** Those that decide what goes on after its call, by the limit that it came with; updates change the rest. */
  lasting(limit: CallLimit | undefined): By {
    if (limit === undefined) return undefined;
    const own = typeof limit === 'object' && limit !== null ? { ...limit } : limit;
    this.#checked(own);
    // Not checked again: an update may have left less room for it than it needs.
    return () => this.#of(readLimits(this.#engine.policies, own));
  }

  #checked(limit: CallLimit): readonly Policy[] {
    const { policies } = this.#engine;
    const limits = readLimits(policies, limit);
    policies.forEach((policy, i) => {
      refuseTooLarge(policy, limits[i] as number);
    });
    return this.#of(limits);
  }

  #of(limits: readonly number[]): readonly Policy[] {
    const { policies } = this.#engine;
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
