import { show } from '@headgate/core-ts';
import { apiKeyOf, hashed } from './identity/api-key.js';
import { UNKNOWN_ADDRESS } from './identity/client-address.js';
import { userId } from './identity/user-id.js';
import { isPromise, type MaybePromise, whenKnown } from './maybe-promise.js';
import { handledAs } from './methods.js';
import { folded, isAmbiguous, withoutParameters } from './path-forms.js';
import type { Reader } from './reader.js';

/** What a request is counted by. */
export type KeyKind = 'ip' | 'user' | 'apiKey' | 'route';
export const KEY_KINDS: readonly KeyKind[] = ['ip', 'user', 'apiKey', 'route'];

export type KeyOption<R> = KeyKind | readonly KeyKind[] | ((request: R) => MaybePromise<string>);

/** Thrown where a request's address can't be read and `unknownAddress` is `'refuse'`; it is answered with 400. */
export class UnknownAddress extends Error {
  override readonly name = 'UnknownAddress';
  readonly status = 400;
}

export interface KeyParts<R> {
  readonly reader: Reader<R>;
  readonly address: (request: R) => string | undefined;
  readonly refuseUnknownAddress: boolean;
  readonly user: ((request: R) => unknown) | undefined;
  /** In lower case; `undefined` where none is named. */
  readonly apiKeyHeader: string | undefined;
}

/**
 * Answers the key of a request. An address alone is the key as it is; whatever else has its kind before it, and
 * the parts of a list have their lengths, so that no client can write one part that reads like two.
 */
export function keyOf<R>(option: KeyOption<R>, parts: KeyParts<R>): (request: R) => MaybePromise<string> {
  if (typeof option === 'function') return (request) => ownKey(option(request));
  const readers = kindReaders(parts);
  if (option === 'ip') return readers.ip;
  if (!Array.isArray(option)) return readers[option as KeyKind];
  if (option.length === 1) return keyOf(option[0] as KeyKind, parts);
  const list = option.map((kind) => readers[kind as KeyKind]);
  return (request) => {
    const keys = list.map((read) => read(request));
    return keys.some(isPromise) ? Promise.all(keys).then(joined) : joined(keys as string[]);
  };
}

function kindReaders<R>(parts: KeyParts<R>): Record<KeyKind, (request: R) => MaybePromise<string>> {
  const { reader } = parts;
  const ip = (request: R) => {
    const address = parts.address(request);
    if (address !== undefined) return address;
    if (parts.refuseUnknownAddress) throw new UnknownAddress("the client's address can't be read");
    return UNKNOWN_ADDRESS;
  };
  return {
    ip,
    user(request) {
      const id = userId((parts.user ?? reader.user)(request));
      return id === undefined ? `ip:${ip(request)}` : `user:${id}`;
    },
    apiKey(request) {
      const key = apiKeyOf(reader, request, parts.apiKeyHeader);
      return key === undefined ? `ip:${ip(request)}` : whenKnown(hashed(key), (hash) => `apiKey:${hash}`);
    },
    route: (request) => `${handledAs(reader.method(request))} ${routeOf(reader, request)}`,
  };
}

/** Longer paths count by their beginning: else a client could fill the memory with them. */
const MOST_OF_PATH = 256;

/**
 * However a client writes a path, or the folder that a router is mounted on, it counts as one; so do all paths that
 * routers read in different ways.
 */
function routeOf<R>(reader: Reader<R>, request: R): string {
  const route = reader.route(request);
  if (route !== undefined) return folded(route);
  const path = reader.path(request);
  const whole = isAmbiguous(path) ? '/..' : folded(withoutParameters(path));
  return whole.length <= MOST_OF_PATH ? whole : folded(whole.slice(0, MOST_OF_PATH));
}

function joined(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join('');
}

function ownKey(answer: MaybePromise<string>): MaybePromise<string> {
  return whenKnown(answer, (key) => {
    if (typeof key === 'string' && key !== '') return key;
    throw new TypeError(`key must answer a string that is not empty, got ${show(key)}`);
  });
}
