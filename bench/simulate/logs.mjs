import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Draw } from '../keys.mjs';

const START_MS = Date.UTC(2026, 0, 5);
const EVERY_MS = 50;
const MANY = 2 ** 18;
const FIRST_WORD = /^(\S+)/;

/**
 * `find`: what the loop finds a client by, as a pattern.
 *
 * @type {Record<string, { title: string, clients: number, line: (address: number, time: Date, i: number) => string, find: RegExp, args?: string[] }>}
 */
export const LOGS = {
  few: { title: 'combined format, 1,000 clients', clients: 1_000, line: combined, find: FIRST_WORD },
  many: { title: '262,144 clients in no order', clients: MANY, line: combined, find: FIRST_WORD },
  proxied: {
    title: 'as many, behind a trusted proxy',
    clients: MANY,
    line: (address, time, i) => `${combined(1, time, i)} "${ipv4(address)}"`,
    find: /"([^"]*)"$/,
    args: ['--trust-proxy', '1'],
  },
  json: { title: 'as many, in lines of JSON', clients: MANY, line: json, find: /"remote_addr":"([^"]*)"/ },
  ipv6: {
    title: 'as many, each with an IPv6 network of its own',
    clients: MANY,
    line: (address, time, i) => rest(ipv6(address), time, i),
    find: FIRST_WORD,
  },
};

/** Writes so many lines of a log: the same ones each time. */
export async function writeLog(file, { clients, line }, lines) {
  const draw = new Draw(7);
  const out = createWriteStream(file);
  for (let i = 0; i < lines; i++) {
    const text = `${line(draw.below(clients), new Date(START_MS + i * EVERY_MS), i)}\n`;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function combined(address, time, i) {
  return rest(ipv4(address), time, i);
}

function rest(address, time, i) {
  const [, day, month, year] = time.toUTCString().split(' ');
  const clock = time.toISOString().slice(11, 19);
  return `${address} - - [${day}/${month}/${year}:${clock} +0000] "GET /a/${i % 97}?x=${i} HTTP/1.1" 200 ${i % 5000} "-" "Mozilla/5.0 (X11; Linux x86_64)"`;
}

function json(address, time, i) {
  return JSON.stringify({
    remote_addr: ipv4(address),
    time_iso8601: time.toISOString().replace(/\.\d+Z$/, '+00:00'),
    request: `GET /a/${i % 97} HTTP/1.1`,
    status: 200,
    http_user_agent: 'Mozilla/5.0',
  });
}

function ipv4(address) {
  return `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`;
}

function ipv6(address) {
  return `2001:db8:${(address >> 8).toString(16)}:${(address & 255).toString(16)}::1`;
}
