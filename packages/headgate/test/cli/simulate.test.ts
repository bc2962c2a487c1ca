import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, createWriteStream, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/cli/simulate/report/report.js';
import { commonTime, madeUpLog } from './made-up-log.js';
import { CLI, emptyFolder, headgate, runCli } from './run-cli.js';

const START_MS = Date.UTC(2024, 1, 29, 12);
const LIMIT = ['--limit', '2', '--window', '1m'];

/** A line of a client so many seconds after the start. */
function line(address: string, second: number, path = '/'): string {
  return `${address} - - [${commonTime(new Date(START_MS + second * 1000))}] "GET ${path} HTTP/1.1" 200 1 "-" "-"\n`;
}

function files(contents: Readonly<Record<string, string | Buffer>>): string[] {
  const folder = emptyFolder();
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
}

async function reportOf(args: readonly string[], input?: string | Buffer): Promise<Report> {
  const { code, out, err } = await headgate(['simulate', ...args, '--json'], input);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Report;
}

describe('headgate simulate', () => {
  it('counts by the client behind the proxies that are named, as the middleware does', async () => {
    const logged = (http_x_forwarded_for: string | undefined, second: number) =>
      `${JSON.stringify({ remote_addr: '10.0.0.1', http_x_forwarded_for, msec: String(START_MS / 1000 + second) })}\n`;
    const forged = [0, 1, 2].map((i) => logged(`6.6.6.${i}, 1.2.3.4`, i)).join('');
    const log = files({ log: forged + logged('5.6.7.8', 3) + logged(undefined, 4) });
    const trusted = await reportOf([...log, ...LIMIT, '--trust-proxy', 'private']);
    expect(trusted).toMatchObject({ requests: 5, clients: 3, policies: [{ denied: 1 }] });
    expect(trusted.notes.join()).toContain('1 request came from a trusted proxy');
    for (const others of [[], ['--trust-proxy', '10.0.0.2', '--trust-proxy', '10.0.0.3']]) {
      const untrusted = await reportOf([...log, ...LIMIT, ...others]);
      expect(untrusted).toMatchObject({ clients: 1, policies: [{ denied: 3 }] });
      expect(untrusted.notes.join()).toContain('Of the first 5 requests, 4 say for whom a proxy asked');
    }
    const several = ['--trust-proxy', '10.0.0.1', '--trust-proxy', '10.0.0.2'];
    expect(await reportOf([...log, ...LIMIT, ...several])).toMatchObject({ clients: 3 });
  });

  it('refuses proxies and headers that there are none of', async () => {
    for (const [args, wrong] of [
      [['--trust-proxy', '10.0.0.0/33'], '--trust-proxy: trustProxy'],
      [['--trust-proxy', '0.0.0.0/0'], 'any client could then write its own address'],
      [['--trust-proxy', '101'], 'from 0 to 100, got 101'],
      [['--trust-proxy', '1', '--forwarded-header', 'a b'], '--forwarded-header must be the name of a header'],
      [['--forwarded-header', 'forwarded'], '--forwarded-header needs --trust-proxy'],
      [
        ['--trust-proxy', '0', '--forwarded-header', 'forwarded'],
        'needs proxies that are trusted, got --trust-proxy "0"',
      ],
    ] as const) {
      const { code, err } = await headgate(['simulate', '-', ...LIMIT, ...args]);
      expect([code, err]).toEqual([2, expect.stringContaining(wrong)]);
    }
  });

  it('tells who would have been held back, and which limits suit how many', async () => {
    const log = [0, 1, 2, 3].map((second) => line('10.0.0.1', second)).join('') + line('10.0.0.2', 4);
    const report = await reportOf([...files({ log }), ...LIMIT]);
    expect(report).toMatchObject({
      requests: 5,
      clients: 2,
      from: '2024-02-29T12:00:00.000Z',
      to: '2024-02-29T12:00:04.000Z',
      policies: [{ name: '2/1m', denied: 2, deniedShare: 0.4, clientsHeldBack: 1, clientsShare: 0.5 }],
      heldBackMost: [{ key: '10.0.0.1', requests: 4, denied: [2] }],
      busiestWindows: [
        {
          windowMs: 60_000,
          most: 4,
          clientsByUnits: [
            [1, 1],
            [4, 1],
          ],
        },
      ],
    });
    expect(report.busiestWindows[0]?.suggestions[0]).toEqual({ percentile: 50, limit: 1, clientsHeldBack: 1 });
    expect(report.busiestWindows[0]?.suggestions[3]).toEqual({ percentile: 99.9, limit: 4, clientsHeldBack: 0 });
  });

  it('reads several files as one, in the order of time, packed or not, of whatever formats', async () => {
    const json = (second: number) =>
      `${JSON.stringify({ ts: START_MS / 1000 + second, request: { client_ip: '10.0.0.1', method: 'GET', uri: '/' } })}\n`;
    const names = files({
      'late.log': line('10.0.0.1', 70) + line('10.0.0.1', 20),
      'early.gz': gzipSync(line('10.0.0.1', 0) + json(30)),
      'mixed.json': json(65) + line('10.0.0.1', 10),
    });
    const report = await reportOf([...names, ...LIMIT]);
    // 0 and 10 fit, 20 and 30 don't; the window that begins at 65 has room for both.
    expect(report).toMatchObject({ requests: 6, policies: [{ denied: 2 }], notes: [] });
    expect(report.files.map(({ formats, isGzip }) => ({ ...formats, isGzip }))).toEqual([
      { combined: 2, isGzip: false },
      { combined: 1, caddy: 1, isGzip: true },
      { combined: 1, caddy: 1, isGzip: false },
    ]);
  });

  it('reads a pipe, packed too', async () => {
    const log = line('10.0.0.1', 0) + line('10.0.0.1', 1);
    for (const input of [log, gzipSync(log)])
      expect(await reportOf(['-', ...LIMIT], input)).toMatchObject({ requests: 2 });
  });

  it.skipIf(process.platform === 'win32')('reads a pipe that has a name (not on Windows, which has none)', async () => {
    const pipe = join(emptyFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [report] = await Promise.all([reportOf([pipe, ...LIMIT]), writeFile(pipe, line('10.0.0.1', 0))]);
    expect(report).toMatchObject({ requests: 1 });
  });

  it.skipIf(!existsSync('/dev/full'))('tells of a disk that is full (needs /dev/full)', async () => {
    const [log = ''] = files({ log: line('10.0.0.1', 0) });
    for (const option of ['--decisions', '--html']) {
      const { code, err } = await headgate(['simulate', log, ...LIMIT, option, '/dev/full']);
      expect([code, err]).toEqual([2, `headgate: ${option} /dev/full can't be written on: no space is left\n`]);
    }
  });

  it('counts IPv6 by its /64, names of hosts as they are, and what is no address as one client', async () => {
    const addresses = [
      '2001:db8::1',
      '2001:DB8:0:0:ffff::2',
      'host.example',
      '::ffff:10.0.0.1',
      '10.0.0.1',
      '0x7f000001',
      '%x',
      '10.1',
    ];
    const report = await reportOf([
      ...files({ log: addresses.map((each) => line(each, 0)).join('') }),
      '--limit',
      '0',
      '--window',
      '1m',
    ]);
    expect(report.heldBackMost.map(({ key, requests }) => [key, requests])).toEqual([
      ['unknown-address', 3],
      ['2001:db8::/64', 2],
      ['10.0.0.1', 2],
      ['host.example', 1],
    ]);
    expect(report.notes).toEqual(['3 requests told no address that can be read; they were counted as one client.']);
  });

  it('counts by what --key asks for, and by address where a line does not have it', async () => {
    const user = `10.0.0.1 - ann [${commonTime(new Date(START_MS))}] "HEAD /A/?x HTTP/1.1" 200 1\n`;
    const keys = async (key: string) => {
      const report = await reportOf([
        ...files({ log: user + line('10.0.0.2', 1, '/a') }),
        '--limit',
        '0',
        '--window',
        '1m',
        '--key',
        key,
      ]);
      return report.heldBackMost.map((each) => each.key);
    };
    expect(await keys('user')).toEqual(['ann', 'ip:10.0.0.2']);
    expect(await keys('method+path')).toEqual(['GET /a']);
    expect(await keys('header:X-Forwarded-For')).toEqual(['ip:10.0.0.1', 'ip:10.0.0.2']);
  });

  it('counts and tells malformed lines, with file and line, and goes on', async () => {
    const [file = ''] = files({
      log: `${line('10.0.0.1', 0)}\nrubbish\n${'x'.repeat(2 ** 21)}\n10.0.0.1 - - [1/1/2024]\n${line('10.0.0.1', 1)}{"a":`,
    });
    const { code, out } = await headgate(['simulate', file, ...LIMIT]);
    expect(code).toBe(0);
    expect(out).toContain('2 requests of 1 client');
    expect(out).toContain(`${file}: 4 lines of 7 lines could not be read.`);
    expect(out).toContain(`${file}:3: it has no time in brackets`);
    expect(out).toContain(`${file}:4: it is longer than 1 MiB`);
    expect(out).toContain(`${file}:7: it is no JSON object`);
  });

  it('tells of requests that come later than there is room for, and decides them where they stand', async () => {
    const many = Array.from({ length: 66_000 }, (_, i) => line('10.0.0.1', 100 + Math.floor(i / 100))).join('');
    const report = await reportOf([...files({ log: many + line('10.0.0.9', 0) }), ...LIMIT]);
    expect(report.files[0]).toMatchObject({ requests: 66_001, late: 1 });
    expect(report.notes[0]).toContain('1 request came so late');
    expect(report.from).toBe('2024-02-29T12:01:40.000Z');
  });

  it('ends with 1 where a file could not be read to its end, and tells what it had by then', async () => {
    const whole = gzipSync(madeUpLog(3000));
    const [cut = '', damaged = '', binary = '', good = ''] = files({
      'cut.gz': whole.subarray(0, whole.length >> 1),
      'damaged.gz': Buffer.concat([whole.subarray(0, 2000), Buffer.alloc(2000, 7), whole.subarray(4000)]),
      binary: Buffer.from('ELF\0\u0001\u0002'),
      'good.log': line('10.0.0.1', 0),
    });
    for (const [file, reason] of [
      [cut, 'ends in the middle of its gzip data, after line'],
      [damaged, 'is damaged as gzip after line'],
      [binary, 'is no text: byte 4 of it is 0'],
    ] as const) {
      const { code, out } = await headgate(['simulate', file, good, ...LIMIT]);
      expect(out).toContain(`${file} ${reason}`);
      expect(code).toBe(1);
    }
  });

  it('decides on all that is packed, whatever is behind it', async () => {
    const log = madeUpLog(20_000);
    const [whole = '', more = ''] = files({
      'whole.gz': gzipSync(log, { level: 0 }),
      'more.gz': Buffer.concat([gzipSync(log), Buffer.from('garbage\n')]),
    });
    expect(await reportOf([whole, ...LIMIT])).toMatchObject({ requests: 20_000, notes: [] });
    const { code, out, err } = await headgate(['simulate', more, ...LIMIT]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain('20,000 requests');
    expect(out).toContain(`${more} has bytes behind its gzip data, after line 20000, that are no gzip`);
  });

  it('ends with 1 where there is no request at all, and says what there was', async () => {
    for (const [content, reason] of [
      ['', 'log is empty.'],
      ['rubbish\n', '1 line of 1 line could not be read'],
      [Buffer.from('PK\u0003\u0004'), 'is a zip file'],
      [Buffer.from('\ufeffx', 'utf16le'), 'is text in UTF-16'],
    ] as const) {
      const { code, out, err } = await headgate(['simulate', ...files({ log: content }), ...LIMIT]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(reason);
    }
  });

  it('ends with 1 where one of the logs has no request in it, and says which and why, as JSON too', async () => {
    const cloudflare = '{"ClientIP":"10.0.0.1","EdgeStartTimestamp":1700000000}\n';
    const docker = `${JSON.stringify({ log: line('10.0.0.1', 0), time: '2024-02-29T12:30:05Z' })}\n`;
    const passedOver = 'JSON that is no request of a server known here, first in line';
    const [good = ''] = files({ 'good.log': line('10.0.0.1', 0) });
    for (const [content, ...reasons] of [
      ['', 'is empty'],
      ['\n\n', 'has no request in it'],
      ['rubbish\n', 'has no request in it', '1 line of 1 line could not be read'],
      [cloudflare, 'has no request in it', `1 line of 1 line passed over: ${passedOver} 1`],
      [`\n${docker}${docker}`, 'has no request in it', `2 lines of 3 lines passed over: ${passedOver} 2`],
    ] as const) {
      const [junk = ''] = files({ 'junk.log': content });
      const both = await headgate(['simulate', good, junk, ...LIMIT, '--json']);
      expect({ code: both.code, err: both.err }).toEqual({ code: 1, err: '' });
      const alone = await headgate(['simulate', junk, ...LIMIT, '--json']);
      expect(alone.code).toBe(1);
      const [report, ofNone] = [both, alone].map(({ out }) => JSON.parse(out) as Report) as [Report, Report];
      expect([report.requests, ofNone.requests, ofNone.files.length, ofNone.policies]).toEqual([1, 0, 1, []]);
      for (const reason of reasons)
        for (const told of [report.notes.join('\n'), ofNone.notes.join('\n'), alone.err])
          expect(told).toMatch(new RegExp(`junk\\.log:? ${reason}`));
    }
  });

  it('says so where all are of one client that is no address', async () => {
    const one = (name: string) => reportOf(['-', ...LIMIT], line(name, 0) + line(name, 1));
    expect((await one('INFO - 10.0.0.1')).notes.join()).toContain('All requests are of one client, info, which is no');
    for (const address of ['10.0.0.1', '2001:db8::1']) expect((await one(address)).notes).toEqual([]);
  });

  it('ends with 2 before anything is read, where it is asked for what can not be', async () => {
    const [log = ''] = files({ log: line('10.0.0.1', 0) });
    const missing = join(emptyFolder(), 'missing', 'x');
    const cases: [readonly string[], string][] = [
      [[missing, ...LIMIT], 'there is no such file'],
      [[emptyFolder(), ...LIMIT], 'is a folder: name the files in it'],
      [[log, log, ...LIMIT], 'is named twice'],
      [[log, join(dirname(log), '.', '..', basename(dirname(log)), 'log'), ...LIMIT], 'is named twice'],
      [[log, ...LIMIT, '--html', `${log}.out`, '--decisions', `${log}.out`], 'one would overwrite the other'],
      [[log], 'give --limit and --window, or --policy'],
      [[log, '--limit', '5'], '--limit needs --window beside it'],
      [[log, '--limit', 'x', '--window', '1m'], '--limit must be a whole number of requests, got "x"'],
      [[log, '--policy', '5/1x'], '--policy, at character 3: a window like 30s'],
      [[log, '--policy', '5/1m burst=2'], "burst is for algorithm 'token-bucket', got 2"],
      [[log, '--policy', 'a=1/1m', '--policy', 'a=2/1m'], 'must have a name of its own'],
      [[log, ...LIMIT, '--key', 'nose'], '--key must be ip, user'],
      [[log, ...LIMIT, '--format', 'w3c'], "--format must be 'auto' or 'common'"],
      [[log, ...LIMIT, '--top', '-1'], '--top must be a whole number'],
      [[log, ...LIMIT, '--html', missing], `--html ${missing} can't be written: there is no such folder`],
      [[log, ...LIMIT, '--html', log], 'is one of the logs'],
      [[log, ...LIMIT, '--polcy', 'x'], "unknown option '--polcy'"],
    ];
    const ran = await Promise.all(cases.map(async ([args]) => headgate(['simulate', ...args])));
    ran.forEach(({ code, out, err }, i) => {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(cases[i]?.[1]);
    });
    expect(readFileSync(log, 'utf8')).toBe(line('10.0.0.1', 0));
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)(
    `refuses a page where it may not write${isRoot ? ' (skipped: root may write anywhere)' : ''}`,
    async () => {
      const [log = ''] = files({ log: line('10.0.0.1', 0) });
      const folder = emptyFolder();
      chmodSync(folder, 0o500);
      const { code, err } = await headgate(['simulate', log, ...LIMIT, '--html', join(folder, 'r.html')]);
      expect(code).toBe(2);
      expect(err).toContain('permission denied');
    },
  );

  it('goes on after a line with a byte that is 0, or with a time that there is none of', async () => {
    const good = Array.from({ length: 300 }, (_, i) => line('10.0.0.1', i)).join('');
    const json = (time: unknown) => `${JSON.stringify({ remote_addr: '10.0.0.1', time })}\n`;
    const bad = [
      '1.1.1.1 - - [\0\0\0\n',
      json(1e30),
      json('9'.repeat(40)),
      json(8.7e21),
      '{"remote_addr":"::1","time":1e400}\n',
    ];
    for (const each of bad) {
      const [log = ''] = files({ log: each + good });
      const report = await reportOf([log, ...LIMIT]);
      expect([report.requests, report.files[0]?.malformed]).toEqual([300, 1]);
    }
  });

  it('keeps what is in its files until there is something to write, and names of any policy', async () => {
    const [log = '', empty = '', old = ''] = files({ log: line('10.0.0.1', 0), empty: '', old: 'old' });
    const missing = join(emptyFolder(), 'missing', 'x');
    const fresh = join(emptyFolder(), 'fresh');
    expect((await headgate(['simulate', empty, ...LIMIT, '--decisions', old])).code).toBe(1);
    expect(readFileSync(old, 'utf8')).toBe('old');
    expect((await headgate(['simulate', log, ...LIMIT, '--decisions', fresh, '--html', missing])).code).toBe(2);
    expect(existsSync(fresh)).toBe(false);
    const linked = `${log}.linked`;
    linkSync(log, linked);
    expect((await headgate(['simulate', log, ...LIMIT, '--decisions', linked])).err).toContain('is one of the logs');
    await headgate(['simulate', log, '--policy', '__proto__=1/1m', '--decisions', old]);
    expect(readFileSync(old, 'utf8')).toContain('"decisions":{"__proto__":{"allowed":true');
  });

  it('says that HEADGATE_BACKEND asks for what there is none of', async () => {
    const [log = ''] = files({ log: line('10.0.0.1', 0) });
    const { code, err } = await runCli(CLI, ['simulate', log, ...LIMIT], { env: { HEADGATE_BACKEND: 'foo' } });
    expect([code, err]).toEqual([2, `headgate: HEADGATE_BACKEND must be 'auto', 'native' or 'ts', got "foo"\n`]);
  });

  it('tells two clients apart whose parts of the key read alike together', async () => {
    const of = (user: string, agent: string) =>
      `10.0.0.1 - ${user} [${commonTime(new Date(START_MS))}] "GET / HTTP/1.1" 200 1 "-" "${agent}"\n`;
    const [log = ''] = files({ log: of('a b', 'c') + of('a', 'b c') + of('a', 'b c') });
    expect(await reportOf([log, ...LIMIT, '--key', 'user+header:user-agent'])).toMatchObject({ clients: 2 });
  });

  it('holds keys of any length in little memory, and tells them apart', async () => {
    const size = 90_000;
    const clients = 2000;
    const [log = ''] = files({ log: '' });
    const out = createWriteStream(log);
    for (let i = 0; i < clients + 10; i++) {
      const agent = `${'x'.repeat(size)}${i % clients}`;
      const text = line('10.0.0.1', i / 1000).replace('"-"\n', `"${agent}"\n`);
      if (!out.write(text)) await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
    // The keys alone would take 180 MB.
    const env = { NODE_OPTIONS: '--max-old-space-size=100' };
    const args = ['simulate', log, '--limit', '1', '--window', '1m', '--key', 'header:user-agent', '--json'];
    const { code, out: printed } = await runCli(CLI, args, { env });
    rmSync(log);
    expect(code).toBe(0);
    const report = JSON.parse(printed) as Report;
    expect(report).toMatchObject({ clients, policies: [{ denied: 10 }] });
    expect(printed).toMatch(/x{64}… sha256:[0-9a-f]{64}/);
  });

  it('leaves no page behind where there was nothing to tell', async () => {
    const page = join(emptyFolder(), 'r.html');
    expect(await headgate(['simulate', ...files({ log: '' }), ...LIMIT, '--html', page])).toMatchObject({ code: 1 });
    expect(existsSync(page)).toBe(false);
  });

  it('writes nothing of strangers that a terminal would obey', async () => {
    const log = JSON.stringify({ time: START_MS, remote_addr: '10.0.0.1', user: '\u001b[2Jx\u202e' });
    const { out } = await headgate(['simulate', '-', '--limit', '0', '--window', '1m', '--key', 'user'], `${log}\n`);
    expect(out).toContain('\\u{1b}[2Jx\\u{202e}');
  });

  it('tells what it had by Ctrl-C, and ends with 130; a pipe that closes is no failure', async () => {
    const child = spawn(process.execPath, [CLI, 'simulate', '-', ...LIMIT], { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    const ended = once(child, 'exit');
    child.stdin.on('error', () => {}); // it ends before its input does
    // Fewer than are held for their order: what was read is decided all the same.
    child.stdin.write(Array.from({ length: 30_000 }, (_, i) => line('10.0.0.1', Math.floor(i / 50))).join(''), () =>
      child.kill('SIGINT'),
    );
    expect(await ended).toEqual([130, null]);
    const told = Buffer.concat(chunks).toString();
    expect(told).toContain('It was interrupted');
    expect(Number(/([\d,]+) requests?/.exec(told)?.[1]?.replaceAll(',', ''))).toBeGreaterThan(0);

    const other = spawn(process.execPath, [
      CLI,
      'simulate',
      ...files({ log: madeUpLog(500) }),
      ...LIMIT,
      '--json',
      '--top',
      '500',
    ]);
    const errors: Buffer[] = [];
    other.stderr.on('data', (chunk) => errors.push(chunk));
    other.stdout.destroy();
    expect([await once(other, 'exit'), Buffer.concat(errors).toString()]).toEqual([[0, null], '']);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe that has a name (not on Windows, which has none)', () => {
  it('is let go by Ctrl-C while its writer keeps it open, and what it had is told', async () => {
    for (const pack of [(text: string) => text, (text: string) => gzipSync(text, { level: 0 })]) {
      const pipe = join(emptyFolder(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const child = spawn(process.execPath, [CLI, 'simulate', pipe, ...LIMIT], { stdio: ['ignore', 'pipe', 'pipe'] });
      const [out, err, ended] = [text(child.stdout), text(child.stderr), once(child, 'exit')];
      const writer = createWriteStream(pipe);
      // More than a pipe holds: what has been written has been read, but for the end of it.
      writer.write(pack(madeUpLog(5000)), () => child.kill('SIGINT'));
      expect(await ended).toEqual([130, null]);
      expect(await err).toBe('');
      const told = await out;
      expect(told).toContain('It was interrupted');
      expect(told).not.toContain('could not be read');
      expect(Number(/([\d,]+) requests?/.exec(told)?.[1]?.replaceAll(',', ''))).toBeGreaterThan(1000);
      writer.on('error', () => {}).destroy();
    }
  });
});

describe('headgate', () => {
  it('has help for each command, and ends with 2 for one that there is none of', async () => {
    for (const args of [['--help'], ['simulate', '--help'], ['doctor', '--help'], ['bench', '--help']]) {
      const { code, out } = await headgate(args);
      expect({ code, begins: out.slice(0, 15) }).toEqual({ code: 0, begins: 'Usage: headgate' });
    }
    expect(await headgate(['dcotor'])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean doctor?') });
  });
});
