import { describe, expect, it, vi } from 'vitest';
import type { Decision } from './contract.js';
import { BackendUnavailableError, RateLimitExceeded } from './errors.js';

const denied: Decision = {
  allowed: false,
  limit: 1,
  remaining: 0,
  resetAfterMs: 5,
  retryAfterMs: 5,
  retryAfterSeconds: 1,
  policy: 'default',
  policies: [],
} as never;

/** The same classes, made a second time, as another copy of the package has them. */
async function anotherCopy(): Promise<typeof import('./errors.js')> {
  vi.resetModules();
  const copy = await import('./errors.js');
  expect(copy.RateLimitExceeded).not.toBe(RateLimitExceeded);
  return copy;
}

describe('an error of headgate', () => {
  it('is an instance of its class in every copy of the package', async () => {
    const copy = await anotherCopy();
    expect(new RateLimitExceeded('k', denied)).toBeInstanceOf(copy.RateLimitExceeded);
    expect(new copy.RateLimitExceeded('k', denied)).toBeInstanceOf(RateLimitExceeded);
    expect(new BackendUnavailableError('no')).toBeInstanceOf(copy.BackendUnavailableError);
    expect(new copy.BackendUnavailableError('no')).toBeInstanceOf(BackendUnavailableError);
  });

  it('is an instance of no other class', async () => {
    const copy = await anotherCopy();
    expect(new copy.RateLimitExceeded('k', denied)).not.toBeInstanceOf(BackendUnavailableError);
    for (const other of [
      new Error('no'),
      { name: 'RateLimitExceeded' },
      'RateLimitExceeded',
      1,
      null,
      undefined,
      () => {},
    ])
      expect((other as unknown) instanceof RateLimitExceeded, String(other)).toBe(false);
  });

  it('has subclasses that know their own alone', async () => {
    const copy = await anotherCopy();
    class Mine extends RateLimitExceeded {}
    class Theirs extends copy.RateLimitExceeded {}
    const mine = new Mine('k', denied);
    expect([mine instanceof Mine, mine instanceof RateLimitExceeded, mine instanceof copy.RateLimitExceeded]).toEqual([
      true,
      true,
      true,
    ]);
    expect(new RateLimitExceeded('k', denied) instanceof Mine).toBe(false);
    expect(mine instanceof Theirs).toBe(false);
  });

  it('shows nothing of the mark that it is known by', () => {
    expect(Reflect.ownKeys(new RateLimitExceeded('k', denied)).filter((key) => typeof key === 'symbol')).toEqual([]);
  });
});
