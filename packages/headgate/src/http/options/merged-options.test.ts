import { expect, it } from 'vitest';
import { mergedOptions } from './merged-options.js';
import type { HttpOptions } from './options.js';

const merged = (options: HttpOptions<unknown>, overrides: HttpOptions<unknown>) =>
  mergedOptions(options, overrides, 'GET /');

it('an option takes the place of the one of its name, unless it is undefined', () => {
  expect(merged({ limit: 1, message: 'no' }, { limit: 2, message: undefined })).toEqual({ limit: 2, message: 'no' });
});

it('an option takes the place of all that it cannot go with', () => {
  const limiter = { policies: [], check: () => fail(), reserve: () => fail() };
  expect(merged({ windowSeconds: 1 }, { windowMs: 2 })).toEqual({ windowMs: 2 });
  expect(merged({ windowMs: 1 }, { windowSeconds: 2 })).toEqual({ windowSeconds: 2 });
  expect(merged({ blockForMs: 1 }, { blockForSeconds: 2 })).toEqual({ blockForSeconds: 2 });
  expect(merged({ limiter, key: 'user' }, { limit: 2 })).toEqual({ limit: 2, key: 'user' });
  expect(merged({ limit: 1, windowMs: 1, name: 'n', maxKeys: 5 }, { limits: [] })).toEqual({ limits: [], maxKeys: 5 });
  expect(merged({ limits: [], shared: 's', maxKeys: 5 }, { limiter })).toEqual({ limiter });
});

it('a shared name goes on with the place, unless there is another for it', () => {
  expect(merged({ shared: 's' }, { limit: 1 })).toEqual({ limit: 1, shared: 's GET /' });
  expect(merged({ shared: 's' }, { shared: 'own' })).toEqual({ shared: 'own' });
});

function fail(): never {
  throw new Error('not to be called');
}
