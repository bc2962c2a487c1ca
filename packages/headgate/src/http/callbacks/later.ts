import type { Gate } from '../gate.js';
import type { Outcome } from '../outcome.js';
import { type ServerResponse, settleAtEnd, watchedForEnd } from '../platform/node/server-response.js';
import { errorOf } from './callbacks.js';

/** How an adapter goes on. */
interface Way {
  /** Answers the request, or whether it may pass. */
  passes(outcome: Outcome): boolean;
  next(): void;
  failed(error: unknown): void;
}

/**
 * Goes on with what is decided later. A response that something else has answered meanwhile, or whose client has
 * gone, is left alone: what was taken is settled, and an error is a warning.
 */
export function goOnLater(
  response: ServerResponse,
  later: Promise<Outcome>,
  gate: Pick<Gate<never>, 'warn'>,
  way: Way,
) {
  const isOver = watchedForEnd(response);
  later
    .then((outcome) => {
      if (!isOver()) return way.passes(outcome);
      if (outcome.settle !== undefined) settleAtEnd(response, outcome.settle);
      return false;
    })
    .then(
      (passed) => {
        if (passed) way.next();
      },
      (thrown) => {
        if (!isOver()) way.failed(thrown);
        else gate.warn(`headgate: deciding on a request failed when it was over: ${errorOf('deciding', thrown)}`);
      },
    );
}
