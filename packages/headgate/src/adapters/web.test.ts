import { createServer } from 'node:http';
import { ManualClock } from '@headgate/core-ts';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, it } from 'vitest';
import { PIPELINED_RULES } from '../../test/http/cases/clients.js';
import type { AnyOptions, Running } from '../../test/http/framework.js';
import { keysAndReset } from '../../test/http/keys-and-reset.js';
import { listen } from '../../test/http/listen.js';
import { httpSuite } from '../../test/http/suite.js';
import { type RateLimitOptions, rateLimit } from './web.js';

const untold =
  'a request is told nothing of a connection that closes before its turn: it is settled when its handler answers';

httpSuite({
  name: 'Request and Response, on @hono/node-server',
  start,
  skip: Object.fromEntries(PIPELINED_RULES.map((name) => [name, untold])),
});

const ONE = { limit: 1, windowSeconds: 60, key: () => 'k' } as const;
const TWO = { ...ONE, limit: 2 } as const;

describe('a handler from Request to Response, wrapped', () => {
  it('answers, or is denied', async () => {
    const GET = rateLimit(ONE)(() => new Response('hi'));
    const [first, second] = [await GET(request()), await GET(request())];
    expect([first.status, await first.text(), first.headers.get('x-ratelimit-remaining')]).toEqual([200, 'hi', '0']);
    expect([second.status, await second.json(), second.headers.get('retry-after')]).toEqual([
      429,
      { detail: 'Too many requests' },
      '60',
    ]);
  });

  it('gets all further arguments', async () => {
    const limited = rateLimit(TWO);
    const next = limited((_request, { params }: { params: { id: string } }) => new Response(params.id));
    const worker = limited((_request, env: { name: string }, ctx: { id: number }) => new Response(env.name + ctx.id));
    expect(await (await next(request(), { params: { id: '7' } })).text()).toBe('7');
    expect(await (await worker(request(), { name: 'env' }, { id: 8 })).text()).toBe('env8');
  });

  it('keeps the type of the request, and what it answers that is no Response', async () => {
    class NextRequest extends Request {
      readonly nextUrl = new URL(this.url);
    }
    const GET = rateLimit(TWO)(({ nextUrl }: NextRequest) => new Response(nextUrl.pathname));
    expect(await (await GET(new NextRequest('http://localhost/path'))).text()).toBe('/path');
    const upgrade = rateLimit(ONE)(() => undefined); // as Bun has it, once `server.upgrade` has taken the request
    expect(await upgrade(request())).toBeUndefined();
  });

  it('may take an event that has the request, and reads who it is from there', async () => {
    interface Event {
      readonly request: Request;
      readonly locals: { readonly user?: { readonly id: string } };
      getClientAddress(): string;
    }
    const limited = rateLimit<Event>({
      limit: 1,
      windowSeconds: 60,
      key: 'user',
      user: ({ locals }) => locals.user,
      address: (event) => event.getClientAddress(),
    });
    const GET = limited(({ locals }) => new Response(locals.user?.id ?? 'nobody'));
    const status = async (locals: Event['locals'], address = '192.0.2.1') =>
      (await GET({ request: request(), locals, getClientAddress: () => address })).status;
    const ada = { user: { id: 'ada' } };
    expect([await status(ada), await status(ada), await status({}), await status({})]).toEqual([200, 429, 200, 429]);
    expect(await status({}, '192.0.2.2')).toBe(200);
  });

  it('tells of several limiters the one that binds, also where each sees a Request of its own', async () => {
    const clock = new ManualClock();
    const outer = rateLimit({ ...ONE, limit: 5, name: 'outer', standard: 'latest', clock });
    const inner = rateLimit({ ...ONE, limit: 3, name: 'inner', standard: 'latest', clock });
    const handler = () => new Response('hi');
    const nested = await outer(inner(handler))(request());
    expect(nested.headers.get('ratelimit')).toBe('"outer";r=4;t=60, "inner";r=2;t=60');
    const renewed = await outer((asked) => inner(handler)(new Request(asked)))(request());
    expect(renewed.headers.get('ratelimit')).toBe('"inner";r=1;t=60');
  });

  it('counts a request once where it is wrapped twice', async () => {
    const limited = rateLimit(TWO);
    const GET = limited(limited(() => new Response('hi')));
    expect([(await GET(request())).status, (await GET(request())).status, (await GET(request())).status]).toEqual([
      200, 200, 429,
    ]);
  });

  it('has the headers on a copy where they can not be changed on what it answers', async () => {
    const limited = rateLimit({ ...ONE, limit: 9 });
    const fetched = await fetch('data:text/plain,fetched');
    expect(() => fetched.headers.set('a', 'b')).toThrow(TypeError);
    const copied = await limited(() => fetched)(request());
    expect([copied.headers.get('content-type'), copied.headers.get('x-ratelimit-remaining')]).toEqual([
      'text/plain',
      '8',
    ]);
    expect(await copied.text()).toBe('fetched');
    const redirected = await limited(() => Response.redirect('http://localhost/there', 303))(request());
    expect([
      redirected.status,
      redirected.headers.get('location'),
      redirected.headers.get('x-ratelimit-limit'),
    ]).toEqual([303, 'http://localhost/there', '9']);
  });

  it('answers what has no copy as it is', async () => {
    const limited = rateLimit({ ...ONE, limit: 9 });
    const none = Response.error();
    expect(await limited(() => none)(request())).toBe(none);
  });

  it('lets a handler of its own answer the denial', async () => {
    const handler = (asked: Request, { limit }: { limit: number }) =>
      new Response(`${asked.method} denied at ${limit}`, { status: 420 });
    const denied = await rateLimit({ ...ONE, limit: 0, handler })(() => new Response('hi'))(request());
    expect([denied.status, await denied.text(), denied.headers.get('cache-control')]).toEqual([
      420,
      'GET denied at 0',
      'no-store',
    ]);
  });

  it('rejects with what deciding threw, and does not run', async () => {
    const GET = rateLimit({ ...ONE, key: () => '' })(() => expect.unreachable());
    await expect(GET(request())).rejects.toThrow('key must answer a string that is not empty, got ""');
  });
});

describe('a wrapped handler that fails', () => {
  it('rejects as it would alone, and is settled as 500', async () => {
    const { limited, ended } = watched();
    const error = new Error('the handler failed');
    const GET = limited(() => {
      throw error;
    });
    await expect(GET(request())).rejects.toBe(error);
    expect(ended).toEqual([{ status: 500, aborted: false }]);
  });

  it('throws a Response with the headers on it, and is settled by its status', async () => {
    const { limited, ended } = watched();
    const thrown = await limited(async () => {
      throw new Response('no', { status: 403 });
    })(request()).catch((response) => response);
    expect([thrown.status, thrown.headers.get('x-ratelimit-limit')]).toEqual([403, '9']);
    expect(ended).toEqual([{ status: 403, aborted: false }]);
  });

  it('is settled by the status of a redirect that is thrown as an object', async () => {
    const { limited, ended } = watched();
    await limited(() => Promise.reject({ status: 303, location: '/' }))(request()).catch(() => {});
    await limited(() => Promise.reject(Object.assign(new Error('upstream'), { status: 401 })))(request()).catch(
      () => {},
    );
    await limited(() => Promise.reject(null))(request()).catch(() => {});
    expect(ended.map(({ status }) => status)).toEqual([303, 500, 500]);
  });
});

describe('a client that goes away', () => {
  it('settles as such while the handler is still at work, and what it answers then changes nothing', async () => {
    const { limited, ended } = watched();
    const client = new AbortController();
    const late = await limited(() => {
      client.abort();
      expect(ended).toEqual([{ status: 200, aborted: true }]);
      return new Response('late', { status: 500 });
    })(request(client.signal));
    expect([late.status, ended.length]).toEqual([500, 1]);
  });

  it('counts as gone where it went before anything was decided', async () => {
    const { limited, ended } = watched();
    await limited(() => new Response('hi', { status: 404 }))(request(AbortSignal.abort()));
    expect(ended).toEqual([{ status: 404, aborted: true }]);
  });

  it('does not matter once the handler has answered', async () => {
    const { limited, ended } = watched();
    const client = new AbortController();
    await limited(() => new Response('hi'))(request(client.signal));
    client.abort(); // so Deno does with each request that is done
    expect(ended).toEqual([{ status: 200, aborted: false }]);
  });
});

it('refuses options that are none, and a handler that is none', () => {
  expect(() => rateLimit(undefined as never)).toThrow('options must be an object, got undefined');
  expect(() => rateLimit({ ...ONE, handler: 'no' as never })).toThrow('handler must be a function, got "no"');
});

function request(signal?: AbortSignal): Request {
  return new Request('http://localhost/', signal === undefined ? {} : { signal });
}

/** A limit that notes how each request ended. */
function watched() {
  const ended: { status: number; aborted: boolean }[] = [];
  return { ended, limited: rateLimit({ ...ONE, limit: 9, countIf: (end) => ended.push(end) > 0 }) };
}

function start(limiters: readonly AnyOptions[]): Promise<Running> {
  // A Request has no user, so the option that says who it is belongs to the framework.
  const user = ({ headers }: Request) => headers.get('x-test-user');
  const all = limiters.map((options) => rateLimit({ user, ...(options as RateLimitOptions) }));
  const handler = all.reduceRight<(request: Request, beside: object) => Promise<Response> | Response>(
    (inner, limited) => limited(inner),
    async (request, beside) => {
      if (!request.url.endsWith('/reset')) return answer(request);
      const here = all.map((limited) => ({
        keyOf: () => limited.keyOf(request, beside),
        reset: () => limited.reset(request, beside),
      }));
      return new Response(await keysAndReset(here, undefined));
    },
  );
  const errorHandler = () => new Response('error', { status: 500 });
  return listen(createServer(getRequestListener(handler as never, { errorHandler })));
}

function answer({ url }: Request): Promise<Response> | Response {
  const [, first, second] = new URL(url).pathname.split('/');
  if (first === 'hangs') return new Promise<Response>(() => {});
  if (first === 'throws') throw new Error('the handler failed');
  const status = first === 'status' ? Number(second) : 200;
  return new Response({ ok: 'ok', items: 'item', status: 'status' }[first ?? ''], { status });
}
