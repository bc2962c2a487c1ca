import { describe, expect, it } from 'vitest';
import { type Incoming, pathOfUrl, requestOf } from './web-request.js';

it('reads the path of a URL as it is written, without what comes after', () => {
  for (const [url, path] of [
    ['http://localhost/a/b', '/a/b'],
    ['http://localhost:8080/%41//?x=/y#/z', '/%41//'],
    ['https://[::1]/#x?y', '/'],
    ['http://localhost?x', '/'],
  ] as const)
    expect(pathOfUrl(new Request(url).url)).toBe(path);
});

describe('the request of what a handler gets', () => {
  const plain = new Request('http://localhost/');
  const fails = () => {
    throw new Error('The middleware accepts an async API directly');
  };
  class NextRequestHint extends Request {
    get request() {
      return fails();
    }
  }
  class Carries extends Request {
    get request() {
      return { id: 7 };
    }
  }
  class Undefined extends Request {
    readonly request = undefined;
  }
  const proxied = new Proxy(plain, { get: (of, name) => Reflect.get(of, name, of), has: () => true });
  const foreign = { method: 'GET', url: 'http://localhost/', headers: new Map() };

  // Behind a call: vitest reads every property of what it prints.
  it.each([
    ['a Request', () => plain],
    ["Next.js's of a middleware, whose getter of that name throws", () => new NextRequestHint('http://localhost/')],
    ['a Request that has something else under that name', () => new Carries('http://localhost/')],
    ['a Request that has nothing under that name', () => new Undefined('http://localhost/')],
    ['a proxy that says it has everything', () => proxied],
    ["another library's, with what a Request must have", () => ({ ...foreign, request: {} })],
  ])('is %s itself', (_, make) => {
    const incoming = make();
    expect(requestOf(incoming as Incoming) === incoming).toBe(true);
  });

  it.each([
    ['SvelteKit and Astro', { request: plain, url: new URL('http://localhost/') }],
    ['Remix', { request: plain, params: {}, context: {} }],
    [
      'an event with headers and a method of its own',
      { request: plain, headers: new Headers(), method: 'GET', url: new URL('http://x') },
    ],
    ['an event around a request like one', { request: proxied }],
  ])('is what the event carries: %s', (_, event) => {
    expect(requestOf(event as Incoming)).toBe(event.request);
  });

  it.each([
    ['undefined', () => undefined],
    ['null', () => null],
    ['"http://localhost/"', () => 'http://localhost/'],
    ['an object', () => ({})],
    ['an object', () => ({ request: {} })],
    ['an object', () => Object.defineProperty({}, 'request', { get: fails })],
  ])('is refused where there is none: %s', (shown, make) => {
    expect(() => requestOf(make() as never)).toThrow(
      new TypeError(`a request must be a Request, or an object with one as request, got ${shown}`),
    );
  });
});
