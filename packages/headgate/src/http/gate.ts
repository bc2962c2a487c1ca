import { type Decision, type Policy, show } from '@headgate/core-ts';
import { decisions, engineErrors } from './channels.js';
import { Decided } from './decided.js';
import { UnknownAddress } from './key.js';
import { isPromise, type MaybePromise, whenKnown } from './maybe-promise.js';
import { checkFunctions } from './option-kinds.js';
import type { HttpLimiter, HttpOptions, Reserved } from './options.js';
import { type Outcome, type Refusal, UNTOUCHED } from './outcome.js';
import { readHttpOptions, type Settings } from './read-http-options.js';
import type { Reader } from './reader.js';
import { badAddress, unavailable } from './refusal.js';
import { settling } from './settling.js';

/** Decides on requests: facts of one in, what to do with it out. */
export interface Gate<R> {
  /** What decides; `undefined` where the limit is a function of the request. */
  readonly limiter: HttpLimiter | undefined;
  /** Answers at once unless an option's function, or the limiter, answers a promise. Throws what they throw. */
  decide(request: R): MaybePromise<Outcome>;
}

/**
 * A gate for one framework, which is told by how its requests are read.
 *
 * @param extra names of options that the framework's adapter reads itself
 * @throws TypeError or RangeError for a bad option, with its name and value.
 */
export function createGate<R>(options: HttpOptions<R>, reader: Reader<R>, extra: readonly string[] = []): Gate<R> {
  const settings = readHttpOptions(options, reader, extra);
  checkFunctions(
    options as Record<string, unknown>,
    extra.filter((name) => CALLBACKS.includes(name)),
  );
  return new HttpGate(settings, reader);
}

/** Those of the options that adapters read themselves that are functions. */
const CALLBACKS = ['handler', 'onError'];

class HttpGate<R> implements Gate<R> {
  readonly limiter: HttpLimiter | undefined;
  readonly #settings: Settings<R>;
  readonly #reader: Reader<R>;

  constructor(settings: Settings<R>, reader: Reader<R>) {
    this.limiter = typeof settings.limiter === 'function' ? undefined : settings.limiter;
    this.#settings = settings;
    this.#reader = reader;
  }

  decide(request: R): MaybePromise<Outcome> {
    const { applies, skip } = this.#settings;
    if (applies !== undefined && !applies(request)) return UNTOUCHED;
    const carrier = this.#reader.carrier(request);
    const earlier = Decided.earlier(this.#settings, carrier);
    if (earlier !== undefined) return earlier; // mounted twice, it counts a request once
    if (skip === undefined) return this.#identify(request, carrier);
    return whenKnown(skip(request), (skipped) => (skipped ? UNTOUCHED : this.#identify(request, carrier)));
  }

  #identify(request: R, carrier: object): MaybePromise<Outcome> {
    let key: MaybePromise<string>;
    try {
      key = this.#settings.key(request);
    } catch (error) {
      return this.#withoutKey(error);
    }
    if (typeof key === 'string') return this.#weigh(request, carrier, key);
    return key.then(
      (known) => this.#weigh(request, carrier, known),
      (error) => this.#withoutKey(error),
    );
  }

  #weigh(request: R, carrier: object, key: string): MaybePromise<Outcome> {
    const { cost, limiter } = this.#settings;
    if (typeof cost === 'number' && typeof limiter !== 'function')
      return this.#take(request, carrier, key, cost, limiter);
    return whenKnown(typeof cost === 'function' ? cost(request) : cost, (units) => {
      checkCost(units);
      const chosen = typeof limiter === 'function' ? limiter(request) : limiter;
      return whenKnown(chosen, (known) => this.#take(request, carrier, key, units, known));
    });
  }

  #take(request: R, carrier: object, key: string, cost: number, limiter: HttpLimiter): MaybePromise<Outcome> {
    const startedAtMs = decisions.hasSubscribers ? performance.now() : 0;
    let answer: MaybePromise<Decision | Reserved>;
    try {
      answer = this.#settings.counts === undefined ? limiter.check(key, cost) : limiter.reserve(key, cost);
    } catch (error) {
      return this.#engineFailed(error, limiter);
    }
    if (!isPromise(answer)) return this.#decided(request, carrier, key, cost, limiter, answer, startedAtMs);
    return answer.then(
      (known) => this.#decided(request, carrier, key, cost, limiter, known, startedAtMs),
      (error) => this.#engineFailed(error, limiter),
    );
  }

  #decided(
    request: R,
    carrier: object,
    key: string,
    cost: number,
    limiter: HttpLimiter,
    answer: Decision | Reserved,
    startedAtMs: number,
  ): Outcome {
    const { dryRun, refuse } = this.#settings;
    const reserved = 'decision' in answer ? answer : undefined;
    const decision = reserved === undefined ? (answer as Decision) : reserved.decision;
    if (decisions.hasSubscribers) {
      const tookMs = startedAtMs === 0 ? 0 : performance.now() - startedAtMs;
      decisions.publish({ limiter: nameOf(decision.policies), key, cost, decision, dryRun, tookMs });
    }
    if (!decision.allowed) this.#tellOfDenial(request, decision);
    const refusal = decision.allowed || dryRun ? undefined : refuse(request, decision);
    const settle =
      reserved === undefined || !decision.allowed
        ? undefined
        : settling(this.#settings, request, reserved, cost, (error) => this.#publishError(error, limiter.policies));
    return new Decided(this.#settings, carrier, limiter, decision, refusal, settle);
  }

  /** Nobody waits for what it answers, so a promise's error would end the process. */
  #tellOfDenial(request: R, decision: Decision): void {
    const { onLimited, warn } = this.#settings;
    const told: unknown = onLimited?.(request, decision);
    if (isPromise(told)) told.then(undefined, (error) => warn(`headgate: onLimited failed: ${error}`));
  }

  #engineFailed(error: unknown, { policies }: HttpLimiter): Outcome {
    const { onEngineError, problemDetails, dryRun } = this.#settings;
    this.#publishError(error, policies);
    if (onEngineError === 'open' || dryRun) return UNTOUCHED;
    if (onEngineError === 'throw') throw error;
    const names = policies.map(({ name }) => name);
    return refused(unavailable(problemDetails, names), ['Retry-After', '1', 'Cache-Control', 'no-store']);
  }

  #withoutKey(error: unknown): Outcome {
    if (!(error instanceof UnknownAddress)) throw error;
    if (this.#settings.dryRun) return UNTOUCHED;
    return refused(badAddress(this.#settings.problemDetails, error.message), []);
  }

  #publishError(error: unknown, policies: readonly Policy[]): void {
    if (engineErrors.hasSubscribers) engineErrors.publish({ limiter: nameOf(policies), error });
  }
}

function refused(refusal: Refusal, headers: readonly string[]): Outcome {
  return { decision: undefined, refusal, settle: undefined, headers: () => headers };
}

function nameOf(policies: readonly { readonly name: string }[]): string {
  return policies.length === 1 ? (policies[0] as Policy).name : policies.map(({ name }) => name).join(', ');
}

function checkCost(cost: unknown): void {
  if (Number.isInteger(cost) && (cost as number) >= 0) return;
  const wanted = `cost must answer a whole number from 0 up, got ${show(cost)}`;
  throw typeof cost === 'number' ? new RangeError(wanted) : new TypeError(wanted);
}
