import { show } from '@headgate/core-ts';
import type { HttpOptions } from '../../options/options.js';
import { onWorkers } from './runtime.js';

/** Where a platform writes the client's address, over whatever the client wrote there itself. */
const PLATFORM_HEADERS = {
  // https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip
  cloudflare: 'cf-connecting-ip',
  // https://vercel.com/docs/headers/request-headers#x-real-ip
  vercel: 'x-real-ip',
} as const;

/** A platform that is the only way to the server: whoever can go around it writes any address. */
type HostingPlatform = keyof typeof PLATFORM_HEADERS;

/** How the client's address is read where the runtime doesn't tell it. */
export interface WebAddressOptions<A extends readonly unknown[]> {
  /**
   * The client's address, where the runtime isn't @hono/node-server, Deno, Bun or Cloudflare Workers, which tell it
   * themselves: a function, or the platform that all requests come through. `undefined` is an address that can't be
   * read.
   */
  readonly address?: HostingPlatform | ((...args: A) => string | undefined) | undefined;
}

type Options<A extends readonly unknown[]> = WebAddressOptions<A> & Pick<HttpOptions<never>, 'trustProxy' | 'warn'>;

/**
 * Answers a request's address by the option, or as the runtime tells it. The first one without is warned of, unless
 * proxies are counted: then it doesn't matter who sent the request.
 *
 * @throws TypeError for an option that is neither a platform nor a function.
 */
export function addressReader<A extends readonly unknown[]>(
  { address, trustProxy, warn = console.warn }: Options<A> = {},
  runtime: (...args: A) => string | null | undefined,
  request: (...args: A) => Request,
): (...args: A) => string | null | undefined {
  const read = address === undefined ? runtime : callAddress(address, request);
  let quiet = typeof trustProxy === 'number' && trustProxy > 0;
  return (...args) => {
    const found = read(...args);
    if (found === undefined && !quiet) {
      quiet = true;
      warn(
        "headgate: a request came whose client's address is not known, and all such clients are one. Say where it is: address: a function of the request, or 'cloudflare' or 'vercel' where every request comes through that, or trustProxy: the number of proxies.",
      );
    }
    return found;
  };
}

/** `null`, of a header that is not there, is no sign of a client that is gone. */
function callAddress<A extends readonly unknown[]>(
  address: NonNullable<WebAddressOptions<A>['address']>,
  request: (...args: A) => Request,
): (...args: A) => string | undefined {
  if (typeof address !== 'function') return atPlatform(address, request);
  return (...args) => address(...args) ?? undefined;
}

function atPlatform<A extends readonly unknown[]>(
  platform: HostingPlatform,
  request: (...args: A) => Request,
): (...args: A) => string | undefined {
  if (!Object.hasOwn(PLATFORM_HEADERS, platform))
    throw new TypeError(`address must be a function, 'cloudflare' or 'vercel', got ${show(platform)}`);
  const header = PLATFORM_HEADERS[platform];
  return (...args) => request(...args).headers.get(header) ?? undefined;
}

/** Platforms write forwarding headers on each request: none of them is a sign of an option that is missing. */
export function withPlatformsTrust<O extends Options<never>>(options: O): O {
  const named = typeof options?.address === 'string' || (options?.address === undefined && onWorkers());
  return named ? { ...options, trustProxy: options.trustProxy ?? false } : options;
}
