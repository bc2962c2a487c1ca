import { LOCAL_PEER, peerAddress } from '../node/peer-address.js';
import { onWorkers, readOrNone, runtimeOf } from './runtime.js';

/**
 * The address at the other end of the socket, as the runtime that took the request tells it; `null` where the client
 * was gone before. Bun tells nothing of who is gone, nor of a Unix socket.
 */
export function runtimeAddress(request: Request, beside: unknown): string | null | undefined {
  if (onWorkers()) return workersAddress(request);
  const runtime = runtimeOf(beside);
  const incoming = readOrNone(() => runtime?.incoming);
  if (incoming !== undefined) return readOrNone(() => peerAddress(incoming.socket));
  const remoteAddr = readOrNone(() => runtime?.remoteAddr);
  if (remoteAddr !== undefined)
    return readOrNone(() => (remoteAddr.transport?.startsWith('unix') ? LOCAL_PEER : remoteAddr.hostname));
  return readOrNone(() => runtime?.requestIP?.(request)?.address) ?? undefined;
}

/**
 * Cloudflare writes the header, and tells each worker the `colo` that took the request. Without Cloudflare workerd
 * tells the socket's address, with the port, and lets every header through.
 */
function workersAddress(request: Request): string | undefined {
  const { cf } = request as { readonly cf?: { readonly colo?: string; readonly clientIp?: string } };
  if (cf?.clientIp !== undefined) return cf.clientIp;
  return cf?.colo === undefined ? undefined : (request.headers.get('cf-connecting-ip') ?? undefined);
}
