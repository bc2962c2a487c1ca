import { show } from '@headgate/core-ts';
import { handledAs } from './methods.js';
import type { CountingOptions } from './options.js';
import type { Reader } from './reader.js';

type Pattern = (path: string) => boolean;

/**
 * Answers whether a request is limited at all, by its method and path; `undefined` where all are.
 *
 * A path that is limited is matched as leniently as routers match, or `/LOGIN/` would be a way around `/login`; one
 * that is not limited exactly as it is written.
 */
export function filterOf<R>(options: CountingOptions<R>, reader: Reader<R>): ((request: R) => boolean) | undefined {
  const methods = readMethods('methods', options.methods);
  const skipMethods = readMethods('skipMethods', options.skipMethods);
  const paths = readPaths('paths', options.paths, lenient);
  const skipPaths = readPaths('skipPaths', options.skipPaths, (path) => path);
  if (!methods && !skipMethods && !paths && !skipPaths) return undefined;
  return (request) => {
    const method = handledAs(reader.method(request).toUpperCase());
    if (methods?.has(method) === false || skipMethods?.has(method)) return false;
    if (paths === undefined && skipPaths === undefined) return true;
    const path = reader.path(request);
    if (paths !== undefined && !paths.some((matches) => matches(lenient(path)))) return false;
    return !skipPaths?.some((matches) => matches(path));
  };
}

function readMethods(name: string, list: unknown): Set<string> | undefined {
  if (list === undefined) return undefined;
  return new Set(
    strings(name, list).map((method) => {
      if (typeof method === 'string') return handledAs(method.toUpperCase());
      throw new TypeError(`${name} must be an array of strings, got ${show(method)} in it`);
    }),
  );
}

function readPaths(name: string, list: unknown, written: (path: string) => string): Pattern[] | undefined {
  if (list === undefined) return undefined;
  return strings(name, list).map((path) => {
    if (path instanceof RegExp) return regExp(path);
    if (typeof path !== 'string' || !path.startsWith('/'))
      throw new TypeError(`${name} must have paths that begin with / or RegExps, got ${show(path)} in it`);
    if (path === '/*') return () => true;
    if (path.endsWith('/*')) return below(written(path.slice(0, -2)));
    if (path.endsWith('*')) return startingWith(written(path.slice(0, -1)));
    const whole = written(path);
    return (actual) => actual === whole;
  });
}

/** `g` and `y` would start each search where the one before ended. */
function regExp(path: RegExp): Pattern {
  const stateless = new RegExp(path, path.flags.replace(/[gy]/g, ''));
  return (actual) => stateless.test(actual);
}

function startingWith(start: string): Pattern {
  return (actual) => actual.startsWith(start);
}

function below(folder: string): Pattern {
  return (actual) => actual === folder || actual.startsWith(`${folder}/`);
}

function strings(name: string, list: unknown): readonly unknown[] {
  if (!Array.isArray(list) || list.length === 0)
    throw new TypeError(`${name} must be an array with something in it, got ${show(list)}`);
  return list;
}

function lenient(path: string): string {
  const squeezed = decoded(path)
    .replace(/\/{2,}/g, '/')
    .toLowerCase();
  return squeezed.length > 1 && squeezed.endsWith('/') ? squeezed.slice(0, -1) : squeezed;
}

/** A path that can't be decoded is matched as it is: no router takes it for another. */
function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
