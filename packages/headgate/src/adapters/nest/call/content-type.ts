import type { NodeResponse } from '../../../http/platform/node/node-response.js';
import type { Reply } from './replies.js';

const NEST_JSON_TYPE = 'application/json';

/** Has the JSON of an exception sent as this type, unless an exception filter answers something else. */
export function sendJsonAs(contentType: string, response: NodeResponse | Reply): void {
  if (contentType.startsWith(NEST_JSON_TYPE)) return; // as Nest does by itself
  if ('raw' in response) response.header('Content-Type', contentType);
  else atHead(response, contentType);
}

/**
 * Nest's adapter for Express makes every error's JSON `application/json`, whatever the header said before, so it is
 * set when the head is written.
 */
function atHead(response: NodeResponse, contentType: string): void {
  const writeHead = response.writeHead as (...args: unknown[]) => unknown;
  Object.assign(response, {
    writeHead(...args: unknown[]) {
      if (String(response.getHeader('Content-Type')).startsWith(NEST_JSON_TYPE))
        response.setHeader('Content-Type', contentType);
      return Reflect.apply(writeHead, response, args);
    },
  });
}
