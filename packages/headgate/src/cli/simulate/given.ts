import { oneOf, show, wholeNumber } from '@headgate/core-ts';
import { readTrustProxy, type TrustProxy } from '../../http/key/proxies/proxies.js';
import { readHeaderName } from '../../http/options/http-options.js';
import { RateLimiter } from '../../index.js';
import { Misuse } from '../exit.js';
import { fileOf } from './file-of.js';
import { noCounts } from './key/key-part.js';
import { readKeyOf } from './key/read-key.js';
import type { ProxiesOfLog } from './key/sender.js';
import { FORMATS } from './log/line-reader.js';
import { durationMs } from './policy/duration.js';
import { type NamedPolicy, readPolicy } from './policy/policy-text.js';
import { checkPolicy } from './run/trial.js';

/** The options as the command line has them. */
export interface Given {
  readonly limit?: string;
  readonly window?: string;
  readonly policy: readonly string[];
  readonly key: string;
  readonly trustProxy?: string;
  readonly forwardedHeader?: string;
  readonly format: string;
  readonly maxKeys: string;
  readonly top: string;
  readonly html?: string;
  readonly decisions?: string;
  readonly json?: true;
}

/** The most clients that there is memory for, where each has a short key. */
const MOST_KEYS = 16_000_000;
/** As many are told as anybody reads. */
const MOST_TOLD = 100_000;
const MOST_POLICIES = 20;

/** @throws Misuse that names the option and prints the value. */
export function readGiven(files: readonly string[], given: Given) {
  const real = files.map(fileOf);
  const twice = files.find((_, i) => real.indexOf(real[i] as string) < i);
  if (twice !== undefined) throw new Misuse(`${twice} is named twice: its requests would count twice`);
  const { html, decisions } = given;
  if (html !== undefined && decisions !== undefined && fileOf(html) === fileOf(decisions))
    throw new Misuse(`--html and --decisions both name ${html}: one would overwrite the other`);
  misused('', () => new RateLimiter({ limit: 1, windowMs: 1 })); // HEADGATE_BACKEND may ask for what there is none of
  return misused('', () => ({
    files,
    policies: policiesOf(given),
    key: checkedKey(given.key),
    proxies: proxiesOf(given),
    format: oneOf('--format', given.format, FORMATS),
    maxKeys: wholeNumber('--max-keys', numberOf(given.maxKeys), 1, MOST_KEYS),
    top: wholeNumber('--top', numberOf(given.top), 0, MOST_TOLD),
  }));
}

function policiesOf(given: Given): NamedPolicy[] {
  const policies = given.policy.map((text) => misused('--policy, ', () => readPolicy(text)));
  if (given.limit !== undefined || given.window !== undefined) policies.unshift(plainPolicy(given));
  if (policies.length === 0) throw new Misuse('give --limit and --window, or --policy: there is nothing to try');
  if (policies.length > MOST_POLICIES)
    throw new Misuse(`--policy may be there ${MOST_POLICIES} times at the most, got ${policies.length}`);
  for (const policy of policies) misused(`--policy ${show(policy.text)}: `, () => checkPolicy(policy));
  const names = policies.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new Misuse(`each --policy must have a name of its own, like strict=10/1m, got ${show(twice)} twice`);
  return policies;
}

function plainPolicy({ limit, window }: Given): NamedPolicy {
  if (limit === undefined) throw new Misuse(`--window needs --limit beside it, got --window ${show(window)} alone`);
  if (window === undefined) throw new Misuse(`--limit needs --window beside it, got --limit ${show(limit)} alone`);
  if (!/^\d+$/.test(limit)) throw new Misuse(`--limit must be a whole number of requests, got ${show(limit)}`);
  if (durationMs(window) === undefined)
    throw new Misuse(`--window must be a time like 30s, 1m or 12h, got ${show(window)}`);
  return readPolicy(`${limit}/${window}`);
}

function checkedKey(key: string): string {
  readKeyOf(key, () => 64, undefined, noCounts());
  return key;
}

function proxiesOf({ trustProxy, forwardedHeader }: Given): ProxiesOfLog | undefined {
  if (trustProxy === undefined) {
    if (forwardedHeader === undefined) return undefined;
    throw new Misuse(`--forwarded-header needs --trust-proxy beside it, got ${show(forwardedHeader)} alone`);
  }
  const trusts = misused('--trust-proxy: ', () => readTrustProxy(numberOf(trustProxy) as TrustProxy));
  const header = misused('', () => readHeaderName('--forwarded-header', forwardedHeader));
  if (trusts !== undefined) return { trusts, header: header ?? 'x-forwarded-for' };
  if (header === undefined) return undefined;
  throw new Misuse(`--forwarded-header needs proxies that are trusted, got --trust-proxy ${show(trustProxy)}`);
}

function numberOf(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function misused<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Misuse ? error : new Misuse(`${where}${(error as Error).message}`);
  }
}
