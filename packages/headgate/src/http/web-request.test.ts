import { expect, it } from 'vitest';
import { pathOfUrl } from './web-request.js';

it('reads the path of a URL as it is written, without what comes after', () => {
  for (const [url, path] of [
    ['http://localhost/a/b', '/a/b'],
    ['http://localhost:8080/%41//?x=/y#/z', '/%41//'],
    ['https://[::1]/#x?y', '/'],
    ['http://localhost?x', '/'],
  ] as const)
    expect(pathOfUrl(new Request(url).url)).toBe(path);
});
