import { describe, expect, expectTypeOf, it } from 'vitest';
import { ManualClock, RateLimitExceeded, RateLimiter } from '../index.js';

function limiter(limit = 1): RateLimiter {
  return new RateLimiter({ limit, windowMs: 1_500, clock: new ManualClock() });
}

describe('limit() around a function', () => {
  it('keeps parameters, result, this, name and length', () => {
    function area(this: { unit: string }, width: number, height = 1): string {
      return `${width * height} ${this.unit}`;
    }
    const limited = limiter().limit('area', area);
    expectTypeOf(limited).toEqualTypeOf<typeof area>();
    expect(limited.call({ unit: 'm²' }, 2, 3)).toBe('6 m²');
    expect([limited.name, limited.length]).toEqual(['area', 1]);
  });

  it('keys by the call, and infers the parameters of the key function', () => {
    const get = limiter().limit(
      (user) => {
        expectTypeOf(user).toEqualTypeOf<string>();
        return `user:${user}`;
      },
      (user: string, page: number) => `${user}/${page}`,
    );
    expect([get('ada', 1), get('bob', 2)]).toEqual(['ada/1', 'bob/2']);
    expect(() => get('ada', 3)).toThrow(RateLimitExceeded);
  });

  it('throws an error that says which key, which limit and how long', () => {
    const login = limiter().limit('login', () => 'in');
    login();
    const error = thrownBy(login);
    expect(error).toBeInstanceOf(RateLimitExceeded);
    expect(error).toMatchObject({
      name: 'RateLimitExceeded',
      key: 'login',
      limit: 1,
      retryAfterMs: 1_500,
      retryAfterSeconds: 2,
      resetAfterMs: 1_500,
      status: 429,
      message: 'Rate limit exceeded for key "login": limit 1, retry after 1500 ms',
    });
  });

  it('prints a hostile key on one line and cut short', () => {
    const call = limiter(0).limit(
      (key: string) => key,
      (key: string) => key,
    );
    expect(() => call('a\nb')).toThrow('key "a\\nb"');
    expect(() => call('x'.repeat(10_000))).toThrow(
      /^Rate limit exceeded for key "x{79}…: limit 0, the cost can never fit$/,
    );
  });

  it('rejects where the function is async, also when the key function throws', async () => {
    const load = limiter().limit('load', async (id: number) => id);
    expectTypeOf(load).returns.toEqualTypeOf<Promise<number>>();
    await expect(load(7)).resolves.toBe(7);
    await expect(load(8)).rejects.toBeInstanceOf(RateLimitExceeded);
    const broken = limiter().limit(
      () => {
        throw new Error('no key');
      },
      async () => 1,
    );
    await expect(broken()).rejects.toThrow('no key');
  });

  it('takes once for a generator function, at the call', () => {
    const count = limiter().limit('count', function* (to: number) {
      for (let i = 1; i <= to; i++) yield i;
    });
    expect([...count(3)]).toEqual([1, 2, 3]);
    expect(() => count(3)).toThrow(RateLimitExceeded);
  });

  it('takes once for an async generator function, at the call', async () => {
    const count = limiter().limit('count', async function* () {
      yield 1;
      yield 2;
    });
    const seen: number[] = [];
    for await (const i of count()) seen.push(i);
    expect(seen).toEqual([1, 2]);
    expect(() => count()).toThrow(RateLimitExceeded);
  });

  it('answers with onBlocked in place of throwing, with this and the arguments', () => {
    const get = limiter().limit(
      'get',
      function (this: { name: string }, id: number) {
        return `${this.name} ${id}`;
      },
      {
        onBlocked(id) {
          return `${this.name} not ${id}`;
        },
      },
    );
    const owner = { name: 'ada' };
    expect([get.call(owner, 1), get.call(owner, 2)]).toEqual(['ada 1', 'ada not 2']);
  });

  it('takes the cost of the call', () => {
    const send = limiter(10).limit('send', (text: string) => text, { cost: (text) => text.length });
    expect(send('1234567')).toBe('1234567');
    expect(() => send('1234')).toThrow(RateLimitExceeded);
    expect(send('123')).toBe('123');
  });

  it('does not call the function when denied', () => {
    let calls = 0;
    const call = limiter(0).limit('k', () => calls++);
    expect(thrownBy(call)).toBeInstanceOf(RateLimitExceeded);
    expect(calls).toBe(0);
  });

  it.each([
    [
      'a key that is neither',
      () => limiter().limit(7 as never, () => 1),
      'key must be a string or a function that answers one, got 7',
    ],
    [
      'options that are none',
      () => limiter().limit('k', () => 1, null as never),
      'options must be an object, got null',
    ],
    [
      'an unknown option',
      () => limiter().limit('k', () => 1, { onblocked: 1 } as never),
      'unknown option "onblocked", with the value 1',
    ],
    [
      'an onBlocked that is no function',
      () => limiter().limit('k', () => 1, { onBlocked: 1 } as never),
      'onBlocked must be a function, got 1',
    ],
    [
      'a key function that answers no string',
      () => limiter().limit((() => 7) as never, () => 1)(),
      'key must be a string, got 7',
    ],
    [
      'a decorated field',
      () => limiter().limit('k')(undefined as never, { kind: 'field' } as never),
      'limit() decorates methods, got a field',
    ],
    [
      'a decorated class',
      () => limiter().limit('k')(class {} as never, { kind: 'class' } as never),
      'limit() decorates methods, got a class',
    ],
    [
      'a decorated accessor',
      () => limiter().limit('k')({}, 'x', { get: () => 1 } as never),
      'limit() decorates methods, got a property',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
