import type { Outcome } from './outcome.js';

/** What is used of Node's response, told apart from Node, so that whoever has none can import this. */
export interface ServerResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly closed?: boolean;
  /** HTTP/2 tells it of its stream. */
  readonly stream?: { readonly closed: boolean };
  setHeader(name: string, value: string): unknown;
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

/** Sets the headers of an outcome, unless the response is on its way already, and settles when it has ended. */
export function prepareServerResponse(response: ServerResponse, { settle }: Outcome, headers: readonly string[]): void {
  if (settle !== undefined) settleAtEnd(response, settle);
  if (response.headersSent) return;
  const { setHeader } = response; // looked up once: Express gives each response a shape of its own
  for (let i = 0; i < headers.length; i += 2) setHeader.call(response, headers[i] as string, headers[i + 1] as string);
}

/** At the end of the response, or where the client went away before. */
export function settleAtEnd(response: ServerResponse, settle: NonNullable<Outcome['settle']>): void {
  if (response.closed ?? response.stream?.closed) settle(response.statusCode, true);
  response.once('finish', () => settle(response.statusCode, false));
  response.once('close', () => settle(response.statusCode, true));
}
