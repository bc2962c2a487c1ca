import { show } from '@headgate/core-ts';

/** What handlers get first: a `Request`, or an event that has one, as in Remix, SvelteKit and Astro. */
export type Incoming = Request | { readonly request: Request };

/**
 * The request itself, or an event's. A request is known by what it must have, and only of what is none is `request`
 * read: Next.js hands a middleware a `Request` with a getter of that name which throws.
 *
 * @throws TypeError for what is neither.
 */
export function requestOf(incoming: Incoming): Request {
  if (isRequest(incoming)) return incoming;
  const { request, cause } = carried(incoming);
  if (isRequest(request)) return request;
  throw new TypeError(`a request must be a Request, or an object with one as request, got ${show(incoming)}`, {
    cause,
  });
}

/** Of this realm, or one that is like it: another library's, or a proxy of one. */
function isRequest(value: unknown): value is Request {
  if (typeof Request === 'function' && value instanceof Request) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { headers, method, url } = value as Partial<Request>;
  return typeof method === 'string' && typeof url === 'string' && typeof headers?.get === 'function';
}

function carried(incoming: unknown): { readonly request?: unknown; readonly cause?: unknown } {
  try {
    return { request: (incoming as { readonly request?: unknown } | null | undefined)?.request };
  } catch (cause) {
    return { cause };
  }
}

/** The path of a `Request`'s URL, which is absolute and has been parsed: as the client sent it but for dots and `\`. */
export function pathOfUrl(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
