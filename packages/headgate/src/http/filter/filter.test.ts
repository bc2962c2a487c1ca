import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routedAs, writtenPath } from '../../../test/http/arbitraries/path.js';
import { type Asked, reader } from '../../../test/http/asked.js';
import type { CountingOptions } from '../options/options.js';
import { pathOf } from '../platform/node/node-request.js';
import { filterOf } from './filter.js';

function isLimited(options: CountingOptions<Asked>, path: string, method = 'GET'): boolean {
  const applies = filterOf(options, reader);
  return applies === undefined || applies({ path, method });
}

describe('paths', () => {
  it('no way to write a limited path is a way around the limit', () => {
    const url = fc.oneof(writtenPath('login'), writtenPath('login', '..', 'login'), writtenPath('x', '..', 'login'));
    fc.assert(
      fc.property(url, (text) => {
        const reached = routedAs(text).some((path) => /^\/+login\/*$/i.test(path));
        const limited = isLimited({ paths: ['/login'] }, pathOf(text));
        if (reached) expect([text, limited]).toEqual([text, true]);
      }),
      {
        numRuns: 3000,
        examples: [
          ['/login#x'], // Express, Koa and Fastify cut a fragment off
          ['//evil/login'], // new URL(request.url, base) takes the first part for a host
          ['/%6cogin/%ff/..'], // one part that can't be decoded hides no other
          ['/x/%2e%2e/login'],
          ['/login;x'], // Fastify with useSemicolonDelimiter
          ['/x//../login;x'],
          ['http://evil%2flogin'], // url.parse ends a host at a percent sign
          ['http://evil%2fx%2f..\\login'],
        ],
      },
    );
  });

  it('nor one to write a path below a limited one', () => {
    const url = fc.oneof(writtenPath('api', 'users'), writtenPath('public', '..', 'api', 'users'));
    fc.assert(
      fc.property(url, (text) => {
        const reached = routedAs(text).some((path) => /^\/+api(\/|$)/i.test(path));
        if (!reached) return;
        for (const pattern of ['/api/*', '/API//*', '/%61pi/*', '/ap*', /^\/api(\/|$)/, /^\/API(\/|$)/])
          expect([text, pattern, isLimited({ paths: [pattern] }, pathOf(text))]).toEqual([text, pattern, true]);
      }),
      {
        numRuns: 3000,
        examples: [
          ['/%61pi/x%ff'],
          ['/api\\x#'],
          ['/public/../api/..\\users'],
          ['HTTPS://u:p@evil:80\\api/users'],
          ['http://evil%2fapi/users'],
        ],
      },
    );
  });

  it('a plain path that is another one is not limited', () => {
    for (const path of ['/', '/log', '/logins', '/login/x', '/x/login', '/login.html', '/%6cogins'])
      expect([path, isLimited({ paths: ['/login'] }, path)]).toEqual([path, false]);
    for (const path of ['/', '/apis', '/x/api/', '/ap'])
      expect([path, isLimited({ paths: ['/api/*'] }, path)]).toEqual([path, false]);
    expect([isLimited({ paths: ['/ap*'] }, '/apis'), isLimited({ paths: ['/api/*'] }, '/api')]).toEqual([true, true]);
  });

  it('/* and // are all paths and the root', () => {
    for (const path of ['/', '/x', '*', '', '//', '/%'])
      expect([path, isLimited({ paths: ['/*'] }, path)]).toEqual([path, true]);
    for (const path of ['/', '//', '/.', '/x/..', ''])
      expect([path, isLimited({ paths: ['/'] }, path)]).toEqual([path, true]);
    expect([isLimited({ paths: ['//*'] }, '/x'), isLimited({ paths: ['/'] }, '/x')]).toEqual([true, false]);
  });

  it('a RegExp with g or y answers the same each time, and one in capitals matches as well', () => {
    for (const flags of ['', 'g', 'y', 'gy', 'gi', 'u', 'iu']) {
      const applies = filterOf({ paths: [new RegExp('/Login', flags)] }, reader);
      expect([1, 2, 3].map(() => applies?.({ path: '/login' }))).toEqual([true, true, true]);
      const skips = filterOf({ skipPaths: [new RegExp('/login', flags)] }, reader);
      expect([1, 2, 3].map(() => skips?.({ path: '/login' }))).toEqual([false, false, false]);
    }
    expect([isLimited({ paths: [/\/$/] }, '/a/'), isLimited({ paths: [/\/$/] }, '/a')]).toEqual([true, false]);
  });

  it('a path that routers read in different ways is limited, whatever it may be', () => {
    for (const path of [
      '/x/../y',
      '/.',
      '/a/%2e%2E',
      '/a%2f..%2fb',
      '/a\\b',
      '/a%5cb',
      '/a#b',
      '//a',
      'http://evil%2fa',
      '\\a',
      'a',
      '',
    ])
      expect([path, isLimited({ paths: ['/login'] }, path)]).toEqual([path, true]);
    for (const path of ['/a..b', '/..a', '/...', '/a;b', '/a//b', '/%', '*'])
      expect([path, isLimited({ paths: ['/login'] }, path)]).toEqual([path, false]);
  });

  it('a path of 100,000 characters that mean something is decided in time', () => {
    for (const unit of ['/', '\\', '%2f', '%ff', '../', '#', ';', '%', '/%2e%2e', '//', '.', '/.'])
      expect(isLimited({ paths: ['/*'], skipPaths: ['/x'] }, `/${unit.repeat(100_000 / unit.length)}`)).toBe(true);
  });
});

describe('skipPaths', () => {
  it('never skip more than is written, whatever a router makes of the path', () => {
    const url = fc.oneof(
      writtenPath('public', 'a.css'),
      writtenPath('public', '..', 'login'),
      writtenPath('login', 'x.css'),
    );
    fc.assert(
      fc.property(url, (text) => {
        if (!isLimited({ skipPaths: ['/public/*'] }, pathOf(text)))
          for (const path of routedAs(text))
            expect([text, path]).toEqual([text, expect.stringMatching(/^\/public(\/|$)/)]);
        if (!isLimited({ skipPaths: [/\.css$/] }, pathOf(text)))
          for (const path of routedAs(text)) expect([text, path]).toEqual([text, expect.stringMatching(/\.css$/)]);
      }),
      {
        numRuns: 3000,
        examples: [
          ['/public/../login'],
          ['/public/%2e%2e/login'],
          ['/public\\..\\login'],
          ['/public/..%2flogin'],
          ['/login#.css'],
          ['//a.css'],
          ['/login;.css'],
        ],
      },
    );
  });

  it('skip what is written, and neither another case nor a slash more', () => {
    expect(isLimited({ skipPaths: ['/health'] }, '/health')).toBe(false);
    for (const path of ['/HEALTH', '/health/', '//health', '/healthy', '/%68ealth', '/health#x', '/', '*'])
      expect([path, isLimited({ skipPaths: ['/health'] }, path)]).toEqual([path, true]);
    for (const path of ['/files/a%20b', '/files/..a', '/files/a..', '/files/a.b/c', '/files'])
      expect([path, isLimited({ skipPaths: ['/files/*'] }, path)]).toEqual([path, false]);
  });

  it('win over paths', () => {
    const options = { paths: ['/api/*'], skipPaths: ['/api/health'] };
    expect(['/api/health', '/api/x', '/x', '/api/HEALTH'].map((path) => isLimited(options, path))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('methods', () => {
  it('GET stands for HEAD, and case makes no difference', () => {
    for (const name of ['get', 'HEAD', 'Get']) {
      expect(['GET', 'HEAD', 'head', 'POST'].map((method) => isLimited({ methods: [name] }, '/', method))).toEqual([
        true,
        true,
        true,
        false,
      ]);
      expect(['GET', 'HEAD', 'POST'].map((method) => isLimited({ skipMethods: [name] }, '/', method))).toEqual([
        false,
        false,
        true,
      ]);
    }
  });

  it('and paths both have to be right', () => {
    const options = { methods: ['POST'], paths: ['/login'] };
    expect([
      isLimited(options, '/login', 'POST'),
      isLimited(options, '/login'),
      isLimited(options, '/', 'POST'),
    ]).toEqual([true, false, false]);
  });
});

describe('reading', () => {
  it('without any of these options all requests are limited, and nothing is looked at', () => {
    expect(filterOf({ skipPreflights: false }, reader)).toBeUndefined();
  });

  it('what would match no path is refused, with its value', () => {
    for (const name of ['paths', 'skipPaths']) {
      for (const bad of ['login', '', '*', '/api/**', '/a/*/b', '/users/:id', '/users/{id}', 7, null])
        expect(() => filterOf({ [name]: [bad] }, reader)).toThrow(`got ${JSON.stringify(bad)} in it`);
      for (const bad of [[], '/login', {}, null])
        expect(() => filterOf({ [name]: bad }, reader)).toThrow(`${name} must be an array`);
    }
    for (const name of ['methods', 'skipMethods']) {
      for (const bad of [[], 'GET', [7], {}, [''], ['GET, POST'], ['GET ']])
        expect(() => filterOf({ [name]: bad }, reader)).toThrow(`${name} must be an array`);
    }
    expect(filterOf({ paths: ['/v1/models:predict'] }, reader)?.({ path: '/v1/models:predict' })).toBe(true);
  });
});

describe('preflights', () => {
  const asks = { origin: 'https://app.example', 'access-control-request-method': 'PUT' };
  const applies = (options: CountingOptions<Asked>, asked: Asked) => filterOf(options, reader)?.(asked) ?? true;

  it('are skipped unless they are to be counted', () => {
    expect(applies({}, { method: 'OPTIONS', headers: asks })).toBe(false);
    expect(applies({ skipPreflights: false }, { method: 'OPTIONS', headers: asks })).toBe(true);
    expect(applies({ skipPreflights: false, paths: ['/'] }, { method: 'OPTIONS', headers: asks })).toBe(true);
  });

  it('are OPTIONS with both headers, and nothing else', () => {
    expect(applies({}, { method: 'POST', headers: asks })).toBe(true);
    for (const name of Object.keys(asks))
      expect(applies({}, { method: 'OPTIONS', headers: { [name]: 'x' } })).toBe(true);
    expect(applies({}, { method: 'OPTIONS' })).toBe(true);
  });
});

describe('a path that routers read otherwise than it came', () => {
  const routed = (...routedPaths: string[]) => ({ ...reader, routedPaths: () => routedPaths });
  const applies = (options: CountingOptions<Asked>, path: string, ...then: string[]) =>
    filterOf(options, routed(...then))?.({ path }) ?? true;

  it('is limited by either', () => {
    expect(applies({ paths: ['/login'] }, '/api/login', '/login', '/api/login')).toBe(true);
    expect(applies({ paths: ['/api/login'] }, '/api/login', '/login', '/api/login')).toBe(true);
    expect(applies({ paths: ['/login'] }, '/public', '/login')).toBe(true);
    expect(applies({ paths: ['/login'] }, '/login', '/public')).toBe(true);
    expect(applies({ paths: ['/login'] }, '/api/other', '/other', '/api/other')).toBe(false);
    expect(applies({ paths: ['/login'] }, '/other', '/x/../login')).toBe(true);
  });

  it('is skipped by the one that came, unless it was rewritten to another', () => {
    expect(applies({ skipPaths: ['/api/health'] }, '/api/health', '/health', '/api/health')).toBe(false);
    expect(applies({ skipPaths: ['/health'] }, '/health', '/login')).toBe(true);
    expect(applies({ skipPaths: ['/health', '/healthz'] }, '/health', '/healthz')).toBe(false);
    expect(applies({ skipPaths: ['/health'] }, '/login', '/health')).toBe(true);
  });

  it('is seen by a RegExp as it is decoded, with its slash at the end', () => {
    expect(applies({ paths: [/^\/api\/$/] }, '/%61pi/')).toBe(true);
    expect(applies({ paths: [/^\/api\/$/] }, '/x', '/%61PI/')).toBe(true);
    expect(applies({ paths: [/^\/api\/$/] }, '/%61pis/')).toBe(false);
  });
});
