import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../index.js';
import { rateLimit } from './web.js';

const ONE = { limit: 1, windowSeconds: 60, key: () => 'k' } as const;

describe('a check without a handler', () => {
  it('answers the denial, or adds the headers to what is answered and settles by it', async () => {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
    const limited = rateLimit({ limiter, key: () => 'k', skipFailedRequests: true });
    /** As a hook of SvelteKit has it. */
    async function handle(resolve: () => Response): Promise<Response> {
      const { response, finish } = await limited.check(request());
      return response ?? finish(resolve());
    }
    expect((await handle(() => new Response('no', { status: 404 }))).headers.get('x-ratelimit-remaining')).toBe('0');
    expect([(await handle(() => new Response('hi'))).status, limiter.remaining('k')]).toEqual([200, 0]);
    expect((await handle(() => expect.unreachable())).status).toBe(429);
  });

  it('tells the decision, and takes what is beside the request', async () => {
    const limited = rateLimit({ limit: 3, windowSeconds: 60 });
    const deno = (hostname: string) => ({ remoteAddr: { transport: 'tcp', hostname, port: 1 } });
    await limited.check(request(), deno('192.0.2.1'));
    const { decision } = await limited.check(request(), deno('192.0.2.1'));
    expect(decision?.remaining).toBe(1);
    expect((await limited.check(request(), deno('192.0.2.2'))).decision?.remaining).toBe(2);
  });

  it('settles by a status alone', async () => {
    const { limited, ended } = watched();
    const { settle } = await limited.check(request());
    settle(500);
    expect(ended).toEqual([{ status: 500, aborted: false }]);
  });

  it('says nothing of what is not looked at', async () => {
    const limited = rateLimit({ ...ONE, skip: () => true });
    const { decision, response, finish } = await limited.check(request());
    const answer = new Response('hi');
    expect([decision, response, finish(answer)]).toEqual([undefined, undefined, answer]);
    expect(answer.headers.has('x-ratelimit-limit')).toBe(false);
  });
});

describe('whose request it is', () => {
  it('tells by the further arguments, as the option says', async () => {
    const GET = rateLimit({
      limit: 1,
      windowSeconds: 60,
      address: (_request, _env, ctx: { ip: string }) => ctx.ip,
    })((_request, _env: object, _ctx: { ip: string }) => new Response('hi'));
    const from = async (ip: string) => (await GET(request(), {}, { ip })).status;
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429, 200]);
  });

  it('is unknown where nothing tells it: all share one limit, and one warning says what to do', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const GET = rateLimit({ limit: 1, windowSeconds: 60, warn })(() => new Response('hi'));
    expect([(await GET(request())).status, (await GET(request())).status]).toEqual([200, 429]);
    expect(warnings).toEqual([expect.stringContaining('address: a function of the request')]);
  });

  it('is told by a platform, which forwards each request', async () => {
    const warn = () => expect.unreachable();
    const GET = rateLimit({ limit: 1, windowSeconds: 60, address: 'cloudflare', warn })(() => new Response('hi'));
    const from = async (address: string) => {
      const headers = { 'cf-connecting-ip': address, 'x-forwarded-for': address };
      return (await GET(new Request('http://localhost/', { headers }))).status;
    };
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429, 200]);
  });

  it('is refused as an option where it counts by user and nobody says who that is', () => {
    for (const key of ['user', ['route', 'user']] as const)
      expect(() => rateLimit({ limit: 1, windowSeconds: 60, key })).toThrow('needs the option user');
  });

  it('needs no address where it goes by something else', async () => {
    const warn = () => expect.unreachable();
    const GET = rateLimit({ limit: 1, windowSeconds: 60, key: 'path', warn })(() => new Response('hi'));
    expect([(await GET(request())).status, (await GET(request())).status]).toEqual([200, 429]);
  });
});

function request(signal?: AbortSignal): Request {
  return new Request('http://localhost/', signal === undefined ? {} : { signal });
}

/** A limit that notes how each request ended. */
function watched() {
  const ended: { status: number; aborted: boolean }[] = [];
  return { ended, limited: rateLimit({ ...ONE, limit: 9, countIf: (end) => ended.push(end) > 0 }) };
}
