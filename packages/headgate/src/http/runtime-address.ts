import { onWorkers, runtimeOf, told } from './runtime.js';

/** The address at the other end of the socket, as the runtime that took the request tells it. */
export function runtimeAddress(request: Request, beside: unknown): string | undefined {
  if (onWorkers()) return workersAddress(request);
  const runtime = runtimeOf(beside);
  return (
    told(() => runtime?.incoming?.socket.remoteAddress) ??
    told(() => runtime?.remoteAddr?.hostname) ??
    told(() => runtime?.requestIP?.(request)?.address) ??
    undefined
  );
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
