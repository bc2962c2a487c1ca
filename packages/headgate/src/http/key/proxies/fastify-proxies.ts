import type { FrameworkSetting } from './framework-setting.js';

/** What is read of a request of Fastify's: `ips` is there where `trustProxy` is set. */
interface WithAddresses {
  readonly ips?: readonly string[] | undefined;
}

/**
 * What Fastify's `trustProxy` says. It tells no function, but all addresses from the socket's to the first that it
 * doesn't trust.
 */
export function fastifyProxies(request: WithAddresses): FrameworkSetting | undefined {
  const { ips } = request;
  if (ips === undefined) return undefined;
  return {
    name: 'trustProxy',
    trusts: (_address, hop) => hop < ips.length - 1,
    trustsEverybody: () => (Reflect.get(request, 'ips', { raw: FROM_NOBODY })?.length ?? 0) > 2,
  };
}

/** A request over two hops of addresses that no proxy has (RFC 5737). */
const FROM_NOBODY = {
  socket: { remoteAddress: '192.0.2.1' },
  connection: { remoteAddress: '192.0.2.1' },
  headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.1' },
};
