import { show } from '@headgate/core-ts';
import { handledAs } from '../options/http-methods.js';
import type { CountingOptions } from '../options/options.js';
import type { Reader } from '../reader.js';
import { decoded, folded, isAmbiguous, withoutParameters } from './path-forms.js';

type Pattern = (path: string) => boolean;

/**
 * Answers whether a request is limited at all, by its method and path; `undefined` where all are.
 *
 * A path that is limited is matched as leniently as any router matches, or `/LOGIN/` would be a way around `/login`;
 * one that is not limited exactly as it is written. One that routers read in different ways is limited.
 */
export function filterOf<R>(options: CountingOptions<R>, reader: Reader<R>): ((request: R) => boolean) | undefined {
  const methods = readMethods('methods', options.methods);
  const skipMethods = readMethods('skipMethods', options.skipMethods);
  const paths = readPaths('paths', options.paths, folded, 'i');
  const skipPaths = readPaths('skipPaths', options.skipPaths, (path) => path, '');
  const { skipPreflights = true } = options;
  if (!methods && !skipMethods && !paths && !skipPaths && !skipPreflights) return undefined;
  return (request) => {
    if (skipPreflights && isPreflight(request, reader)) return false;
    if (methods !== undefined || skipMethods !== undefined) {
      const method = handledAs(reader.method(request).toUpperCase());
      if (methods?.has(method) === false || skipMethods?.has(method)) return false;
    }
    if (paths === undefined && skipPaths === undefined) return true;
    const path = reader.path(request);
    const routed = reader.routedPaths?.(request) ?? [];
    if (isAmbiguous(path) || routed.some(isAmbiguous)) return true;
    if (paths !== undefined && ![path, ...routed].some((each) => formsOf(each).some((form) => isAmong(paths, form))))
      return false;
    if (skipPaths === undefined || !isSkipped(skipPaths, path)) return true;
    // A URL that was rewritten reaches another route than it says; one behind the mount of its router does not.
    return routed.some((each) => !folded(path).endsWith(folded(each)) && !isSkipped(skipPaths, each));
  };
}

function formsOf(path: string): readonly string[] {
  return [path, decoded(path), folded(path), folded(withoutParameters(path))];
}

function isSkipped(skipPaths: readonly Pattern[], path: string): boolean {
  return isAmong(skipPaths, path) && isAmong(skipPaths, withoutParameters(path));
}

/** As the Fetch standard has it (CORS-preflight request): a browser asks, and sends neither a body nor credentials. */
function isPreflight<R>(request: R, { header, method }: Pick<Reader<R>, 'header' | 'method'>): boolean {
  if (header(request, 'access-control-request-method') === undefined) return false;
  return header(request, 'origin') !== undefined && method(request).toUpperCase() === 'OPTIONS';
}

function isAmong(patterns: readonly Pattern[], path: string): boolean {
  return patterns.some((matches) => matches(path));
}

function readMethods(name: string, list: unknown): Set<string> | undefined {
  if (list === undefined) return undefined;
  return new Set(
    strings(name, list).map((method) => {
      if (typeof method === 'string' && /^[\w-]+$/.test(method)) return handledAs(method.toUpperCase());
      throw new TypeError(`${name} must be an array of methods, got ${show(method)} in it`);
    }),
  );
}

/** What elsewhere is a wildcard or a parameter would match no path here. */
const OTHER_SYNTAX = /\*.|\/:|\{/;

function readPaths(
  name: string,
  list: unknown,
  written: (path: string) => string,
  flags: '' | 'i',
): Pattern[] | undefined {
  if (list === undefined) return undefined;
  return strings(name, list).map((path) => {
    if (path instanceof RegExp) return regExp(path, flags);
    if (typeof path !== 'string' || !path.startsWith('/'))
      throw new TypeError(`${name} must have paths that begin with / or RegExps, got ${show(path)} in it`);
    if (OTHER_SYNTAX.test(path))
      throw new TypeError(
        `${name} can have a * at the end of a path alone, and no parameters, got ${show(path)} in it`,
      );
    const whole = written(path);
    if (whole === '/*') return () => true;
    if (whole.endsWith('/*')) return below(whole.slice(0, -2));
    if (whole.endsWith('*')) return startingWith(whole.slice(0, -1));
    return (actual) => actual === whole;
  });
}

/** `g` and `y` would start each search where the one before ended. */
function regExp(path: RegExp, flags: '' | 'i'): Pattern {
  const stateless = new RegExp(path, path.flags.replace(/[giy]/g, '') + (path.ignoreCase ? 'i' : flags));
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
