import type { Outcome, Settle } from '../../../http/outcome.js';
import type { NodeResponse } from '../../../http/platform/node/node-response.js';
import { type ServerResponse, settleAtEnd } from '../../../http/platform/node/server-response.js';
import type { Reply } from './replies.js';

/**
 * Sets the headers of an outcome, unless the response is on its way already, and calls `settle` when it has ended.
 */
export function setHeaders(response: NodeResponse | Reply, outcome: Outcome, settle: Outcome['settle']): void {
  const reply = 'raw' in response ? response : undefined;
  const raw = reply?.raw ?? (response as NodeResponse);
  if (settle !== undefined) settleWithOthers(raw, settle);
  if (raw.headersSent) return;
  for (const name of outcome.stale()) (reply ?? raw).removeHeader(name);
  const headers = outcome.headers();
  const { setHeader } = raw as ServerResponse; // looked up once: Express gives each response a shape of its own
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (reply === undefined) setHeader.call(raw, name, value);
    else reply.header(name, value);
  }
}

const openResponses = new WeakMap<NodeResponse, Settle[]>();

/** One pair of listeners for a response, however many of an operation's resolvers settle when it ends. */
function settleWithOthers(response: NodeResponse, settle: Settle): void {
  const others = openResponses.get(response);
  if (others !== undefined) {
    others.push(settle);
    return;
  }
  const all = [settle];
  openResponses.set(response, all);
  settleAtEnd(response, (status, aborted) => {
    openResponses.delete(response);
    for (const each of all) each(status, aborted);
  });
}
