import { refuseUnknown, show } from '@headgate/core-ts';

/** What a client is told by headers that no standard names, and when it may come back. */
export interface HeaderNames {
  /** `'X-RateLimit-Limit'` by default; `false` sends none. */
  readonly limit?: string | false | undefined;
  /** `'X-RateLimit-Remaining'` by default; `false` sends none. */
  readonly remaining?: string | false | undefined;
  /** `'X-RateLimit-Reset'` by default; `false` sends none. */
  readonly reset?: string | false | undefined;
  /** `'Retry-After'` by default, which clients and crawlers know; `false` sends none. */
  readonly retryAfter?: string | false | undefined;
}

export type ReadHeaderNames = { readonly [name in keyof HeaderNames]-?: string | false };

const DEFAULTS: ReadHeaderNames = {
  limit: 'X-RateLimit-Limit',
  remaining: 'X-RateLimit-Remaining',
  reset: 'X-RateLimit-Reset',
  retryAfter: 'Retry-After',
};

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What the server itself needs, and what a browser keeps. */
const OTHERS = ['connection', 'content-length', 'content-type', 'set-cookie', 'transfer-encoding', 'cache-control'];

/** @throws TypeError that names the option and prints the value. */
export function readHeaderNames(given: HeaderNames | undefined, sendsLegacy: boolean): ReadHeaderNames {
  if (given === undefined) return DEFAULTS;
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`headerNames must be an object, got ${show(given)}`);
  refuseUnknown(given, Object.keys(DEFAULTS), 'headerNames.');
  const names = { ...DEFAULTS };
  for (const [what, name] of Object.entries(given) as [keyof HeaderNames, unknown][]) {
    if (name === undefined) continue;
    if (!sendsLegacy && what !== 'retryAfter')
      throw new TypeError(
        `headerNames.${what} names a header that standard replaces: set legacyHeaders to true, got ${show(name)}`,
      );
    names[what] = readName(`headerNames.${what}`, name);
  }
  const sent = Object.values(names).flatMap((name) => (name === false ? [] : [name.toLowerCase()]));
  if (new Set(sent).size < sent.length)
    throw new TypeError(`headerNames must be different from each other, got ${show(given)}`);
  return names;
}

function readName(option: string, name: unknown): string | false {
  if (name === false) return name;
  if (typeof name === 'string' && TOKEN.test(name) && !OTHERS.includes(name.toLowerCase())) return name;
  throw new TypeError(`${option} must be the name of a header that nothing else uses, or false, got ${show(name)}`);
}
