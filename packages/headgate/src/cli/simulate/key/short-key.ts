import { fold } from '@headgate/core-ts';

/** So many UTF-16 units are told as they are. */
const LONGEST = 256;
const BEGINNING = 64;

/** A key that can be held a million times: of a longer one its beginning, and the SHA-256 that tells it from others that begin so. */
export function shortKey(key: string): string {
  return key.length <= LONGEST ? key : `${key.slice(0, BEGINNING)}… ${fold(key)}`;
}
