import { type BareItem, type Item, type List, parseDictionary, parseList, Token } from 'structured-headers';
import { bounded } from './times.js';
import type { Answer, ToldLimit } from './told-limit.js';

/** A longer field is not read. */
const MOST_CHARACTERS = 8192;
/** More limits than this are not held. */
const MOST_LIMITS = 16;

/** The IETF's `RateLimit` field with what `RateLimit-Policy` says beside it: of draft 7, or of draft 8 and later. */
export function readFields(headers: Answer['headers']): readonly ToldLimit[] {
  const text = headers.get('ratelimit');
  if (text === null) return [];
  const members = parsed(text, parseList);
  if (members !== undefined) return readList(members, parsed(headers.get('ratelimit-policy') ?? '', parseList) ?? []);
  return readDictionary(text);
}

/**
 * `"burst";r=7;t=1, "day";r=100;t=36000`, and in `RateLimit-Policy` `"burst";q=10;w=1, "day";q=5000;w=86400`. A server may
 * leave out `t`. Where nothing is left there is more after a whole window at the latest, so that counts in its place;
 * what is left is not held back for a time that nobody told.
 */
function readList(members: List, policies: List): readonly ToldLimit[] {
  const known = new Map(policies.map(([name, parameters]) => [nameOf(name), parameters]));
  return members.slice(0, MOST_LIMITS).flatMap(([value, parameters]) => {
    const name = nameOf(value);
    const policy = known.get(name);
    const unit = policy?.get('qu') ?? 'requests';
    const remaining = parameters.get('r');
    const seconds = parameters.get('t') ?? (remaining === 0 ? policy?.get('w') : undefined);
    return limitOf(name, policy?.get('q'), remaining, seconds, unit === 'requests');
  });
}

/** `limit=10, remaining=7, reset=1`. */
function readDictionary(text: string): readonly ToldLimit[] {
  const fields = parsed(text, parseDictionary);
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => (fields?.get(name) as Item)?.[0]);
  return limitOf('', limit, remaining, reset, true);
}

function limitOf(
  name: string | undefined,
  limit: BareItem | undefined,
  remaining: BareItem | undefined,
  seconds: BareItem | undefined,
  countsCalls: boolean,
): readonly ToldLimit[] {
  if (name === undefined || !isFromZero(remaining) || !isFromZero(seconds)) return [];
  const units = isFromZero(limit) ? limit : undefined;
  return [{ name, limit: units, remaining: Math.floor(remaining), resetMs: bounded(seconds * 1000), countsCalls }];
}

function isFromZero(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** Servers also send Tokens for names; what is no name is no member. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Token ? value.toString() : undefined;
}

/** RFC 9651 §4.2: a field that can't be parsed is ignored whole. */
function parsed<T extends List | ReadonlyMap<string, unknown>>(
  text: string,
  parse: (text: string) => T,
): T | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
