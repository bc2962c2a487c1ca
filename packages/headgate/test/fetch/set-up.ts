import { ManualClock } from '@headgate/core-ts';
import { createFetch } from '../../src/fetch/create-fetch.js';
import type { FetchOptions } from '../../src/fetch/fetch-options.js';

export const API = 'https://api.example.com/';

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Where the call was redirected to. */
  url?: string;
}

/** What the fake server answers to its call of this number, from 0. */
export type Answers = (call: number, url: string) => Answer | Error;

interface Sent {
  readonly url: string;
  readonly atMs: number;
}

/** A fetch by a clock that stands still, over a server that answers `tookMs` later. */
export function setUp(options: FetchOptions, answers: Answers = () => ({}), tookMs = 0) {
  const clock = new ManualClock();
  const sent: Sent[] = [];
  const fake = async (input: string | URL | Request): Promise<Response> => {
    const url = String(input instanceof Request ? input.url : input);
    const answer = answers(sent.push({ url, atMs: clock.now() }) - 1, url);
    if (tookMs > 0) await new Promise<void>((resolve) => clock.after(tookMs, resolve));
    if (answer instanceof Error) throw answer;
    const response = new Response('body', { status: answer.status ?? 200, headers: answer.headers ?? {} });
    if (answer.url === undefined) return response;
    return Object.defineProperties(response, { redirected: { value: true }, url: { value: answer.url } });
  };
  const fetch = createFetch({ ...options, clock, fetch: fake });
  const pass = async (ms: number, stepMs = 1) => {
    await settled();
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      await settled();
    }
  };
  return { clock, fetch, sent, pass, times: () => sent.map(({ atMs }) => atMs) };
}

/** All that needs no time has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
