import type { Policy } from '@headgate/core-ts';
import { badAddress, unavailable } from '../answer/refusal.js';
import { engineErrors, letThrough, nameOf } from '../channels.js';
import { UnknownAddress } from '../key/key.js';
import type { Settings } from '../options/read-http-options.js';
import { type Outcome, type Refusal, UNTOUCHED } from '../outcome.js';
import { errorOf, thrownBy } from './callbacks.js';

type FailureSettings = Pick<Settings<never>, 'name' | 'dryRun' | 'onEngineError' | 'problemDetails' | 'warn'>;

/** What an error comes to, by the options: it is thrown, answered, or told and let through. */
export class Failures {
  readonly #settings: FailureSettings;
  readonly #warnedOf = new Set<string>();

  constructor(settings: FailureSettings) {
    this.#settings = settings;
  }

  /** Of a function among the options. */
  ofFunction(name: string, thrown: unknown): Outcome {
    const { dryRun, problemDetails } = this.#settings;
    if (dryRun) return this.#letThrough(name, errorOf(name, thrown), `${name} failed`);
    if (thrown instanceof UnknownAddress) return refusedOutcome(badAddress(problemDetails, thrown.message), []);
    throw thrownBy(name, thrown);
  }

  /** Of the engine; `policies`: those of the limiter that failed, where it is known. */
  ofEngine(thrown: unknown, policies: readonly Policy[] | undefined): Outcome {
    const { name: limiter, onEngineError, problemDetails, dryRun } = this.#settings;
    this.publish(thrown, policies);
    if (dryRun || onEngineError === 'open')
      return this.#letThrough('engine', errorOf('the engine', thrown), 'the engine failed');
    if (onEngineError === 'throw') throw thrownBy('the engine', thrown);
    const names = policies?.map(({ name }) => name) ?? [limiter];
    return refusedOutcome(unavailable(problemDetails, names), ['Retry-After', '1', 'Cache-Control', 'no-store']);
  }

  publish(error: unknown, policies: readonly Policy[] | undefined): void {
    if (!engineErrors.hasSubscribers) return;
    engineErrors.publish({ limiter: policies === undefined ? this.#settings.name : nameOf(policies), error });
  }

  #letThrough(because: string, error: Error, what: string): Outcome {
    const { name: limiter, dryRun } = this.#settings;
    if (letThrough.hasSubscribers) letThrough.publish({ limiter, because, error, dryRun });
    const why = dryRun ? 'in a dry run' : "by onEngineError: 'open'";
    this.#warnOnce(because, `${what}, so requests are let through without a limit, ${why}: ${error}`);
    return UNTOUCHED;
  }

  /** Of `onLimited` in a dry run: the denial has been counted, and isn't enforced anyway. */
  warnOfListener(thrown: unknown): void {
    this.#warnOnce('onLimited', `onLimited failed: ${errorOf('onLimited', thrown)}`);
  }

  #warnOnce(kind: string, message: string): void {
    if (this.#warnedOf.has(kind)) return;
    this.#warnedOf.add(kind);
    this.#settings.warn(`headgate: limiter ${this.#settings.name}: ${message}`);
  }
}

function refusedOutcome(refusal: Refusal, headers: readonly string[]): Outcome {
  return { ...UNTOUCHED, refusal, headers: () => headers };
}
