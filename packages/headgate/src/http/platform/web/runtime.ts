import type { PeerSocket } from '../node/peer-address.js';
import type { ServerResponse } from '../node/server-response.js';

/** What a runtime hands to `fetch` beside the request; Hono calls it `c.env`. */
export interface Runtime {
  /** @hono/node-server: Node's own request and response. */
  readonly incoming?: { readonly socket: PeerSocket };
  readonly outgoing?: ServerResponse;
  /** `Deno.serve`: https://docs.deno.com/api/deno/~/Deno.ServeHandlerInfo. No host name for a Unix socket. */
  readonly remoteAddr?: { readonly hostname?: string; readonly transport?: string };
  /** `Bun.serve`: https://bun.com/docs/runtime/http/server. `null` where the client is gone. */
  requestIP?(request: Request): { readonly address: string } | null;
}

/**
 * The runtime's own part of what is beside a request. Applications may hand it on as `server`. On Workers there is
 * none: all names there are its user's, and a binding answers to any of these.
 */
export function runtimeOf(beside: unknown): Runtime | undefined {
  if (typeof beside !== 'object' || beside === null || onWorkers()) return undefined;
  return readOrNone(() => (beside as { readonly server?: Runtime }).server) ?? beside;
}

/** Hono asks the same. */
export function onWorkers(): boolean {
  return readOrNone(() => globalThis.navigator?.userAgent) === 'Cloudflare-Workers';
}

/** What a foreign object tells, which may be nothing: frameworks have getters that throw for what isn't there. */
export function readOrNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
