import type { Decision } from '../contract.js';
import { RateLimitExceeded } from '../errors.js';
import { readOnce } from '../options/checks.js';
import type { Cost } from '../options/cost.js';
import { readWaiting, type Wait, type WaitLimits, type WaitOptions } from '../options/wait-options.js';
import { show } from '../show.js';
import type { CallLimit } from './call-policies.js';

// biome-ignore lint/suspicious/noExplicitAny: only `any` accepts every function without losing its type
export type AnyFunction = (this: any, ...args: any[]) => any;

// biome-ignore lint/suspicious/noExplicitAny: as above
type AsyncFunction = (this: any, ...args: any[]) => PromiseLike<unknown>;

/** One key for all calls, or a function of the call that answers its key; it is given the call's `this`. */
export type KeyFor<F extends AnyFunction> = string | ((this: ThisParameterType<F>, ...args: Parameters<F>) => string);

export interface LimitOptions<F extends AnyFunction> {
  /** Units that one call takes; 1 by default. Of several policies, of each so many or by name. */
  readonly cost?: Cost | ((this: ThisParameterType<F>, ...args: Parameters<F>) => Cost);
  /** In the place of the limiter's, as for `check`. */
  readonly limit?: CallLimit | ((this: ThisParameterType<F>, ...args: Parameters<F>) => CallLimit);
  /**
   * Lets a call wait until it fits, first come first served, and how long; not by default. For functions that answer a
   * promise: with `wait`, every call does.
   */
  readonly wait?: (F extends AsyncFunction ? boolean | WaitLimits : false) | undefined;
  /** Answers a denied call in place of the error; it is given the call's `this` and arguments. */
  readonly onBlocked?: (this: ThisParameterType<F>, ...args: Parameters<F>) => ReturnType<F>;
}

/** A method decorator of both kinds: TC39 (2023) and TypeScript's `experimentalDecorators`. */
export interface LimitDecorator<F extends AnyFunction> {
  <M extends F>(method: M, context: ClassMethodDecoratorContext): M;
  <M extends F>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): TypedPropertyDescriptor<M>;
}

/** What decides the calls of a wrapped function: a limiter. */
export interface Checker {
  /** Whether it answers promises: so does every function that it limits. */
  readonly isAsync?: boolean;
  check(
    key: string,
    cost?: Cost,
    options?: { readonly limit?: CallLimit | undefined },
  ): Decision | PromiseLike<Decision>;
  wait(key: string, options?: WaitOptions): Promise<Decision>;
}

/**
 * The function behind the limiter. One call takes once, when it is made: for a generator function that
 * is the call that answers the generator, not its first `next()`.
 *
 * An async function rejects where any other throws, as its callers expect. A function that only returns
 * a promise can't be told from any other, and throws.
 */
export function limited<F extends AnyFunction>(limiter: Checker, key: KeyFor<F>, fn: F, options: LimitOptions<F>): F {
  const { cost = 1, limit, wait, onBlocked } = readLimit(key, options);

  function callOf(self: ThisParameterType<F>, args: Parameters<F>) {
    return {
      key: typeof key === 'function' ? key.apply(self, args) : key,
      cost: typeof cost === 'function' ? cost.apply(self, args) : cost,
      limit: typeof limit === 'function' ? limit.apply(self, args) : limit,
    };
  }

  function call(this: ThisParameterType<F>, ...args: Parameters<F>): ReturnType<F> {
    const own = callOf(this, args);
    return decided.call(this, args, own.key, check(own) as Decision);
  }

  function check({ key, cost, limit }: ReturnType<typeof callOf>): Decision | PromiseLike<Decision> {
    return limiter.check(key, cost, limit === undefined ? undefined : { limit });
  }

  function decided(this: ThisParameterType<F>, args: Parameters<F>, key: string, decision: Decision): ReturnType<F> {
    if (decision.allowed) return fn.apply(this, args);
    if (onBlocked !== undefined) return onBlocked.apply(this, args);
    throw new RateLimitExceeded(key, decision);
  }

  async function askingCall(this: ThisParameterType<F>, ...args: Parameters<F>): Promise<ReturnType<F>> {
    const own = callOf(this, args);
    return decided.call(this, args, own.key, await check(own));
  }

  async function waitingCall(this: ThisParameterType<F>, ...args: Parameters<F>): Promise<ReturnType<F>> {
    const { key, ...own } = callOf(this, args);
    try {
      await limiter.wait(key, { ...own, ...wait });
    } catch (error) {
      if (onBlocked !== undefined && error instanceof RateLimitExceeded) return onBlocked.apply(this, args);
      throw error;
    }
    return fn.apply(this, args);
  }

  const answers = limiter.isAsync === true ? askingCall : isAsync(fn) ? rejecting(call) : call;
  const wrapper = wait !== undefined ? waitingCall : answers;
  Object.defineProperties(wrapper, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  });
  return wrapper as F;
}

/** The decorator behind `@limiter.limit(key)`: it wraps the method where the class is made. */
export function limitDecorator<F extends AnyFunction>(
  limiter: Checker,
  key: KeyFor<F>,
  options: LimitOptions<F>,
): LimitDecorator<F> {
  const own = readLimit(key, options) as LimitOptions<AnyFunction> as LimitOptions<F>;
  return ((target: unknown, context: unknown, descriptor?: PropertyDescriptor) => {
    if (isStandardContext(context)) return limited(limiter, key, method(target, context.kind), own);
    return { ...descriptor, value: limited(limiter, key, method(descriptor?.value, 'property'), own) };
  }) as LimitDecorator<F>;
}

function rejecting(call: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]) {
    try {
      return Promise.resolve(call.apply(this, args));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function isAsync(fn: AnyFunction): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncFunction]';
}

function isStandardContext(context: unknown): context is DecoratorContext {
  return typeof context === 'object' && context !== null && 'kind' in context;
}

function method(value: unknown, kind: string): AnyFunction {
  if (typeof value === 'function' && kind !== 'class') return value as AnyFunction;
  throw new TypeError(`limit() decorates methods, got a ${kind} with the value ${show(value)}`);
}

interface ReadLimit<F extends AnyFunction> extends Omit<LimitOptions<F>, 'wait'> {
  readonly wait: Wait | undefined;
}

function readLimit<F extends AnyFunction>(key: KeyFor<F>, options: LimitOptions<F>): ReadLimit<F> {
  if (typeof key !== 'string' && typeof key !== 'function') {
    throw new TypeError(`key must be a string or a function that answers one, got ${show(key)}`);
  }
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, got ${show(options)}`);
  const own = readOnce(options, ['cost', 'limit', 'wait', 'onBlocked']);
  if (own.onBlocked !== undefined && typeof own.onBlocked !== 'function')
    throw new TypeError(`onBlocked must be a function, got ${show(own.onBlocked)}`);
  return { ...own, wait: readWaiting(own.wait) };
}
