import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Refusal } from '../../outcome.js';

export type NodeResponse = ServerResponse | Http2ServerResponse;

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
