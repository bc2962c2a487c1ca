import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from './entry.js';
import { FORMATS, lineReader } from './line-reader.js';

const TIME_MS = Date.UTC(2024, 1, 29, 12, 30, 5);
const COMMON = '[29/Feb/2024:12:30:05 +0000]';

function read(line: string, format = 'auto'): LogEntry {
  const entry = lineReader(format).read(line);
  if ('reason' in entry) throw new Error(entry.reason);
  return entry;
}

/** What a line tells, with its time. */
function told(line: string) {
  const entry = read(line);
  const [address, user, method, path] = [entry.address(), entry.user(), entry.method(), entry.path()];
  return { format: entry.format, time: entry.timeMs - TIME_MS, address, user, method, path };
}

const line = { time: 0, address: '203.0.113.7', user: 'ann', method: 'GET', path: '/a' };

describe('a line of', () => {
  it.each([
    ['common', `203.0.113.7 - ann ${COMMON} "GET /a?b=c HTTP/1.1" 200 12`],
    ['combined', `203.0.113.7 - ann ${COMMON} "GET /a HTTP/1.1" 200 12 "http://x/" "Mozilla \\"quoted\\""`],
    ['combined', `shop.example:443 203.0.113.7 - ann ${COMMON} "GET /a HTTP/1.1" 200 12 "-" "-"`],
    ['combined', `203.0.113.7 - ann ${COMMON} "GET /a HTTP/1.1" - - "-" "-" "198.51.100.1"`],
    [
      'combined',
      `203.0.113.7 - ann ${COMMON} "GET /a HTTP/1.1" 200 12 "-" "-" 7 "router@docker" "http://10.0.0.2" 4ms`,
    ],
    [
      'nginx',
      JSON.stringify({
        time_local: COMMON.slice(1, -1),
        remote_addr: '203.0.113.7',
        remote_user: 'ann',
        request: 'GET /a?b HTTP/1.1',
      }),
    ],
    [
      'nginx',
      JSON.stringify({
        msec: String(TIME_MS / 1000),
        remote_addr: '203.0.113.7',
        remote_user: 'ann',
        request_method: 'GET',
        request_uri: '/a?b',
      }),
    ],
    [
      'apache',
      JSON.stringify({ time: COMMON, remoteIP: '203.0.113.7', user: 'ann', method: 'GET', request: 'GET /a HTTP/1.1' }),
    ],
    [
      'caddy',
      JSON.stringify({
        ts: TIME_MS / 1000,
        user_id: 'ann',
        request: { client_ip: '203.0.113.7', method: 'GET', uri: '/a?b' },
      }),
    ],
    [
      'traefik',
      JSON.stringify({
        StartUTC: '2024-02-29T12:30:05.000123Z',
        ClientHost: '203.0.113.7',
        ClientUsername: 'ann',
        RequestMethod: 'GET',
        RequestPath: '/a',
      }),
    ],
    [
      'pino',
      JSON.stringify({
        time: TIME_MS,
        req: { remoteAddress: '203.0.113.7', method: 'GET', url: '/a', user: 'ann' },
        res: { statusCode: 200 },
      }),
    ],
  ])('%s tells its request: %s', (format, text) => {
    expect(told(text)).toEqual({ format, ...line });
  });

  it('any format has its headers and fields', () => {
    const combined = read(`1.2.3.4 - - ${COMMON} "GET / HTTP/1.1" 200 1 "http://x/" "curl/8" "198.51.100.1"`);
    expect(['referer', 'user-agent', 'x-forwarded-for', 'x-api-key'].map((name) => combined.header(name))).toEqual([
      'http://x/',
      'curl/8',
      '198.51.100.1',
      undefined,
    ]);
    const caddy = read(
      JSON.stringify({ ts: 1.7e9, request: { remote_ip: '::1', headers: { 'X-Api-Key': ['k1', 'k2'] } } }),
    );
    expect(caddy.header('x-api-key')).toBe('k1, k2');
    const nginx = read(JSON.stringify({ msec: 1.7e9, remote_addr: '::1', http_x_api_key: 'k', upstream: { zone: 7 } }));
    expect([nginx.header('x-api-key'), nginx.field(['upstream', 'zone']), nginx.field(['upstream', 'x'])]).toEqual([
      'k',
      '7',
      undefined,
    ]);
    const pino = read(JSON.stringify({ time: 1.7e12, req: { headers: { 'x-api-key': 'k' } }, res: {} }));
    expect(pino.header('x-api-key')).toBe('k');
  });

  it('a server that is no request is another message, and not malformed', () => {
    for (const message of [
      { level: 'info', ts: 1.7e9, msg: 'server running' },
      { level: 30, time: 1.7e12, msg: 'Server listening' },
      { level: 30, time: 1.7e12, res: { statusCode: 200 }, msg: 'request completed' },
      { level: 30, time: 1.7e12, req: { url: '/' }, msg: 'a note of the application' },
    ])
      expect(lineReader('auto').read(JSON.stringify(message))).toMatchObject({ isOther: true });
  });

  it('another format than the one asked for is malformed', () => {
    const text = `203.0.113.7 - - ${COMMON} "GET / HTTP/1.1" 200 12`;
    expect(lineReader('caddy').read(text)).toEqual({ reason: 'it is no JSON object', isOther: false });
    expect(lineReader('common').read('{"ts":1}')).toMatchObject({ isOther: false });
  });
});

describe('the address of a line in text', () => {
  const rest = `${COMMON} "GET / HTTP/1.1" 200 12`;

  it.each([
    ['May 17 10:05:03 web1 nginx: 10.0.0.1 - - ', '10.0.0.1'],
    ['<190>May 17 10:05:03 web1 nginx: 10.0.0.1 - - ', '10.0.0.1'],
    ['<190>1 2024-02-29T12:30:05Z web1 nginx - - - 10.0.0.1 - - ', '10.0.0.1'],
    ['<190>1 2024-02-29T12:30:05Z web1 nginx 7 - [a@1 b="\\]"][c] host.client.net - - ', 'host.client.net'],
    ['2024-02-29T12:30:05.123Z stdout F 10.0.0.1 - - ', '10.0.0.1'],
    ['[2024-02-29T12:30:05Z] [pod/web/nginx] 10.0.0.1 - - ', '10.0.0.1'],
    ['web-1  | 10.0.0.1 - - ', '10.0.0.1'],
    ['www.ex.com host.client.net - frank ', 'host.client.net'],
    ['10.0.0.1 9.9.9.9 - - ', '9.9.9.9'],
    ['10.0.0.1 www.ex.com 9.9.9.9 - - ', '9.9.9.9'],
    ['www.ex.com 3.3.3.3, 4.4.4.4 - - ', '3.3.3.3'],
    ['3.3.3.3,4.4.4.4 - - ', '3.3.3.3'],
    ['10.0.0.1        - - ', '10.0.0.1'],
    ['host.client.net        - - ', 'host.client.net'],
    ['10.0.0.1 - ', '10.0.0.1'],
    ['10.0.0.1 identity - ', '10.0.0.1'],
    ['10.0.0.1 identity frank ', '10.0.0.1'],
    ['10.0.0.1 identity a - b ', '10.0.0.1'],
    ['10.0.0.1 identity - - x ', '10.0.0.1'],
    [' - - ', undefined],
  ])('is the word before the identity: %s[', (before, address) => {
    expect(read(`${before}${rest}`).address()).toBe(address);
  });

  it.each([
    '',
    'May 17 10:05:03 web1 nginx: 10.0.0.1 identity frank ',
    'web-1  | 10.0.0.1 ',
    'host.client.net identity - ',
    '10.0.0.1 identity 6.6.6.6 - x ',
    '10.0.0.1 9.9.9.9 ',
  ])('is not guessed where it can not be told: %s[', (before) => {
    expect(lineReader('auto').read(`${before}${rest}`)).toMatchObject({
      isOther: false,
      reason: expect.stringContaining('no address that can be told'),
    });
  });
});

describe('what a stranger writes', () => {
  it('is no time of the server: the last before the request is', () => {
    for (const user of ['[01/Jan/2000:00:00:00 +0000]', '[2099-01-01T00:00:00Z] x', '[', '[17/May/2015']) {
      const entry = read(`203.0.113.7 - ${user} ${COMMON} "GET /[29/Feb/2099:12:30:05 HTTP/1.1" 200 12`);
      expect([entry.timeMs, entry.address(), entry.user()]).toEqual([TIME_MS, '203.0.113.7', user]);
    }
  });

  it('is no address, whatever name of a user it is', () => {
    const word = fc.constantFrom('-', '6.6.6.6', 'a', '::6', 'h.example', '|', ',', '6.6.6.6,', '[', `[x`, COMMON, '');
    const escaped = fc.constantFrom('\\"', '\\"GET / HTTP/1.1\\" 200', '] \\"x', '\\\\', '\\\\\\"');
    const user = fc.array(fc.oneof(word, escaped), { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
    const front = fc.constantFrom('', 'web-1  | ', 'shop.example:443 ', '10.0.0.9 ', 'May 17 10:05:03 web1 nginx[7]: ');
    const address = fc.constantFrom('203.0.113.7', '2001:db8::1', 'host.example');
    fc.assert(
      fc.property(front, address, user, (front, address, user) => {
        const entry = read(`${front}${address} - ${user} ${COMMON} "GET /a HTTP/1.1" 200 12 "-" "-"`);
        expect([entry.timeMs, entry.address(), entry.path()]).toEqual([TIME_MS, address, '/a']);
        expect(entry.user() ?? '-').toBe(user.trim() || '-');
      }),
    );
  });

  it('hides no request by a quote that the server did not escape', () => {
    expect(read(`203.0.113.7 - - ${COMMON} "GET /a"b HTTP/1.1" 200 12`).address()).toBe('203.0.113.7');
  });

  it('is the first of several addresses with commas between them', () => {
    for (const more of ['4.4.4.4', '4.4.4.4, 5.5.5.5', '::1'])
      expect(read(`3.3.3.3, ${more} - - ${COMMON} "GET / HTTP/1.1" 200 1`).address()).toBe('3.3.3.3');
  });

  it('is a header in as many parts as it has, and no list within a list', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const line = `{"ts":1.7e9,"request":{"remote_ip":"::1","headers":{"X":["a",${deep},1,null]}}}`;
    expect(read(line).header('x')).toBe('a, , 1, ');
  });
});

describe('whatever a line is', () => {
  const whole = [
    `203.0.113.7 - ann ${COMMON} "GET /a HTTP/1.1" 200 12 "http://x/" "Mozilla"`,
    JSON.stringify({ ts: 1.7e9, request: { client_ip: '::1', method: 'GET', uri: '/a', headers: { A: ['b'] } } }),
    JSON.stringify({ time: 1.7e12, req: { headers: null }, res: {} }),
  ];
  const damaged = fc
    .tuple(fc.constantFrom(...whole), fc.nat(200), fc.string(), fc.nat(200))
    .map(([text, from, put, to]) => text.slice(0, from) + put + text.slice(to));
  const objects = fc.object({
    key: fc.constantFrom('req', 'request', 'ts', 'time', 'headers', 'remote_addr', 'ClientHost', 'res'),
  });
  const lines = fc.oneof(
    fc.string(),
    damaged,
    objects.map((each) => JSON.stringify(each)),
  );

  it('it is read as it would be alone, whatever came before', () => {
    const json = [
      { level: 30, time: 1.7e12, ip: '6.6.6.6', req: { method: 'GET', url: '/p', remoteAddress: '8.8.8.8' }, res: {} },
      { time: '[17/May/2015:10:05:08 +0000]', remoteIP: '10.0.0.9' },
      { ts: 1.7e9, remote_ip: '9.9.9.9', request: { client_ip: '1.1.1.1' } },
      { StartUTC: '2024-02-29T12:30:05Z', ClientHost: '7.7.7.7', remote_addr: '5.5.5.5', time_local: '1' },
      { msec: '1.7e9', remote_addr: '4.4.4.4', client: '3.3.3.3' },
    ].map((each) => JSON.stringify(each));
    const addressOf = (text: string, reader = lineReader('auto')) => {
      const entry = reader.read(text);
      return 'reason' in entry ? entry.reason : `${entry.format} ${entry.address()} ${entry.timeMs}`;
    };
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...json, ...whole), lines), { maxLength: 6 }), (texts) => {
        const reader = lineReader('auto');
        expect(texts.map((each) => addressOf(each, reader))).toEqual(texts.map((each) => addressOf(each)));
      }),
    );
  });

  it.each(FORMATS)('reading it as %s never throws, and what it tells is text', (format) => {
    const reader = lineReader(format);
    fc.assert(
      fc.property(lines, (text) => {
        const entry = reader.read(text);
        if ('reason' in entry) return;
        expect(Number.isFinite(entry.timeMs)).toBe(true);
        for (const part of [
          entry.address(),
          entry.user(),
          entry.method(),
          entry.path(),
          entry.header('a'),
          entry.field(['req', 'a']),
        ])
          expect(['string', 'undefined']).toContain(typeof part);
      }),
    );
  });
});
