import { describe, expect, it } from 'vitest';
import { pathOf } from './node-request.js';

describe('pathOf', () => {
  it('is the path of a request line in each of its forms (RFC 9112 §3.2), without the query', () => {
    const forms = {
      '/': '/',
      '/a?b': '/a',
      '/a?b?c#d': '/a',
      '/a#b?c': '/a#b',
      '*': '*',
      'http://host/a?b': '/a',
      'HTTP://user:pass@host:80/a': '/a',
      'http://host': '/',
      'http://host?a': '/',
      'http:///a': '/a',
      'x:/a': '/a', // HTTP/2 with a scheme of its own allows for that
      'x://host\\a': '//host\\a', // which routers read in different ways
      'http://host%2fa': '//host%2fa',
      'x:a': 'x:a',
      '?a': '/',
      '': '/',
      '/http://host/a': '/http://host/a',
      '//host/a': '//host/a',
    };
    for (const [url, path] of Object.entries(forms)) expect([url, pathOf(url)]).toEqual([url, path]);
  });
});
