import type { MaybePromise } from '../callbacks/maybe-promise.js';
import { builtinModule } from '../platform/node/builtin-module.js';
import type { Reader } from '../reader.js';

const BEARER = /^Bearer +(\S+)$/i;
/** Whatever the scheme, and however it is written. */
const CREDENTIALS = /^(?:\S+ +)?(\S+)$/;

/**
 * The API key that a request shows: in the header that is named and nowhere else, or where none is named in
 * `x-api-key` or as a bearer token (RFC 6750 §2.1). One that shows two shows none: the application checks one of them,
 * and with the other a client could be somebody new each time.
 */
export function apiKeyOf<R>(reader: Reader<R>, request: R, header: string | undefined): string | undefined {
  if (header !== undefined && header !== 'authorization') return reader.header(request, header) || undefined;
  const authorization = reader.header(request, 'authorization') ?? '';
  if (header !== undefined) return CREDENTIALS.exec(authorization)?.[1];
  const bearer = BEARER.exec(authorization)?.[1];
  const own = reader.header(request, 'x-api-key') || undefined;
  if (own !== undefined && bearer !== undefined && own !== bearer) return undefined;
  return own ?? bearer;
}

/**
 * SHA-256 in base64url: nobody who sees the limiter's keys can use them. Where the runtime has no Node modules, it
 * is made by WebCrypto, which answers later.
 */
export function hashed(secret: string): MaybePromise<string> {
  const crypto = builtinModule('node:crypto', 'createHash');
  if (crypto !== undefined) return crypto.createHash('sha256').update(secret).digest('base64url');
  return globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)).then(base64url);
}

function base64url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
}
