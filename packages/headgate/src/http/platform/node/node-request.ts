import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The signed-in user, as login middlewares leave it; `auth` is what express-jwt and express-oauth2-jwt-bearer write. */
export function nodeUser(request: object): unknown {
  const { user, auth } = request as { readonly user?: unknown; readonly auth?: { readonly payload?: unknown } | null };
  return user ?? auth?.payload ?? auth;
}

/** A header by its lower-case name; `set-cookie` and its like come as arrays, and so may what a test makes up. */
export function nodeHeader(
  { headers }: { readonly headers: IncomingMessage['headers'] },
  name: string,
): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/** By the headers as they came: Node makes its `headers` of them when they are asked for first. */
export function nodeHasAny(
  { rawHeaders }: { readonly rawHeaders?: readonly string[] },
  names: readonly string[],
): boolean {
  if (rawHeaders === undefined) return true; // made up by a test: to be read one by one
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] as string;
    for (const name of names) if (header.length === name.length && header.toLowerCase() === name) return true;
  }
  return false;
}

/**
 * What lives as long as a request does: its list of raw headers, the same for each framework on top of Node. Express
 * gives each request a shape of its own, so there a property more takes longer than the decision.
 */
export function nodeRequestScope(request: { readonly rawHeaders?: readonly string[] }): object {
  return request.rawHeaders ?? request;
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
