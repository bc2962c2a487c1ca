import { fold, type Policy } from '@headgate/core-ts';
import { letterOf } from './encode.js';

/** What has a meaning in a name: braces choose the slot of a cluster, `!` begins names of headgate's own, `%` is written so. */
const SPECIAL = /[{}%!]/g;
/** A half of a pair that stands alone: UTF-8 has none, and clients would write all of them alike. */
const LONE = /\p{Surrogate}/gu;

/** The name under which a key is held on the server; a key of more than 64 UTF-16 units is folded to its SHA-256. No two keys have one. */
export function nameOf(prefix: string, key: string): string {
  return prefix + fold(key).replace(SPECIAL, percent).replace(LONE, percent);
}

/**
 * What the names of a limiter's keys begin with. Those of other algorithms, or of another number of policies, count apart:
 * so a deploy that changes them finds no state that it can't read. A lone fixed window, the default, has the shortest names.
 */
export function prefixOf(prefix: string, policies: readonly Policy[]): string {
  const letters = policies.map(letterOf).join('');
  return letters === 'f' ? prefix : `${prefix}!${letters}:`;
}

function percent(unit: string): string {
  return `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** What is said of a key that can't be read, and is left alone. */
export function foreignKey(name: string): string {
  return `the key ${JSON.stringify(name)} was written by another program: give this one a prefix of its own`;
}
