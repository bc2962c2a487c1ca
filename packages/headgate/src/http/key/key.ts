import { show } from '@headgate/core-ts';
import { isPromise, type MaybePromise, whenKnown } from '../callbacks/maybe-promise.js';
import { neverFound } from '../filter/never-found.js';
import { folded, isAmbiguous, withoutParameters } from '../filter/path-forms.js';
import { handledAs } from '../options/http-methods.js';
import type { Reader } from '../reader.js';
import { type ClientAddress, UNKNOWN_ADDRESS } from './address/client-address.js';
import { apiKeyOf, hashed } from './api-key.js';
import { Asker, type Client } from './client.js';
import { userId } from './user-id.js';

/** What a request is counted by. */
export type KeyKind = 'ip' | 'user' | 'apiKey' | 'route' | 'method' | 'path';
export const KEY_KINDS: readonly KeyKind[] = ['ip', 'user', 'apiKey', 'route', 'method', 'path'];

/** Answers a key, or one part of a list; it must be a string that is not empty. */
export type KeyFunction<R> = (request: R, client: Pick<Client, 'address'>) => MaybePromise<string>;
export type KeyOption<R> = KeyKind | KeyFunction<R> | readonly (KeyKind | KeyFunction<R>)[];

/**
 * Thrown where a request's address can't be read and `unknownAddress` is `'refuse'`, and where its client was gone
 * before; it is answered with 400.
 */
export class UnknownAddress extends Error {
  override readonly name = 'UnknownAddress';
  readonly status = 400;
}

export interface KeyParts<R> {
  readonly reader: Reader<R>;
  readonly address: ClientAddress<R>;
  readonly refuseUnknownAddress: boolean;
  readonly user: ((request: R) => unknown) | undefined;
  /** In lower case; `undefined` where none is named. */
  readonly apiKeyHeader: string | undefined;
  readonly warn: (message: string) => void;
}

/** All requests that no route was found for: a pattern begins with `/`. */
const UNMATCHED = 'unmatched';

/**
 * Answers the key of a request. An address alone is the key as it is; whatever else has its kind before it, and
 * the parts of a list have their lengths, so that no client can write one part that reads like two.
 */
export function keyOf<R>(option: KeyOption<R>, parts: KeyParts<R>): (request: R) => MaybePromise<string> {
  const readers = kindReaders(parts);
  const readerOf = (part: KeyKind | KeyFunction<R>) =>
    typeof part === 'function' ? ownKey(part, parts.address) : readers[part];
  const [first, ...others] = [option].flat() as (KeyKind | KeyFunction<R>)[];
  const read = readerOf(first as KeyKind);
  if (others.length === 0) return read;
  const list = [read, ...others.map(readerOf)];
  return (request) => {
    const keys = list.map((each) => each(request));
    return keys.some(isPromise) ? Promise.all(keys).then(joined) : joined(keys as string[]);
  };
}

function kindReaders<R>(parts: KeyParts<R>): Record<KeyKind, (request: R) => MaybePromise<string>> {
  const { reader } = parts;
  const ip = (request: R) => {
    const address = parts.address.key(request);
    if (typeof address === 'string') return address;
    if (address === null) throw new UnknownAddress('the client was gone before its address was read');
    if (parts.refuseUnknownAddress) throw new UnknownAddress("the client's address can't be read");
    return UNKNOWN_ADDRESS;
  };
  const userOf = parts.user ?? ((request: R) => reader.user?.(request));
  const foundUser = neverFound(parts.warn, NO_USER);
  const foundRoute = neverFound(parts.warn, NO_ROUTE);
  return {
    ip,
    user: (request) =>
      whenKnown(userOf(request), (user) => {
        const id = userId(user);
        foundUser(id !== undefined);
        return id === undefined ? `ip:${ip(request)}` : `user:${id}`;
      }),
    apiKey(request) {
      const key = apiKeyOf(reader, request, parts.apiKeyHeader);
      return key === undefined ? `ip:${ip(request)}` : whenKnown(hashed(key), (hash) => `apiKey:${hash}`);
    },
    route(request) {
      const route = reader.route?.(request);
      foundRoute(route !== undefined);
      return `route:${route === undefined ? UNMATCHED : folded(route)}`;
    },
    method: (request) => `method:${handledAs(reader.method(request))}`,
    path: (request) => `path:${pathKey(reader.path(request))}`,
  };
}

const NO_USER =
  "headgate: requests are counted by 'user', and the first hundred had none, so they were counted by address. Mount the limit after the login, or say where the user is: user: a function of the request that answers an id, or an object with one.";
const NO_ROUTE =
  "headgate: requests are counted by 'route', and the first hundred had none, so all are one. Mount the limit on the routes, where the framework knows the pattern, or count by 'path', which clients can invent.";

/** Longer paths count by their beginning: else a client could fill the memory with them. */
const MOST_OF_PATH = 256;

/** However a client writes a path, it counts as one; so do all paths that routers read in different ways. */
export function pathKey(path: string): string {
  const whole = isAmbiguous(path) ? '/..' : folded(withoutParameters(path));
  return whole.length <= MOST_OF_PATH ? whole : folded(whole.slice(0, MOST_OF_PATH));
}

function joined(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join('');
}

function ownKey<R>(option: KeyFunction<R>, address: ClientAddress<R>): (request: R) => MaybePromise<string> {
  const text = (request: R) => address.text(request) ?? undefined;
  return (request) =>
    whenKnown(option(request, new Asker(request, text)), (key) => {
      if (typeof key === 'string' && key !== '') return key;
      throw new TypeError(`key must answer a string that is not empty, got ${show(key)}`);
    });
}
