import { show } from '@headgate/core-ts';
import type { DispatchOptions, Fields, FieldValue } from './dispatch-types.js';

/** The URL that a call goes to; its origin alone where a proxy is asked for another one. */
export function urlOf({ origin, path, query }: DispatchOptions): URL {
  if (origin === undefined || origin === null)
    throw new TypeError(`a call that is held needs an origin beside its path ${show(path)}, got ${show(origin)}`);
  const base = new URL(origin).origin;
  const url = new URL(path.startsWith('/') ? base + path : base);
  for (const [name, values] of Object.entries(query ?? {}))
    for (const value of [values].flat()) url.searchParams.append(name, String(value));
  return url;
}

/** The header fields that the caller gave, in whichever form: flat, by pairs, or by name. */
export function headersOf({ headers }: DispatchOptions): Headers {
  const read = new Headers();
  for (const [name, value] of pairsOf(headers ?? {})) {
    if (value === undefined) continue;
    for (const each of [value].flat()) read.append(name, String(each));
  }
  return read;
}

function pairsOf(given: NonNullable<DispatchOptions['headers']>): Iterable<readonly [string, FieldValue]> {
  if (!(Symbol.iterator in given)) return Object.entries(given as Fields);
  const all = [...given];
  if (typeof all[0] !== 'string') return all as (readonly [string, FieldValue])[];
  const flat = all as string[];
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]] as const] : []));
}

/** What an answer says, by names in any case. */
export function answerOf(
  status: number,
  fields: Fields,
): { status: number; headers: { get(name: string): string | null } } {
  const get = (name: string) => {
    const value = fields[name.toLowerCase()];
    return value === undefined ? null : [value].flat().join(', ');
  };
  return { status, headers: { get } };
}
