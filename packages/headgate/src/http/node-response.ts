import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Outcome, Refusal } from './outcome.js';

export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Sets the headers of an outcome, unless the response is on its way already, and settles when it has ended. */
export function prepare(response: NodeResponse, outcome: Outcome): void {
  if (outcome.settle !== undefined) settleAtEnd(response, outcome.settle);
  if (response.headersSent) return;
  const headers = outcome.headers();
  for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] as string, headers[i + 1] as string);
}

/** @throws Error where the response is on its way already. */
export function sendRefusal(response: NodeResponse, refusal: Refusal): void {
  checkUnsent(response);
  response.statusCode = refusal.status;
  response.setHeader('Content-Type', refusal.contentType);
  response.setHeader('Content-Length', Buffer.byteLength(refusal.body));
  (response as ServerResponse).end(refusal.body);
}

/**
 * @throws Error where the response is on its way already: a refusal can't be sent any more, and going on would let
 *   a denied request through.
 */
export function checkUnsent(response: NodeResponse): void {
  if (response.headersSent)
    throw new Error(
      'headgate: a request was denied after its response had been sent: put the limiter before what answers',
    );
}

/** At the end of the response, or where the client went away before. */
export function settleAtEnd(response: NodeResponse, settle: NonNullable<Outcome['settle']>): void {
  if (response.closed) settle(response.statusCode, true);
  response.once('finish', () => settle(response.statusCode, false));
  response.once('close', () => settle(response.statusCode, true));
}
