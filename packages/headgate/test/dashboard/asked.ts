import { type ManualClock as Clock, ManualClock, RateLimiter } from '@headgate/core-ts';
import { dashboard } from '../../src/dashboard/dashboard.js';

export const URL_OF_IT = 'http://localhost/admin/limits';
export const OWN = { 'x-headgate': 'dashboard', 'content-type': 'application/json' };

export function made(): { page: ReturnType<typeof dashboard>; api: RateLimiter; login: RateLimiter; clock: Clock } {
  const clock = new ManualClock();
  const api = new RateLimiter({ limit: 2, windowSeconds: 60, track: true, clock });
  const login = new RateLimiter({ name: 'attempts', limit: 5, windowSeconds: 60, clock });
  return { page: dashboard({ limiters: { api, login } }), api, login, clock };
}

export function headersOf(response: Response): Record<string, string> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name] = value;
  });
  return headers;
}

export function post(what: string, body: unknown): Request {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return new Request(`${URL_OF_IT}?headgate=${what}`, {
    method: 'POST',
    headers: OWN,
    ...(text !== undefined && { body: text }),
  });
}
