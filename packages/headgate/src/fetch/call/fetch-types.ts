import type { Cost, Policy, WaitLimits } from '@headgate/core-ts';
import type { Reserved } from '../../http/options/options.js';

/** What is read of a `Response`. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly url?: string;
  readonly redirected?: boolean;
  readonly body?: unknown;
}

/** `fetch` of the runtime, of undici, or another with the same arguments. */
// biome-ignore lint/suspicious/noExplicitAny: each fetch has types of its own for its arguments
export type AnyFetch = (input: any, init?: any) => Promise<FetchResponse>;

/** A call as `key` and `cost` see it. */
export interface OutgoingCall {
  readonly url: URL;
  /** In capitals. */
  readonly method: string;
  /** Those that the caller gave; made when they are asked for. */
  readonly headers: Headers;
}

/** What holds the calls: a `RateLimiter`, or a `RemoteRateLimiter`. */
export interface OutgoingLimiter {
  readonly policies: readonly Policy[];
  reserve(key: string, estimate: Cost, options: { readonly wait: WaitLimits }): Promise<Reserved>;
}
