import type { Decision } from './contract.js';
import { show } from './show.js';

/**
 * Makes `instanceof` true for the instances of every copy of a class that this process has: two installed versions, or
 * CommonJS beside ES modules. A subclass knows its own alone.
 */
function oneInAllCopies(own: abstract new (...args: never) => Error, name: string): void {
  const brand = Symbol.for(`headgate.${name}`);
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(own.prototype, brand, { value: true });
  Object.defineProperty(own, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return this === own ? Object(value)[brand] === true : ordinary.call(this, value);
    },
  });
}

/** Thrown by what `limit()` wraps; everything else answers a denial as a value. */
export class RateLimitExceeded extends Error {
  override readonly name = 'RateLimitExceeded';
  /** The HTTP status that says the same: 429 Too Many Requests (RFC 6585 §4). */
  readonly status = 429;
  readonly key: string;
  /** The policy's limit, in units; `NaN` where a server refused without telling its own. */
  readonly limit: number;
  /** Exact; `Infinity` when the cost exceeds the limit. */
  readonly retryAfterMs: number;
  /** Rounded up, for a `Retry-After` header. */
  readonly retryAfterSeconds: number;
  /** Until the key is as good as never seen. */
  readonly resetAfterMs: number;

  static {
    oneInAllCopies(RateLimitExceeded, 'RateLimitExceeded');
  }

  constructor(key: string, denied: Decision) {
    super(`Rate limit exceeded for key ${show(key)}: ${advice(denied)}`);
    this.key = key;
    this.limit = denied.limit;
    this.retryAfterMs = denied.retryAfterMs;
    this.retryAfterSeconds = denied.retryAfterSeconds;
    this.resetAfterMs = denied.resetAfterMs;
  }
}

/** A backend that was demanded can't run here; the message says what was tried and what to do. */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError';

  static {
    oneInAllCopies(BackendUnavailableError, 'BackendUnavailableError');
  }
}

function advice({ limit, retryAfterMs }: Decision): string {
  const told = Number.isNaN(limit) ? '' : `limit ${limit}, `;
  return retryAfterMs === Number.POSITIVE_INFINITY
    ? `${told}the cost can never fit`
    : `${told}retry after ${retryAfterMs} ms`;
}

/**
 * What is thrown in there has the stack of who called `callee`: ten calls are shown, and all of them would be ours, where a
 * user looks for a line of their own.
 */
export function asOfItsCaller<T>(callee: unknown, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { captureStackTrace } = Error as { captureStackTrace?: (error: unknown, below: unknown) => void };
    if (error instanceof Error) captureStackTrace?.(error, callee); // V8's, and by now others'
    throw error;
  }
}
