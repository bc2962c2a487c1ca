import type { MaybePromise } from '../maybe-promise.js';
import type { Reader } from '../reader.js';

const BEARER = /^Bearer +(\S+)$/i;

/** The API key that a request shows: in a header of its own, or as a bearer token (RFC 6750 §2.1). */
export function apiKeyOf<R>(reader: Reader<R>, request: R, header: string): string | undefined {
  const own = reader.header(request, header);
  if (own !== undefined && own !== '') return own;
  return BEARER.exec(reader.header(request, 'authorization') ?? '')?.[1];
}

/**
 * SHA-256 in base64url: nobody who sees the limiter's keys can use them. Where the runtime has no Node modules, it
 * is made by WebCrypto, which answers later.
 */
export function hashed(secret: string): MaybePromise<string> {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto');
  if (crypto !== undefined) return crypto.createHash('sha256').update(secret).digest('base64url');
  return globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)).then(base64url);
}

function base64url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
