import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** A header by its lower-case name; `set-cookie` and its like come as arrays, and so may what a test makes up. */
export function nodeHeader(
  { headers }: { readonly headers: IncomingMessage['headers'] },
  name: string,
): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/**
 * The path of a request line, without the query; an absolute one (RFC 9112 §3.2.2) without its origin, unless that
 * has something in it that programs don't agree on.
 */
export function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#\\%]*)?(?=[/?]|$)/i, '');
  const query = path.indexOf('?');
  return (query < 0 ? path : path.slice(0, query)) || '/';
}
