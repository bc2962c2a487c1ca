/**
 * Whether routers may take a path for different ones: it has segments of dots, backslashes, a fragment, or begins with
 * an authority, all of which URLs give a meaning (WHATWG URL §4.4) and other routers don't. No client needs that.
 */
export function isAmbiguous(path: string): boolean {
  return /^(?![/*])|^\/\/|#/.test(path) || /\\|(?:^|\/)\.\.?(?:\/|$)/.test(decoded(path));
}

/** Without what comes after a semicolon, which some routers cut off (Fastify with `useSemicolonDelimiter`). */
export function withoutParameters(path: string): string {
  const start = path.indexOf(';');
  return start < 0 ? path : path.slice(0, start);
}

/**
 * As most routers see a path: case, escapes, doubled slashes and one at the end make no difference. It is a string of
 * its own, while a part of another string keeps all of that in memory.
 */
export function folded(path: string): string {
  const segments = decoded(path).toLowerCase().split('/');
  return ['', ...segments.filter((segment) => segment !== '')].join('/') || '/';
}

/** What can't be decoded stays as it is, and what is beside it does not: so does Hono read a path. */
export function decoded(path: string): string {
  return path.includes('%') ? path.replace(/(?:%[0-9a-f]{2})+/gi, tryDecode) : path;
}

function tryDecode(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch (error) {
    if (error instanceof URIError) return escapes;
    throw error;
  }
}

/** As the routes of a router write it that is mounted at `base`, in which each parameter is one segment. */
export function behindMount(base: string, path: string): string {
  const mounted = base.split('/').filter((segment) => segment !== '');
  const slashes = [...path.matchAll(/\/+/g)].map(({ index }) => index);
  return path.slice(slashes[mounted.length] ?? 0);
}
