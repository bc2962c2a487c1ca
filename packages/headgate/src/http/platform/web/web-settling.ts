import type { Outcome } from '../../outcome.js';

/** Until the handler has answered, a response has the status that it would have if nothing went wrong. */
const NOT_ANSWERED = 200;

/**
 * To be called with the status once the handler has answered; where the client goes away before, that settles. Deno
 * aborts the signal of a request that succeeded as well, but later than that.
 */
export function settlingByAnswer(request: Request, settle: NonNullable<Outcome['settle']>): (status: number) => void {
  const { signal } = request as { readonly signal?: AbortSignal }; // not every runtime has one
  signal?.addEventListener('abort', () => settle(NOT_ANSWERED, true), { once: true });
  return (status) => settle(status, signal?.aborted === true);
}
