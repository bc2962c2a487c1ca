import type { Signal } from '@headgate/core-ts';
import type { OutgoingCall } from './fetch-types.js';

/** A call, read from the arguments of `fetch`. */
export interface ReadCall extends OutgoingCall {
  readonly signal: Signal | undefined;
  /** Whether its body can be sent a second time: a stream has been read then. */
  readonly isRepeatable: boolean;
}

/** What is read of a `Request`, and of `init`. */
interface Asked {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly signal?: Signal | null;
  readonly body?: unknown;
}

/** Methods whose request has the same effect twice as once (RFC 9110 §9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];

/**
 * Reads a call without touching its body; `undefined` for what goes to no server (`data:`, `blob:`).
 *
 * @throws TypeError for a URL that can't be read, as `fetch` rejects with.
 */
export function readCall(input: unknown, init: Asked | undefined): ReadCall | undefined {
  const request = typeof input === 'object' && input !== null && !(input instanceof URL) ? (input as Asked) : {};
  const url = urlOf(request.url ?? String(input));
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const method = (init?.method ?? request.method ?? 'GET').toUpperCase();
  const signal = init?.signal === undefined ? request.signal : init.signal;
  return {
    url,
    method,
    get headers() {
      return new Headers(init?.headers ?? request.headers);
    },
    signal: signal ?? undefined,
    isRepeatable: isRepeatable(init?.body, request, method),
  };
}

/** Whether an answer of this status may be followed by the same call again. A 429 was refused before anything was done. */
export function mayRepeat({ method, isRepeatable }: ReadCall, status: number): boolean {
  if (!isRepeatable) return false;
  return status === 429 || (status === 503 && IDEMPOTENT.includes(method));
}

/** Within a page, a URL may be relative to it. */
function urlOf(text: string): URL {
  return new URL(text, (globalThis as { location?: { href?: string } }).location?.href);
}

function isRepeatable(body: unknown, request: Asked, method: string): boolean {
  if (body === undefined || body === null) return method === 'GET' || method === 'HEAD' || isEmpty(request);
  if (typeof body === 'string' || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return true;
  return [URLSearchParams, globalThis.Blob, globalThis.FormData].some((kind) => kind && body instanceof kind);
}

/** A `Request` of a browser may have a body that it doesn't show. */
function isEmpty(request: Asked): boolean {
  return request.url === undefined || request.body === null;
}
