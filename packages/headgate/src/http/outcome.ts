import type { HttpDecision } from './key/client.js';

/** What a middleware has to do with a request, whatever its framework. */
export interface Outcome {
  /** What was decided; `undefined` where the request was not looked at, or nothing could decide. */
  readonly decision: HttpDecision | undefined;
  /** What to answer in place of the handler; `undefined`: let it through. */
  readonly refusal: Refusal | undefined;
  /** To be called once the response has ended, where what it took depends on that. */
  readonly settle: Settle | undefined;
  /** Headers for the response, names and values in turn; of all limiters that decided on this request so far. */
  headers(): readonly string[];
  /** Of a denial: names of headers that limiters before it have set, of another format, and that say less than it. */
  stale(): readonly string[];
  /** Whether another limiter, further in, has denied the request since: what that one told is all there is to tell. */
  isOverruled(): boolean;
}

/** Settles what a request took, by how its response ended. */
export type Settle = (status: number, aborted: boolean) => void;

/** A response that says no. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const NONE: readonly string[] = [];

/** Let through without a word. */
export const UNTOUCHED: Outcome = Object.freeze({
  decision: undefined,
  refusal: undefined,
  settle: undefined,
  headers: () => NONE,
  stale: () => NONE,
  isOverruled: () => false,
});
