import { afterEach, describe, expect, it, vi } from 'vitest';
import { gateOf } from '../../../test/http/asked.js';
import { optionsFromEnv } from './options-from-env.js';
import { HTTP_OPTIONS } from './read-http-options.js';

/** Each variable with a value that it may have, and the option that this is. */
const VARIABLES: Readonly<Record<string, readonly [value: string, option: string, wanted: unknown]>> = {
  HEADGATE_NAME: ['api', 'name', 'api'],
  HEADGATE_LIMIT: ['100', 'limit', 100],
  HEADGATE_LIMITS: ['[{"name":"a","limit":1,"windowMs":5}]', 'limits', [{ name: 'a', limit: 1, windowMs: 5 }]],
  HEADGATE_WINDOW_SECONDS: ['0.5', 'windowSeconds', 0.5],
  HEADGATE_WINDOW_MS: ['500', 'windowMs', 500],
  HEADGATE_ALGORITHM: ['token-bucket', 'algorithm', 'token-bucket'],
  HEADGATE_BURST: ['7', 'burst', 7],
  HEADGATE_BLOCK_FOR_SECONDS: ['60', 'blockForSeconds', 60],
  HEADGATE_BLOCK_FOR_MS: ['60', 'blockForMs', 60],
  HEADGATE_BACKEND: ['ts', 'backend', 'ts'],
  HEADGATE_MAX_KEYS: ['10', 'maxKeys', 10],
  HEADGATE_ON_FULL: ['admit', 'onFull', 'admit'],
  HEADGATE_TRACK: ['true', 'track', true],
  HEADGATE_SHARED: ['all', 'shared', 'all'],
  HEADGATE_KEY: ['user, route', 'key', ['user', 'route']],
  HEADGATE_TRUST_PROXY: ['loopback,10.0.0.0/8', 'trustProxy', ['loopback', '10.0.0.0/8']],
  HEADGATE_FORWARDED_HEADER: ['Forwarded', 'forwardedHeader', 'Forwarded'],
  HEADGATE_IPV6_SUBNET: ['56', 'ipv6Subnet', 56],
  HEADGATE_UNKNOWN_ADDRESS: ['refuse', 'unknownAddress', 'refuse'],
  HEADGATE_API_KEY_HEADER: ['X-Key', 'apiKeyHeader', 'X-Key'],
  HEADGATE_COST: ['2', 'cost', 2],
  HEADGATE_METHODS: ['GET, POST', 'methods', ['GET', 'POST']],
  HEADGATE_SKIP_METHODS: ['OPTIONS', 'skipMethods', ['OPTIONS']],
  HEADGATE_PATHS: ['/login, /api/*', 'paths', ['/login', '/api/*']],
  HEADGATE_SKIP_PATHS: ['/health', 'skipPaths', ['/health']],
  HEADGATE_SKIP_FAILED_REQUESTS: ['1', 'skipFailedRequests', true],
  HEADGATE_SKIP_SUCCESSFUL_REQUESTS: ['0', 'skipSuccessfulRequests', false],
  HEADGATE_SKIP_PREFLIGHTS: ['0', 'skipPreflights', false],
  HEADGATE_STATUS_CODE: ['503', 'statusCode', 503],
  HEADGATE_DETAIL: ['slow down', 'message', 'slow down'],
  HEADGATE_PROBLEM_DETAILS: ['true', 'problemDetails', true],
  HEADGATE_HEADERS: ['false', 'headers', false],
  HEADGATE_STANDARD: ['latest', 'standard', 'latest'],
  HEADGATE_LEGACY_HEADERS: ['true', 'legacyHeaders', true],
  HEADGATE_HEADER_NAMES: ['{"reset":false}', 'headerNames', { reset: false }],
  HEADGATE_RESET_FORMAT: ['epoch', 'resetFormat', 'epoch'],
  HEADGATE_DECIDE_WITHIN_MS: ['500', 'decideWithinMs', 500],
  HEADGATE_DRY_RUN: ['true', 'dryRun', true],
  HEADGATE_ON_ENGINE_ERROR: ['closed', 'onEngineError', 'closed'],
};

/** What no text can be: functions, objects with methods, and a limiter that is there already. */
const NOT_WRITTEN = ['limiter', 'clock', 'user', 'skip', 'countIf', 'onLimited', 'warn'];

describe('optionsFromEnv', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(Object.entries(VARIABLES))('reads %s', (variable, [value, option, wanted]) => {
    expect(optionsFromEnv({ [variable]: value })).toEqual({ [option]: wanted });
  });

  it('reads a cost for each policy', () => {
    expect(optionsFromEnv({ HEADGATE_COST: '{"a":1,"b":2}' })).toEqual({ cost: { a: 1, b: 2 } });
  });

  it('has a variable for each option that can be written down, and for no other', () => {
    const options = Object.values(VARIABLES).map(([, option]) => option);
    expect([...options, ...NOT_WRITTEN].sort()).toEqual([...HTTP_OPTIONS].sort());
    const variables = (() => {
      try {
        return optionsFromEnv({ HEADGATE_X: 'x' });
      } catch (error) {
        return (error as Error).message.match(/HEADGATE_\w+/g);
      }
    })();
    expect(variables).toEqual(['HEADGATE_X', ...Object.keys(VARIABLES)]);
  });

  it('answers what a middleware takes', () => {
    const alone = new Set([
      'HEADGATE_LIMITS',
      'HEADGATE_WINDOW_MS',
      'HEADGATE_BLOCK_FOR_MS',
      'HEADGATE_SHARED',
      'HEADGATE_SKIP_METHODS',
    ]);
    const together = Object.entries(VARIABLES).filter(([variable]) => !alone.has(variable));
    gateOf(optionsFromEnv(Object.fromEntries(together.map(([variable, [value]]) => [variable, value]))));
    gateOf(optionsFromEnv({ HEADGATE_LIMITS: '[{"name":"a","limit":1,"windowMs":5}]' }));
  });

  it('reads the environment of the process, and nothing of other names', () => {
    for (const variable of Object.keys(process.env))
      if (variable.startsWith('HEADGATE_')) vi.stubEnv(variable, undefined);
    expect(optionsFromEnv()).toEqual({});
    vi.stubEnv('HEADGATE_LIMIT', '5');
    expect(optionsFromEnv()).toEqual({ limit: 5 });
    expect(optionsFromEnv({ headgate_limit: '5', LIMIT: '5', MY_HEADGATE_LIMIT: '5', HEADGATE: '5' })).toEqual({});
  });

  it('takes an empty variable for none', () => {
    expect(optionsFromEnv(Object.fromEntries(Object.keys(VARIABLES).map((variable) => [variable, ''])))).toEqual({});
    expect(optionsFromEnv({ HEADGATE_LIMIT: undefined, HEADGATE_X: '' })).toEqual({});
  });

  it('takes one kind of key as it is, one range as a list, a number for hops, and false', () => {
    expect(optionsFromEnv({ HEADGATE_KEY: 'ip' })).toEqual({ key: 'ip' });
    expect(optionsFromEnv({ HEADGATE_TRUST_PROXY: 'loopback' })).toEqual({ trustProxy: ['loopback'] });
    expect(optionsFromEnv({ HEADGATE_TRUST_PROXY: '2' })).toEqual({ trustProxy: 2 });
    expect(optionsFromEnv({ HEADGATE_TRUST_PROXY: 'false' })).toEqual({ trustProxy: false });
    expect(optionsFromEnv({ HEADGATE_TRUST_PROXY: 'framework' })).toEqual({ trustProxy: 'framework' });
    expect(() => gateOf({ limit: 1, windowSeconds: 1, ...optionsFromEnv({ HEADGATE_TRUST_PROXY: 'true' }) })).toThrow(
      'trustProxy must be',
    );
  });

  it('leaves alone what Kubernetes says of a service of that name', () => {
    const service = {
      HEADGATE_SERVICE_HOST: '10.0.0.11',
      HEADGATE_SERVICE_PORT: '80',
      HEADGATE_SERVICE_PORT_HTTP_API: '80',
      HEADGATE_PORT: 'tcp://10.0.0.11:80',
      HEADGATE_PORT_80_TCP: 'tcp://10.0.0.11:80',
      HEADGATE_PORT_80_TCP_PROTO: 'tcp',
      HEADGATE_PORT_80_TCP_PORT: '80',
      HEADGATE_PORT_80_TCP_ADDR: '10.0.0.11',
      HEADGATE_PORT_53_UDP: 'udp://10.0.0.11:53',
    };
    const longer = Object.entries(service).map(([name, value]) => [name.replace('_', '_LIMIT_2_'), value]);
    expect(optionsFromEnv({ ...service, ...Object.fromEntries(longer), HEADGATE_LIMIT: '5' })).toEqual({ limit: 5 });
    for (const near of ['HEADGATE_SERVICE', 'HEADGATE_PORT_80', 'HEADGATE_PORTS', 'HEADGATE_PORT_X_TCP'])
      expect(() => optionsFromEnv({ [near]: 'x' })).toThrow(`unknown variable ${near}`);
  });

  it('refuses what it does not know, with the value', () => {
    for (const variable of [
      'HEADGATE_LIMITT',
      'HEADGATE_',
      'HEADGATE_limit',
      'HEADGATE___proto__',
      'HEADGATE_toString',
      'HEADGATE_CLOCK',
    ])
      expect(() => optionsFromEnv({ [variable]: '5' })).toThrow(`unknown variable ${variable}, with the value "5"`);
  });

  it('refuses a value of another kind, with the name of the variable', () => {
    const numbers = [
      'LIMIT',
      'WINDOW_SECONDS',
      'WINDOW_MS',
      'BURST',
      'BLOCK_FOR_SECONDS',
      'BLOCK_FOR_MS',
      'MAX_KEYS',
      'IPV6_SUBNET',
      'COST',
      'STATUS_CODE',
    ];
    for (const name of numbers) {
      for (const value of ['x', '1e3', ' 5', '5 ', '0x10', '1,000', '.5', '5.', '+5', 'Infinity', 'NaN', '5s', '٥'])
        expect(() => optionsFromEnv({ [`HEADGATE_${name}`]: value })).toThrow(
          `HEADGATE_${name} must be a number, got ${JSON.stringify(value)}`,
        );
    }
    const booleans = [
      'TRACK',
      'SKIP_FAILED_REQUESTS',
      'SKIP_SUCCESSFUL_REQUESTS',
      'PROBLEM_DETAILS',
      'HEADERS',
      'LEGACY_HEADERS',
      'DRY_RUN',
    ];
    for (const name of booleans) {
      for (const value of ['yes', 'TRUE', 'on', '2', ' true', 'null'])
        expect(() => optionsFromEnv({ [`HEADGATE_${name}`]: value })).toThrow(
          `HEADGATE_${name} must be true or false, got ${JSON.stringify(value)}`,
        );
    }
    for (const value of ['[', '{limit: 1}', "[{'limit': 1}]"])
      expect(() => optionsFromEnv({ HEADGATE_LIMITS: value })).toThrow('HEADGATE_LIMITS must be JSON');
  });

  it('leaves it to the middleware whether a value makes sense', () => {
    const bad = {
      LIMIT: '-1',
      WINDOW_SECONDS: '0',
      KEY: 'ip,',
      METHODS: 'GET,',
      PATHS: '/a,',
      TRUST_PROXY: '10.0.0.0/8,',
      LIMITS: '5',
      STANDARD: 'draft-9',
    };
    for (const [name, value] of Object.entries(bad)) {
      const options = { limit: 1, windowSeconds: 60, ...optionsFromEnv({ [`HEADGATE_${name}`]: value }) };
      expect(() => gateOf(options), name).toThrow(/must|give limit within limits/);
    }
  });
});
