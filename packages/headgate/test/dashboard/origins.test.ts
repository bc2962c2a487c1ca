import { describe, expect, it } from 'vitest';
import { dashboard } from '../../src/dashboard/dashboard.js';
import { made, OWN, URL_OF_IT } from './asked.js';

describe('a request of another site', () => {
  const body = { limiter: 'api', key: 'a' };
  const cases: [string, Record<string, string>, number][] = [
    ['the page itself', { ...OWN, 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }, 200],
    [
      'the page itself, behind a proxy by another name',
      { ...OWN, 'sec-fetch-site': 'same-origin', origin: 'https://ops.example' },
      200,
    ],
    ['the page itself, over plain HTTP', { ...OWN, origin: 'http://localhost' }, 200],
    ['a client that is no browser', OWN, 200],
    ['a form, without the header', { 'content-type': 'text/plain', origin: 'http://localhost' }, 403],
    ['another site', { ...OWN, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    [
      'another site that has the same host written in',
      { ...OWN, 'sec-fetch-site': 'cross-site', origin: 'http://localhost' },
      403,
    ],
    ['a sibling site', { ...OWN, 'sec-fetch-site': 'same-site' }, 403],
    ['another site, over plain HTTP', { ...OWN, origin: 'http://evil.example' }, 403],
    ['another port, over plain HTTP', { ...OWN, origin: 'http://localhost:8080' }, 403],
    ['an opaque origin', { ...OWN, origin: 'null' }, 403],
  ];
  for (const [name, headers, status] of cases) {
    it(`${status === 200 ? 'is none, and passes' : 'is refused'}: ${name}`, async () => {
      const { page, api } = made();
      api.check('a', 2);
      const request = new Request(`${URL_OF_IT}?headgate=reset`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      expect((await page(request)).status).toBe(status);
      expect(api.remaining('a')).toBe(status === 200 ? 2 : 0);
    });
  }
});

describe('what is read', () => {
  const cases: [string, Record<string, string>, number][] = [
    ['the page itself', { 'sec-fetch-site': 'same-origin' }, 200],
    ['what somebody typed', { 'sec-fetch-site': 'none' }, 200],
    ['a client that is no browser', {}, 200],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['another site, over plain HTTP', { origin: 'http://evil.example' }, 403],
  ];
  for (const [name, headers, status] of cases) {
    it(`is ${status === 200 ? 'told' : 'kept'}: ${name}`, async () => {
      const { page } = made();
      const response = await page(new Request(`${URL_OF_IT}?headgate=snapshot`, { headers }));
      expect(response.status).toBe(status);
      expect('limiters' in (await response.json())).toBe(status === 200);
    });
  }
});

describe('a host', () => {
  const hosts = ['Ops.example', 'limits.example:8443', 'bücher.example'];
  const known = [
    'ops.example',
    'OPS.example:3000',
    'limits.example:8443',
    'xn--bcher-kva.example',
    'localhost:3000',
    'app.localhost',
    '127.0.0.1:3000',
    '203.0.113.7',
    '[::1]:3000',
  ];
  const unknown = [
    'evil.example',
    'limits.example',
    'ops.example.evil.example',
    'localhost.evil.example',
    '1.2.3.4.example',
  ];
  const asked = ['', '?headgate=snapshot', '?headgate=peek', '?headgate=reset', '?headgate=block'];
  const statusOf = async (host: string, query: string) => {
    const { api } = made();
    const page = dashboard({ limiters: { api }, hosts });
    const reads = query === '' || query.endsWith('snapshot');
    const body = JSON.stringify({ limiter: 'api', key: 'a', seconds: 1 });
    const request = reads ? {} : { method: 'POST', body };
    return (await page(new Request(URL_OF_IT + query, { ...request, headers: { ...OWN, host } }))).status;
  };
  for (const host of known) {
    it(`that is an address, localhost, or in hosts may ask: ${host}`, async () => {
      for (const query of asked) expect(await statusOf(host, query)).toBe(200);
    });
  }
  for (const host of unknown) {
    it(`that somebody else may have pointed here is refused: ${host}`, async () => {
      for (const query of asked) expect(await statusOf(host, query)).toBe(403);
    });
  }
  it('that can not be read is refused', async () => {
    for (const host of ['a b', 'user@localhost', 'localhost/x', 'localhost:99999'])
      expect(await statusOf(host, ''), host).toBe(400);
  });
  it('that is refused is told, with the option', async () => {
    const response = await made().page(new Request(URL_OF_IT, { headers: { host: 'ops.example' } }));
    expect(await response.json()).toEqual({
      detail: 'This page is not set up for the host "ops.example": name it in the option hosts',
    });
  });
});
