import { FRAMEWORKS } from './frameworks.mjs';

/** No window ends while it is measured. */
const WINDOW_MS = 3_600_000;
const ENDLESS = 1_000_000_000;

/**
 * What is asked of each framework: the same server with another limiter before its handlers, or with none.
 * `path`: which handler is asked for; `/` answers a short text, `/order` does a little work.
 *
 * @type {Record<string, { limiter?: 'headgate' | 'peer', backend?: string, limit?: number, path: string,
 *   status: number }>}
 */
export const VARIANTS = {
  none: { path: '/', status: 200 },
  native: { limiter: 'headgate', backend: 'native', path: '/', status: 200 },
  ts: { limiter: 'headgate', backend: 'ts', path: '/', status: 200 },
  peer: { limiter: 'peer', path: '/', status: 200 },
  blocked: { limiter: 'headgate', backend: 'auto', limit: 1, path: '/order', status: 429 },
  handler: { path: '/order', status: 200 },
};

export const LIMITED = Object.keys(VARIANTS).filter((variant) => VARIANTS[variant].limiter !== undefined);

/** The numbers of a variant's limiter while it is measured. */
export function measuredNumbers(framework, variant) {
  const { limiter, limit = ENDLESS } = VARIANTS[variant];
  const { peerWindowMs = WINDOW_MS } = FRAMEWORKS[framework];
  return { limit, windowMs: limiter === 'peer' ? peerWindowMs : WINDOW_MS };
}
