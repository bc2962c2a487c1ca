import { type CallLimit, type Cost, type Decision, readCost, show, wholeNumber } from '@headgate/core-ts';
import { RequestOutcome } from './answer/request-outcome.js';
import { called, errorOf, notify, thrownBy } from './callbacks/callbacks.js';
import { Failures } from './callbacks/failures.js';
import { isPromise, type MaybePromise, whenKnown } from './callbacks/maybe-promise.js';
import { within } from './callbacks/within.js';
import { decisions, nameOf } from './channels.js';
import type { Gate } from './gate.js';
import { type HttpDecision, RequestClient, RequestDecision } from './key/client.js';
import type { HttpLimiter, Reserved } from './options/options.js';
import type { Settings } from './options/read-http-options.js';
import { type Outcome, type Refusal, UNTOUCHED } from './outcome.js';
import type { Reader } from './reader.js';
import { settling } from './settling.js';
import { noteDecides } from './warnings/made-per-request.js';

/** A request that is being decided on. */
interface DecidingRequest<R> {
  readonly request: R;
  /** The reader's `requestScope`: where the outcomes of all limiters on this request are kept. */
  readonly requestScope: object;
  /** What has been asked and has not answered yet. */
  waitsFor: 'skip' | 'key' | 'cost' | 'limit' | 'the limiter' | 'message';
  /** It took too long: its request has been answered, or let through. */
  over: boolean;
}

/** Asks in order: method and path, `skip`, key, cost, limit, engine; each of them may answer a promise. */
export class HttpGate<R> implements Gate<R> {
  readonly limiter: HttpLimiter;
  readonly settles: boolean;
  readonly warn: (message: string) => void;
  readonly #settings: Settings<R>;
  readonly #reader: Reader<R>;
  readonly #failures: Failures;

  constructor(settings: Settings<R>, reader: Reader<R>) {
    this.limiter = settings.limiter;
    this.settles = settings.countIf !== undefined;
    this.warn = settings.warn;
    this.#settings = settings;
    this.#reader = reader;
    this.#failures = new Failures(settings);
  }

  decide(request: R): MaybePromise<Outcome> {
    const { applies, skip } = this.#settings;
    noteDecides(this, this.warn);
    if (applies !== undefined && !applies(request)) return UNTOUCHED;
    const requestScope = this.#reader.requestScope(request);
    const earlier = RequestOutcome.earlier(this.#settings, requestScope);
    if (earlier !== undefined) return earlier; // mounted twice, it counts a request once
    const asked: DecidingRequest<R> = { request, requestScope, waitsFor: 'skip', over: false };
    const outcome =
      skip === undefined
        ? this.#identify(asked)
        : called(
            () => skip(request, new RequestClient(request, this.#settings)),
            (skipped) => (skipped ? UNTOUCHED : this.#identify(asked)),
            (thrown) => this.#failures.ofFunction('skip', thrown),
          );
    if (!isPromise(outcome)) return outcome;
    return within(this.#settings.decideWithinMs, outcome, () => this.#tooLate(asked));
  }

  keyOf(request: R): MaybePromise<string> {
    const earlier = RequestOutcome.earlier(this.#settings, this.#reader.requestScope(request));
    return earlier === undefined ? this.#settings.key(request) : earlier.decision.key;
  }

  reset(request: R): MaybePromise<boolean> {
    const { key, limiter } = this.#settings;
    const earlier = RequestOutcome.earlier(this.#settings, this.#reader.requestScope(request));
    if (earlier !== undefined) return forget(earlier.limiter, earlier.decision.key); // a login may have changed who it is
    return whenKnown(key(request), (of) => forget(limiter, of));
  }

  #identify(asked: DecidingRequest<R>): MaybePromise<Outcome> {
    if (asked.over) return UNTOUCHED; // nobody waits for it any more, so nothing more is asked, and nothing taken
    let key: MaybePromise<string>;
    asked.waitsFor = 'key';
    try {
      key = this.#settings.key(asked.request);
    } catch (thrown) {
      return this.#failures.ofFunction('key', thrown);
    }
    if (typeof key === 'string') return this.#weigh(asked, key);
    return Promise.resolve(key).then(
      (known) => this.#weigh(asked, known),
      (thrown) => this.#failures.ofFunction('key', thrown),
    );
  }

  #weigh(asked: DecidingRequest<R>, key: string): MaybePromise<Outcome> {
    if (asked.over) return UNTOUCHED;
    const { cost, limitOf } = this.#settings;
    if (typeof cost !== 'function' && limitOf === undefined) return this.#take(asked, key, cost, undefined);
    asked.waitsFor = 'cost';
    return called(
      () => whenKnown(typeof cost === 'function' ? cost(asked.request) : cost, (units) => this.#checked(units)),
      (units) => this.#choose(asked, key, units),
      (thrown) => this.#failures.ofFunction('cost', thrown),
    );
  }

  #checked(cost: Cost): Cost {
    readCost('cost', cost, this.#settings.limiter.policies);
    return cost;
  }

  #choose(asked: DecidingRequest<R>, key: string, cost: Cost): MaybePromise<Outcome> {
    const { limitOf } = this.#settings;
    if (limitOf === undefined) return this.#take(asked, key, cost, undefined);
    asked.waitsFor = 'limit';
    return called(
      () => limitOf(asked.request),
      (limit) => this.#takeBy(asked, key, cost, limit),
      (thrown) => this.#failures.ofFunction('limit', thrown),
    );
  }

  /** A limit that can't be is a fault of the function that answered it, not of the engine. */
  #takeBy(asked: DecidingRequest<R>, key: string, cost: Cost, limit: CallLimit): MaybePromise<Outcome> {
    try {
      checkCallLimit(limit);
    } catch (thrown) {
      return this.#failures.ofFunction('limit', thrown);
    }
    return this.#take(asked, key, cost, { limit });
  }

  #take(
    asked: DecidingRequest<R>,
    key: string,
    cost: Cost,
    options: { readonly limit: CallLimit } | undefined,
  ): MaybePromise<Outcome> {
    if (asked.over) return UNTOUCHED;
    const { limiter, countIf } = this.#settings;
    const earlier = options === undefined ? RequestOutcome.byLimiter(limiter, key, asked.requestScope) : undefined;
    if (earlier !== undefined && isSame(earlier.cost, cost)) return this.#again(asked, earlier);
    const startedAtMs = decisions.hasSubscribers ? performance.now() : 0;
    let answer: MaybePromise<Decision | Reserved>;
    asked.waitsFor = 'the limiter';
    try {
      answer = countIf === undefined ? limiter.check(key, cost, options) : limiter.reserve(key, cost, options);
    } catch (thrown) {
      return this.#failures.ofEngine(thrown, limiter.policies);
    }
    if (!isPromise(answer)) return this.#decided(asked, key, cost, limiter, answer, startedAtMs);
    return Promise.resolve(answer).then(
      (known) => this.#decided(asked, key, cost, limiter, known, startedAtMs),
      (thrown) => (asked.over ? UNTOUCHED : this.#failures.ofEngine(thrown, limiter.policies)),
    );
  }

  #decided(
    asked: DecidingRequest<R>,
    key: string,
    cost: Cost,
    limiter: HttpLimiter,
    answer: Decision | Reserved,
    startedAtMs: number,
  ): MaybePromise<Outcome> {
    const { request } = asked;
    const { dryRun } = this.#settings;
    const reserved = 'decision' in answer ? answer : undefined;
    const own = reserved === undefined ? (answer as Decision) : reserved.decision;
    const decision = new RequestDecision(own, key, request, this.#settings.address);
    const settle =
      reserved === undefined || !decision.allowed
        ? undefined
        : settling(this.#settings, request, reserved, cost, (error) => this.#failures.publish(error, limiter.policies));
    if (asked.over) {
      settle?.(503, true);
      return UNTOUCHED;
    }
    if (decisions.hasSubscribers) {
      const tookMs = startedAtMs === 0 ? 0 : performance.now() - startedAtMs;
      decisions.publish({ limiter: nameOf(decision.policies), key, cost, decision, dryRun, tookMs });
    }
    if (decision.allowed) return this.#outcome(asked, decision, cost, undefined, settle);
    return this.#denied(asked, decision, cost);
  }

  /** What another middleware with the same limiter has counted already; a denial may have been a dry run's. */
  #again(asked: DecidingRequest<R>, earlier: RequestOutcome): MaybePromise<Outcome> {
    const { decision, refusal, cost } = earlier;
    if (decision.allowed || refusal !== undefined || this.#settings.dryRun) return earlier;
    return this.#denied(asked, decision, cost);
  }

  #denied(asked: DecidingRequest<R>, decision: HttpDecision, cost: Cost): MaybePromise<Outcome> {
    const { request } = asked;
    const { dryRun, refuse } = this.#settings;
    this.#notifyOfDenial(request, decision);
    if (dryRun) return this.#outcome(asked, decision, cost, undefined, undefined);
    asked.waitsFor = 'message';
    return called(
      () => refuse(request, decision),
      (refusal) => this.#outcome(asked, decision, cost, refusal, undefined),
      (thrown) => {
        throw thrownBy('message', thrown);
      },
    );
  }

  #outcome(
    { requestScope }: DecidingRequest<R>,
    decision: HttpDecision,
    cost: Cost,
    refusal: Refusal | undefined,
    settle: Outcome['settle'],
  ): Outcome {
    return new RequestOutcome(this.#settings, requestScope, this.limiter, decision, cost, refusal, settle);
  }

  /** Nobody waits for what it answers, so what it rejects with is a warning. */
  #notifyOfDenial(request: R, decision: HttpDecision): void {
    const { onLimited, warn, dryRun } = this.#settings;
    if (onLimited === undefined) return;
    let answer: unknown;
    try {
      answer = onLimited(request, decision);
    } catch (thrown) {
      if (!dryRun) throw thrownBy('onLimited', thrown);
      this.#failures.warnOfListener(thrown);
    }
    notify(
      () => answer,
      (thrown) => {
        if (dryRun) this.#failures.warnOfListener(thrown);
        else warn(`headgate: onLimited failed: ${errorOf('onLimited', thrown)}`);
      },
    );
  }

  /** An error of the engine, unless it was denied already: that is never let through. */
  #tooLate(asked: DecidingRequest<R>): Outcome {
    const { decideWithinMs, limiter } = this.#settings;
    asked.over = true;
    const error = new Error(`headgate: ${asked.waitsFor} did not answer within decideWithinMs, ${decideWithinMs} ms`);
    if (asked.waitsFor === 'message') throw error;
    return this.#failures.ofEngine(error, limiter.policies);
  }
}

/** A middleware that takes another cost takes that too. */
function isSame(cost: Cost, another: Cost): boolean {
  if (typeof cost === 'number' || typeof another === 'number') return cost === another;
  return Object.entries(cost).every(([policy, units]) => another[policy] === units);
}

function forget(limiter: Pick<HttpLimiter, 'reset'>, key: string): MaybePromise<boolean> {
  if (typeof limiter.reset === 'function') return limiter.reset(key);
  throw new TypeError('limiter must have a method reset(key), which this one has not');
}

function checkCallLimit(limit: CallLimit): void {
  const limits = typeof limit === 'object' && limit !== null ? Object.entries(limit) : [[undefined, limit] as const];
  for (const [name, each] of limits)
    wholeNumber(name === undefined ? 'limit' : `limit of ${show(name)}`, each, 0, Number.MAX_SAFE_INTEGER);
}
