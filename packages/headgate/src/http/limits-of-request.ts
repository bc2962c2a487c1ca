import { type CallLimit, type PolicyOptions, show } from '@headgate/core-ts';
import { type MaybePromise, whenKnown } from './callbacks/maybe-promise.js';
import type { LimiterOptions, RequestPolicy } from './options/options.js';

/** What a limiter is made of, and the limits that each request brings, where any is a function of it. */
interface ReadLimits<R> {
  readonly numbers: Omit<LimiterOptions<R>, 'limit' | 'limits'> & {
    readonly limit?: number;
    readonly limits?: readonly PolicyOptions[];
  };
  readonly limitOf: ((request: R) => MaybePromise<CallLimit>) | undefined;
}

/** Takes the functions out of the options: the limiter itself is made with limits that stand in for them. */
export function readLimits<R>({ limit, limits, ...common }: LimiterOptions<R>): ReadLimits<R> {
  if (limit !== undefined && limits !== undefined)
    throw new TypeError(`give limit within limits, not beside it: got ${show(limit)}`);
  if (typeof limits === 'function')
    throw new TypeError(
      `limits must be an array, whose policies may have a function as their limit, got ${show(limits)}`,
    );
  if (typeof limit === 'function') return { numbers: { ...common, limit: standIn(common) }, limitOf: limit };
  if (!Array.isArray(limits))
    return {
      numbers: {
        ...common,
        ...(limit === undefined ? {} : { limit }),
        ...(limits === undefined ? {} : { limits }),
      } as ReadLimits<R>['numbers'],
      limitOf: undefined,
    };
  const functions = limits.flatMap((policy: RequestPolicy<R>): [string, (request: R) => MaybePromise<number>][] =>
    typeof policy?.limit === 'function' ? [[policy.name ?? 'default', policy.limit]] : [],
  );
  const own = limits.map((policy: RequestPolicy<R>) =>
    typeof policy?.limit === 'function' ? { ...policy, limit: standIn(policy) } : policy,
  ) as readonly PolicyOptions[];
  if (functions.length === 0) return { numbers: { ...common, limits: own }, limitOf: undefined };
  return { numbers: { ...common, limits: own }, limitOf: (request) => allOf(functions, request) };
}

/** Each in turn; one that answers a promise is waited for. */
function allOf<R>(
  functions: readonly (readonly [name: string, limit: (request: R) => MaybePromise<number>])[],
  request: R,
  known: Record<string, number> = {},
): MaybePromise<Record<string, number>> {
  const [next, ...rest] = functions;
  if (next === undefined) return known;
  const [name, limit] = next;
  return whenKnown(limit(request), (own: number) => allOf(rest, request, { ...known, [name]: own }));
}

/**
 * A unit a millisecond: a limit that all other numbers go with, if they go with any. It is not the burst, since a burst
 * that is the limit follows it.
 */
function standIn({
  windowMs,
  windowSeconds,
  burst,
}: Pick<PolicyOptions, 'windowMs' | 'windowSeconds' | 'burst'>): number {
  const ms = windowMs ?? Math.round(Number(windowSeconds) * 1000);
  if (!Number.isSafeInteger(ms) || ms < 1) return 1; // what is wrong with the window is told by the limiter
  return ms === burst ? 2 * ms : ms;
}
