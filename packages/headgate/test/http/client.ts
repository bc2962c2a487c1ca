import { once } from 'node:events';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { HANG_MS } from '../hang.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** No connection is kept, so that a server that closes has none to wait for. */
const agent = new Agent({ keepAlive: false });

export async function get(url: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
  const asked = request(url, { agent, headers, method, timeout: HANG_MS });
  asked.on('timeout', () => asked.destroy(new Error(`${method} ${url}: no answer within ${HANG_MS} ms`)));
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The statuses of so many requests, one after the other. */
export async function statuses(url: string, count: number, headers: OutgoingHttpHeaders = {}): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await get(url, headers)).status);
  return seen;
}

/** Sends a request, and goes away once `gone` resolves. */
export async function leave(url: string, gone: Promise<unknown>): Promise<void> {
  const asked = request(url, { agent });
  asked.on('error', () => {}); // going away is an error for who goes
  asked.end();
  await gone;
  asked.destroy();
}
