import 'reflect-metadata';
import { Controller, Get, type Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { get, statuses } from '../../../test/http/client.js';
import { decorate } from '../../../test/nest/decorate.js';
import { GUARDED, serving } from '../../../test/nest/start.js';
import { RateLimit, RateLimitModule, type RateLimitModuleOptions, SkipRateLimit } from './nest.js';

const THREE = { limit: 3, windowSeconds: 60 } as const;

/** A controller with the handlers `/<path>/a` and `/<path>/b`. */
function controller(
  path: string,
  onClass: readonly ClassDecorator[],
  { a = [], b = [] }: { readonly a?: readonly MethodDecorator[]; readonly b?: readonly MethodDecorator[] } = {},
): Type<object> {
  class Routes {
    a() {
      return 'a';
    }
    b() {
      return 'b';
    }
  }
  return decorate(Routes, [Controller(path), ...onClass], { a: [Get('a'), ...a], b: [Get('b'), ...b] });
}

function limited(options: RateLimitModuleOptions, controllers: Type<object>[], test: (url: string) => Promise<void>) {
  const imports = [RateLimitModule.forRoot(options)];
  return serving('express', { imports, controllers, providers: [GUARDED] }, test);
}

describe('@RateLimit()', () => {
  it('gives a handler counters of its own, with the options of the module but for its own', async () => {
    const decorated = controller('x', [], { a: [RateLimit({ limit: 1 })] });
    await limited({ ...THREE, message: 'slow down' }, [decorated], async (url) => {
      expect(await statuses(`${url}/x/a`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/x/b`, 4)).toEqual([200, 200, 200, 429]);
      expect((await get(`${url}/x/a`)).body).toBe('{"detail":"slow down"}');
    });
  });

  it('gives a class counters that its handlers share', async () => {
    const controllers = [controller('x', [RateLimit({ limit: 2 })]), controller('y', [])];
    await limited(THREE, controllers, async (url) => {
      expect(await statuses(`${url}/x/a`, 1)).toEqual([200]);
      expect(await statuses(`${url}/x/b`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/y/a`, 4)).toEqual([200, 200, 200, 429]);
    });
  });

  it('puts what a handler has over what its class has', async () => {
    const decorated = controller('x', [RateLimit({ limit: 2, message: 'of the class', statusCode: 420 })], {
      a: [RateLimit({ limit: 1, statusCode: 421 })],
    });
    await limited(THREE, [decorated], async (url) => {
      expect(await statuses(`${url}/x/a`, 2)).toEqual([200, 421]);
      expect((await get(`${url}/x/a`)).body).toBe('{"detail":"of the class"}');
      expect(await statuses(`${url}/x/b`, 3)).toEqual([200, 200, 420]);
    });
  });

  it('means the limiter of its name, where there are several, and leaves the others as they are', async () => {
    const limits = [
      { ...THREE, name: 'short' },
      { limit: 4, windowSeconds: 60, name: 'long' },
    ];
    const decorated = controller('x', [], { a: [RateLimit([{ name: 'short', limit: 1 }])] });
    await limited(limits, [decorated], async (url) => {
      expect(await statuses(`${url}/x/a`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/x/b`, 4)).toEqual([200, 200, 200, 429]);
    });
    const unnamed = controller('x', [], { a: [RateLimit({ limit: 1 })] });
    for (const [names, said] of [
      [['short', 'long'], '"short", "long"'],
      [['default', 'default'], '"default", "default"'],
    ] as const)
      await expect(
        limited(
          names.map((name) => ({ ...THREE, name })),
          [unnamed],
          async () => {},
        ),
      ).rejects.toThrow(`@RateLimit() of Routes.a: name must be that of one limiter of ${said}, got "default"`);
  });

  it('stands alone where the module has no limiter', async () => {
    const decorated = controller('x', [], { a: [RateLimit({ limit: 1, windowSeconds: 60 })] });
    await limited([], [decorated], async (url) => {
      expect(await statuses(`${url}/x/a`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/x/b`, 2)).toEqual([200, 200]);
    });
  });

  it('counts an inherited handler in each class apart', async () => {
    class Base {
      a() {
        return 'a';
      }
    }
    decorate(Base, [], { a: [Get('a'), RateLimit({ limit: 1 })] });
    const [X, Y] = [class X extends Base {}, class Y extends Base {}];
    decorate(X, [Controller('x')]);
    decorate(Y, [Controller('y')]);
    await limited(THREE, [X, Y], async (url) => {
      expect(await statuses(`${url}/x/a`, 2)).toEqual([200, 429]);
      expect(await statuses(`${url}/y/a`, 2)).toEqual([200, 429]);
    });
  });
});

describe('@SkipRateLimit()', () => {
  it('leaves a class unlimited, but for the handlers that undo it', async () => {
    const decorated = controller('x', [SkipRateLimit()], { b: [SkipRateLimit(false)] });
    await limited({ limit: 0, windowSeconds: 60 }, [decorated], async (url) => {
      expect([(await get(`${url}/x/a`)).status, (await get(`${url}/x/b`)).status]).toEqual([200, 429]);
    });
  });

  it('leaves a handler unlimited', async () => {
    const decorated = controller('x', [], { a: [SkipRateLimit()] });
    await limited({ limit: 0, windowSeconds: 60 }, [decorated], async (url) => {
      expect([(await get(`${url}/x/a`)).status, (await get(`${url}/x/b`)).status]).toEqual([200, 429]);
    });
  });

  it('on a class does not end the @RateLimit() of a handler', async () => {
    const decorated = controller('x', [SkipRateLimit()], { a: [RateLimit({ limit: 1 })] });
    await limited(THREE, [decorated], async (url) => {
      expect(await statuses(`${url}/x/a`, 2)).toEqual([200, 429]);
    });
  });

  it('skips single limiters by their names', async () => {
    const limits = [
      { limit: 1, windowSeconds: 60, name: 'short' },
      { limit: 2, windowSeconds: 60, name: 'long' },
    ];
    const decorated = controller('x', [SkipRateLimit({ short: true })], { b: [SkipRateLimit({ long: true })] });
    await limited(limits, [decorated], async (url) => {
      expect(await statuses(`${url}/x/a`, 3)).toEqual([200, 200, 429]);
      expect(await statuses(`${url}/x/b`, 3)).toEqual([200, 200, 200]);
    });
  });
});
