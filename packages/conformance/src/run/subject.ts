import { type EngineFactory, RateLimiter, type RateLimiterOptions } from '@headgate/core-ts';
import { type Concurrency, Crew } from '../concurrency/crew.js';

/** What is under test, as the laws see it. */
export interface Subject {
  /** A new limiter with an engine of its own. */
  limiter(options: RateLimiterOptions): RateLimiter;
  /** The worker threads, which are started once and serve all runs. */
  crew(): Crew;
  /** Ends the worker threads. */
  close(): Promise<void>;
}

/** The engine behind the real `RateLimiter`, so that the guard of the clock and the checks are under test too. */
export function subjectOf(makeEngine: EngineFactory, concurrency?: Concurrency): Subject {
  return subject((options) => new RateLimiter(options, makeEngine), concurrency);
}

export function subject(limiter: Subject['limiter'], concurrency?: Concurrency): Subject {
  let crew: Crew | undefined;
  return {
    limiter,
    crew() {
      if (concurrency === undefined) {
        throw new TypeError(
          'law 11 runs worker threads: give concurrency: { module, export }, from which each imports the engine, or skip it: { skip: { 11: reason } }',
        );
      }
      crew ??= new Crew(concurrency);
      return crew;
    },
    async close() {
      await crew?.close();
      crew = undefined;
    },
  };
}
