import type { Reader } from '../../reader.js';
import type { Trusts } from './proxies.js';

/** What is known of proxies, and where a warning goes. */
interface Proxies {
  readonly trusts: Trusts | 'framework' | undefined;
  /** In lower case. */
  readonly forwardedHeader: string | undefined;
  readonly warn: ((message: string) => void) | undefined;
}

/**
 * Says once that a proxy is not trusted: whoever stands behind one without knowing counts all clients as one. The
 * first request tells whether the framework trusts one; after that, a header is what gives a proxy away.
 */
export function untrustedWarning<R>(
  reader: Reader<R>,
  { trusts, forwardedHeader, warn }: Proxies,
): ((request: R) => void) | undefined {
  if (warn === undefined) return undefined;
  const headers = [...new Set([forwardedHeader ?? 'x-forwarded-for', 'x-forwarded-for', 'forwarded'])];
  let isFirst = trusts === undefined;
  let isSaid = false;

  function find(request: R): string | undefined {
    const setting = isFirst ? reader.proxies?.(request) : undefined;
    isFirst = false;
    if (setting !== undefined)
      return `headgate: the framework trusts a proxy (${setting.name}), and headgate does not, so all clients behind it count as one. trustProxy: 'framework' takes the same; trustProxy: false says that it is right so.`;
    if (reader.hasAny?.(request, headers) === false) return undefined;
    const header = headers.find((name) => reader.header(request, name) !== undefined);
    if (header === undefined) return undefined;
    return `headgate: a request came with the header ${header}, which is not trusted, so clients are told apart by the address of the socket alone. Behind a proxy, say which: trustProxy: 'loopback', ['10.0.0.0/8'], or the number of hops. Without one, trustProxy: false is right, and this is a client that tries to look like another.`;
  }

  return (request) => {
    const message = isSaid ? undefined : find(request);
    if (message === undefined) return;
    isSaid = true;
    warn(message);
  };
}
