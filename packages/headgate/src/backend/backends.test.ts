import { nativeStatus } from '@headgate/core-native';
import { createMapEngine, type EngineFactory, type EngineSpec } from '@headgate/core-ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendUnavailableError, backends, RateLimiter } from '../index.js';
import * as tsOnly from '../ts.js';

const policy = { limit: 5, windowSeconds: 60 };
const best = nativeStatus().available ? 'native' : 'ts';

describe('choosing the engine', () => {
  beforeEach(() => {
    vi.stubEnv('HEADGATE_BACKEND', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('takes the best that runs here, and says which', () => {
    expect(new RateLimiter(policy).backend).toBe(best);
    expect(new RateLimiter({ ...policy, backend: 'auto' }).backend).toBe(best);
  });

  it('takes TypeScript in Bun for few keys, unless native is asked for or keys are shared', () => {
    vi.stubGlobal('Bun', { version: '1.4.5' });
    const backendOf = (options: object) => new RateLimiter({ ...policy, ...options }).backend;
    expect([1, 1000, 1001].map((maxKeys) => backendOf({ maxKeys }))).toEqual(['ts', 'ts', best]);
    if (best === 'native') {
      expect(backendOf({ maxKeys: 1, backend: 'native' })).toBe('native');
      expect(backendOf({ maxKeys: 1, shared: 'few in Bun' })).toBe('native');
    }
    vi.unstubAllGlobals();
    expect(backendOf({ maxKeys: 1 })).toBe(best);
  });

  it('takes TypeScript where that is asked for, by the option, the environment or the import', () => {
    expect(new RateLimiter({ ...policy, backend: 'ts' }).backend).toBe('ts');
    expect(new tsOnly.RateLimiter(policy).backend).toBe('ts');
    vi.stubEnv('HEADGATE_BACKEND', 'ts');
    expect(new RateLimiter(policy).backend).toBe('ts');
  });

  it('lets the option win over the environment, and an empty variable say nothing', () => {
    vi.stubEnv('HEADGATE_BACKEND', 'nonsense');
    expect(new RateLimiter({ ...policy, backend: 'ts' }).backend).toBe('ts');
    vi.stubEnv('HEADGATE_BACKEND', '');
    expect(new RateLimiter(policy).backend).toBe(best);
  });

  it('refuses a backend that there is none of, by the name of where it was said', () => {
    expect(() => new RateLimiter({ ...policy, backend: 'rust' as never })).toThrow(
      new RangeError(`backend must be 'auto', 'native' or 'ts', got "rust"`),
    );
    vi.stubEnv('HEADGATE_BACKEND', 'nonsense');
    expect(() => new RateLimiter(policy)).toThrow(
      new RangeError(`HEADGATE_BACKEND must be 'auto', 'native' or 'ts', got "nonsense"`),
    );
  });

  it('takes the engine that it is given in the place of all others, whatever the environment says', () => {
    const made: EngineSpec[] = [];
    const createOther: EngineFactory = (spec) => {
      made.push(spec);
      return Object.defineProperty(createMapEngine(spec), 'backend', { value: 'other' });
    };
    vi.stubEnv('HEADGATE_BACKEND', 'nonsense');
    const limiter = new RateLimiter({ ...policy, maxKeys: 3, shared: undefined }, createOther);
    expect(limiter.backend).toBe('other');
    expect(made).toMatchObject([{ maxKeys: 3, onFull: 'deny', policies: [{ limit: 5, windowMs: 60_000 }] }]);
    expect([limiter.allow('k', 5), limiter.allow('k')]).toEqual([true, false]);
    vi.stubEnv('HEADGATE_BACKEND', undefined);
    expect(new RateLimiter(policy, undefined).backend).toBe(best);
  });

  it('refuses an engine that is none, or one beside a backend', () => {
    for (const [given, shown] of [
      [null, 'null'],
      ['ts', '"ts"'],
      [{}, 'an object'],
    ] as const)
      for (const Limiter of [RateLimiter, tsOnly.RateLimiter])
        expect(() => new Limiter(policy, given as never)).toThrow(
          new TypeError(`createEngine must be a function that makes an engine, got ${shown}`),
        );
    expect(() => new RateLimiter({ ...policy, backend: 'ts' }, createMapEngine)).toThrow(
      new TypeError('give backend or createEngine, not both: got "ts" and a function'),
    );
  });

  it('says for each candidate what was tried', () => {
    const [native, ts] = backends();
    expect(native).toMatchObject({ name: 'native', ...nativeStatus() });
    expect(ts).toEqual({ name: 'ts', available: true, tried: [{ what: '@headgate/core-ts' }] });
  });

  it('refuses to count per thread what was asked to be shared', () => {
    const shared = { ...policy, shared: 'refused without native' };
    expect(() => new RateLimiter({ ...shared, backend: 'ts' })).toThrow(BackendUnavailableError);
    expect(() => new tsOnly.RateLimiter(shared)).toThrow(BackendUnavailableError);
    expect(() => new RateLimiter({ ...shared, backend: 'ts' })).toThrow('would count in each thread apart');
  });
});
