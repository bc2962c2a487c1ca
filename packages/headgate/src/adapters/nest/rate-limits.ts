import { show } from '@headgate/core-ts';
import type { ExecutionContext } from '@nestjs/common';
import type { RateLimiter } from '../../backend/rate-limiter.js';
import { isPromise, type MaybePromise, whenKnown } from '../../http/callbacks/maybe-promise.js';
import { createGate } from '../../http/create-gate.js';
import type { Gate } from '../../http/gate.js';
import { mergedOptions } from '../../http/options/merged-options.js';
import type { HttpLimiter } from '../../http/options/options.js';
import { type GuardedCall, reader } from './call/guarded-call.js';
import { requestResponseOf } from './call/request-response.js';
import { type Decorated, overridesOf, skips } from './decorators.js';
import type { RateLimitModuleOptions, RateLimitOptions } from './options.js';

interface GuardLimit {
  /** That of its first policy. */
  readonly name: string;
  readonly options: RateLimitOptions;
  readonly gate: Gate<GuardedCall>;
}

/**
 * All limiters of an application: the module's, and those of what is decorated, each made once. `L` is the limiter that
 * the module was given, where it was given one.
 */
export class RateLimits<L extends HttpLimiter = RateLimiter> {
  readonly #limits: readonly GuardLimit[];
  readonly #ofClasses = new WeakMap<Decorated, readonly GuardLimit[]>();
  readonly #ofHandlers = new WeakMap<Decorated, WeakMap<Decorated, readonly Gate<GuardedCall>[]>>();

  /** @throws TypeError or RangeError for a bad option, with its name and value. */
  constructor(options: RateLimitModuleOptions) {
    this.#limits = [options].flat().map(guardLimitOf);
  }

  /** What decides, in the order of the module's options: each a `RateLimiter`, unless another was given. */
  get limiters(): readonly L[] {
    return this.#limits.map(({ gate }) => gate.limiter as L);
  }

  /**
   * What each of the limiters that a call has to pass counted it by, or would: in an interceptor, say.
   *
   * @throws TypeError for a call that has no request.
   */
  keysOf(context: ExecutionContext): MaybePromise<readonly string[]> {
    return this.#each(context, (gate, call) => gate.keyOf(call));
  }

  /**
   * Forgets what the client of a call has used of each limiter that it has to pass: after a login that worked, say.
   * Whether there was anything.
   *
   * @throws TypeError for a call that has no request.
   */
  reset(context: ExecutionContext): MaybePromise<boolean> {
    const done = this.#each(context, (gate, call) => gate.reset(call));
    return whenKnown(done, (each) => each.includes(true));
  }

  #each<T>(
    context: ExecutionContext,
    ask: (gate: Gate<GuardedCall>, call: GuardedCall) => MaybePromise<T>,
  ): MaybePromise<readonly T[]> {
    const request = requestResponseOf(context)?.req;
    if (request === undefined) throw new TypeError(`a call of the type ${context.getType()} has no request`);
    const call = { context, request };
    const answers = this.gatesOf(context.getClass(), context.getHandler()).map((gate) => ask(gate, call));
    return answers.some(isPromise) ? Promise.all(answers) : (answers as T[]);
  }

  /**
   * What a call of this handler has to pass. Handlers are told apart by class as well, since classes inherit them.
   *
   * @internal
   */
  gatesOf(owner: Decorated, handler: Decorated): readonly Gate<GuardedCall>[] {
    const known = this.#ofHandlers.get(owner)?.get(handler);
    if (known !== undefined) return known;
    const gates = this.#make(owner, handler);
    const ofHandlers = this.#ofHandlers.get(owner) ?? new WeakMap();
    this.#ofHandlers.set(owner, ofHandlers.set(handler, gates));
    return gates;
  }

  /**
   * Whether any limit of this handler may give back what was taken.
   *
   * @internal
   */
  settles(owner: Decorated, handler: Decorated): boolean {
    return this.gatesOf(owner, handler).some(({ settles }) => settles);
  }

  #make(owner: Decorated, handler: Decorated): readonly Gate<GuardedCall>[] {
    const ofClass = this.#ofClass(owner);
    return overridden(ofClass, overridesOf(handler), `${owner.name}.${handler.name}`)
      .filter((limit) => {
        const byDefault = ofClass.includes(limit) && skips(owner, limit.name) === true;
        return !(skips(handler, limit.name) ?? byDefault);
      })
      .map(({ gate }) => gate);
  }

  #ofClass(owner: Decorated): readonly GuardLimit[] {
    const limits = this.#ofClasses.get(owner) ?? overridden(this.#limits, overridesOf(owner), owner.name);
    this.#ofClasses.set(owner, limits);
    return limits;
  }
}

/** Where the module has no limiter, what is given stands alone. */
function overridden(
  limits: readonly GuardLimit[],
  overrides: RateLimitModuleOptions | undefined,
  where: string,
): readonly GuardLimit[] {
  if (overrides === undefined) return limits;
  const list = [overrides].flat();
  try {
    return limits.length === 0
      ? list.map(guardLimitOf)
      : list.reduce((all, each) => replaced(all, each, where), limits);
  } catch (error) {
    const Kind = error instanceof RangeError ? RangeError : TypeError;
    throw new Kind(`@RateLimit() of ${where}: ${(error as Error).message}`, { cause: error });
  }
}

function replaced(limits: readonly GuardLimit[], overrides: RateLimitOptions, where: string): readonly GuardLimit[] {
  const [only] = limits;
  if (only !== undefined && limits.length === 1) return [guardLimitOf(mergedOptions(only.options, overrides, where))];
  const { name, ...others } = overrides; // of several limiters it chooses one, whose name stays
  const chosen = ofName(limits, name);
  return limits.map((limit) => (limit === chosen ? guardLimitOf(mergedOptions(limit.options, others, where)) : limit));
}

function ofName(limits: readonly GuardLimit[], name = 'default'): GuardLimit {
  const [found, another] = limits.filter((limit) => limit.name === name);
  if (found !== undefined && another === undefined) return found;
  const names = limits.map((limit) => show(limit.name)).join(', ');
  throw new TypeError(`name must be that of one limiter of ${names}, got ${show(name)}`);
}

function guardLimitOf(options: RateLimitOptions): GuardLimit {
  const gate = createGate(options, reader);
  return { name: gate.limiter.policies[0]?.name ?? options?.name ?? 'default', options, gate };
}
