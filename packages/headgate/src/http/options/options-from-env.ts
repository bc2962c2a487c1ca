import { show } from '@headgate/core-ts';
import type { HttpOptions } from './options.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Kind = (value: string) => unknown;

const PREFIX = 'HEADGATE_';

const text: Kind = (value) => value;
const list: Kind = (value) => value.split(',').map((part) => part.trim());
/** One of a list alone is no list: `HEADGATE_KEY=ip`. */
const oneOrMore: Kind = (value) => (value.includes(',') ? list(value) : value);
const number: Kind = (value) => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : badVariable('a number', value));
const boolean: Kind = (value) =>
  ['true', '1'].includes(value) ? true : ['false', '0'].includes(value) ? false : badVariable('true or false', value);
const hopsOrRanges: Kind = (value) => {
  if (/^\d+$/.test(value)) return Number(value);
  if (value === 'framework') return value;
  return value === 'false' ? false : list(value);
};
const json: Kind = (value) => {
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new TypeError(`JSON, got ${show(value)}`, { cause });
  }
};

const numberOrJson: Kind = (value) => (value.startsWith('{') ? json(value) : number(value));

/** By the option's name in the environment, without the prefix: the option, and how its value is written. */
const VARIABLES: Readonly<Record<string, readonly [option: keyof HttpOptions<unknown>, kind: Kind]>> = {
  NAME: ['name', text],
  LIMIT: ['limit', number],
  LIMITS: ['limits', json],
  WINDOW_SECONDS: ['windowSeconds', number],
  WINDOW_MS: ['windowMs', number],
  ALGORITHM: ['algorithm', text],
  BURST: ['burst', number],
  BLOCK_FOR_SECONDS: ['blockForSeconds', number],
  BLOCK_FOR_MS: ['blockForMs', number],
  BACKEND: ['backend', text],
  MAX_KEYS: ['maxKeys', number],
  ON_FULL: ['onFull', text],
  TRACK: ['track', boolean],
  SHARED: ['shared', text],
  KEY: ['key', oneOrMore],
  TRUST_PROXY: ['trustProxy', hopsOrRanges],
  FORWARDED_HEADER: ['forwardedHeader', text],
  IPV6_SUBNET: ['ipv6Subnet', number],
  UNKNOWN_ADDRESS: ['unknownAddress', text],
  API_KEY_HEADER: ['apiKeyHeader', text],
  COST: ['cost', numberOrJson],
  METHODS: ['methods', list],
  SKIP_METHODS: ['skipMethods', list],
  PATHS: ['paths', list],
  SKIP_PATHS: ['skipPaths', list],
  SKIP_FAILED_REQUESTS: ['skipFailedRequests', boolean],
  SKIP_SUCCESSFUL_REQUESTS: ['skipSuccessfulRequests', boolean],
  SKIP_PREFLIGHTS: ['skipPreflights', boolean],
  STATUS_CODE: ['statusCode', number],
  DETAIL: ['message', text],
  PROBLEM_DETAILS: ['problemDetails', boolean],
  HEADERS: ['headers', boolean],
  STANDARD: ['standard', text],
  LEGACY_HEADERS: ['legacyHeaders', boolean],
  HEADER_NAMES: ['headerNames', json],
  RESET_FORMAT: ['resetFormat', text],
  DECIDE_WITHIN_MS: ['decideWithinMs', number],
  DRY_RUN: ['dryRun', boolean],
  ON_ENGINE_ERROR: ['onEngineError', text],
};

/**
 * Kubernetes tells each pod of the services beside it: of one called `headgate` in `HEADGATE_SERVICE_HOST`,
 * `HEADGATE_PORT_80_TCP_ADDR` and so on, of `headgate-api` in `HEADGATE_API_SERVICE_HOST`.
 */
const OF_A_SERVICE =
  /^(?:[A-Z0-9_]{1,253}_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]{1,253})?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * The options that the environment gives: `HEADGATE_LIMIT`, `HEADGATE_WINDOW_SECONDS`, `HEADGATE_KEY=user,route`,
 * `HEADGATE_DETAIL`, `HEADGATE_TRUST_PROXY=loopback`, `HEADGATE_LIMITS` as JSON, and so on: each option that can be
 * written down. An empty variable is none, and so is what Kubernetes says of a service called `headgate`.
 *
 * @throws TypeError for a variable that begins with `HEADGATE_` and is none of them, and for a value that can't be
 *   read; with the name and the value. Whether the value makes sense, the middleware checks.
 */
export function optionsFromEnv(environment: Environment = globalThis.process?.env ?? {}): HttpOptions<unknown> {
  const options: Record<string, unknown> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || value === undefined || value === '') continue;
    const name = variable.slice(PREFIX.length);
    const known = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
    if (known === undefined && OF_A_SERVICE.test(name)) continue;
    if (known === undefined)
      throw new TypeError(
        `unknown variable ${variable}, with the value ${show(value)}: there are ${Object.keys(VARIABLES)
          .map((name) => PREFIX + name)
          .join(', ')}`,
      );
    const [option, kind] = known;
    options[option] = read(variable, kind, value);
  }
  return options;
}

function read(variable: string, kind: Kind, value: string): unknown {
  try {
    return kind(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`${variable} must be ${error.message}`, { cause: error.cause });
  }
}

function badVariable(wanted: string, value: string): never {
  throw new TypeError(`${wanted}, got ${show(value)}`);
}
