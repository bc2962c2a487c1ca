import type { HttpOptions } from '../../src/http/http.js';

// biome-ignore lint/suspicious/noExplicitAny: the same options are handed to all frameworks, each with a request of its own
export type AnyOptions = HttpOptions<any>;

export interface Running {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A framework behind the adapter that is tested. Its server listens on a free port of 127.0.0.1, has one limiter for
 * each of `limiters` in front of all routes, in this order, and answers:
 *
 * - `GET` and `POST /ok`: 200 with the text `ok`
 * - `GET /items/:id`: 200 with the text `item`
 * - `GET /status/:code`: that status, with the text `status`
 * - `GET /throws`: a handler that throws an `Error`
 * - `GET /hangs`: sends nothing until the client goes away
 * - `GET /reset`: the keys that the limiters count this request by, as a JSON array; and forgets what they hold of them
 *
 * A request with the header `x-test-user` is signed in by the framework's own means, as `{ id: <its value> }`.
 */
export interface Framework {
  readonly name: string;
  start(limiters: readonly AnyOptions[]): Promise<Running>;
  /** Rules that it can't keep, by the name of the test, each with the reason that the report prints. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** Starts a server with these limiters, runs the test against its address, and closes it whatever comes. */
export type WithServer = (
  limiters: AnyOptions | readonly AnyOptions[],
  test: (url: string) => Promise<void>,
) => Promise<void>;
/** Declares a test, unless the framework skips it. */
export type Rule = (name: string, test: () => Promise<void>) => void;
