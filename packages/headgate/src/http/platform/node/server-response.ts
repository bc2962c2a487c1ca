import type { Outcome, Settle } from '../../outcome.js';
import { whenClosed } from './connection.js';

/** What is used of Node's response, told apart from Node, so that whoever has none can import this. */
export interface ServerResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded?: boolean;
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  /** `null` where another response of the same connection comes first. */
  readonly socket?: object | null;
  readonly req?: { readonly socket?: { readonly destroyed?: boolean } | null };
  /** HTTP/2 tells it of its stream. */
  readonly stream?: ServerStream;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

interface ServerStream {
  readonly closed: boolean;
  readonly aborted: boolean;
  readonly rstCode?: number | undefined;
  readonly writableFinished: boolean;
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

/** Sets the headers of an outcome, unless the response is on its way already, and settles when it has ended. */
export function prepareServerResponse(response: ServerResponse, outcome: Outcome, headers: readonly string[]): void {
  if (outcome.settle !== undefined) settleAtEnd(response, outcome.settle);
  if (response.headersSent) return;
  for (const name of outcome.stale()) response.removeHeader(name);
  const { setHeader } = response; // looked up once: Express gives each response a shape of its own
  for (let i = 0; i < headers.length; i += 2) setHeader.call(response, headers[i] as string, headers[i + 1] as string);
}

/** At the end of the response, or where the client went away before. */
export function settleAtEnd(response: ServerResponse, settle: Settle): void {
  const { stream } = response;
  if (response.closed || isGone(response)) settle(response.statusCode, true);
  else if (stream !== undefined) settleAtEndOf(stream, response, settle);
  else {
    response.once('finish', () => settle(response.statusCode, false));
    response.once('close', () => settle(response.statusCode, true));
    if (response.socket === null) settleWhereLost(response, settle);
  }
}

/**
 * Over HTTP/2 a response emits `'finish'` however its stream ends. The stream itself does so when it has been written
 * whole, and also where a reset ends it, but not before it is marked as aborted or has the code of that reset. Of one
 * without a body it says so in its state alone.
 */
function settleAtEndOf(stream: ServerStream, response: ServerResponse, settle: Settle): void {
  const isBroken = () => stream.aborted || Boolean(stream.rstCode);
  stream.once('finish', () => {
    if (!isBroken()) settle(response.statusCode, false);
  });
  stream.once('close', () => settle(response.statusCode, isBroken() || !stream.writableFinished));
}

/** Of a response that waits for others of its connection (pipelining), Node tells nothing where that closes. */
function settleWhereLost(response: ServerResponse, settle: Settle): void {
  const connection = response.req?.socket;
  if (connection == null) return;
  const done = whenClosed(connection, () => settle(response.statusCode, true));
  response.once('close', done);
}

/** Whether it has been answered, or its client is gone. */
export function isOver(response: ServerResponse): boolean {
  return response.writableEnded === true || isGone(response);
}

/** Whether nobody is left to answer. */
export function isGone({ stream, destroyed, socket, req }: ServerResponse): boolean {
  if (destroyed === true || stream?.closed === true) return true;
  return socket === null && req?.socket?.destroyed === true; // waiting for others of its connection
}

/**
 * Whether something else has answered, or the client has gone, since this was called: what is decided only then
 * leaves the response alone.
 */
export function watchedForEnd(response: ServerResponse): () => boolean {
  return isOver(response) ? () => false : () => isOver(response);
}
