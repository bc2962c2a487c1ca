import { FRAMEWORKS } from './frameworks.mjs';

/** No window ends while it is measured. */
const WINDOW_MS = 3_600_000;
const ENDLESS = 1_000_000_000;

/**
 * What is asked of each framework: the same server with another limiter before its handler, or with none.
 * `path`: which handler is asked for; `/` answers a short text, `/order` does a little work.
 *
 * @type {Record<string, { limiter?: 'headgate' | 'peer', backend?: string, limit?: number, path?: string,
 *   status?: number }>}
 */
export const VARIANTS = {
  none: {},
  native: { limiter: 'headgate', backend: 'native' },
  ts: { limiter: 'headgate', backend: 'ts' },
  peer: { limiter: 'peer' },
  blocked: { limiter: 'headgate', backend: 'auto', limit: 1, path: '/order', status: 429 },
  handler: { path: '/order' },
};

export const LIMITED = Object.keys(VARIANTS).filter((name) => VARIANTS[name].limiter !== undefined);

/** The options of a variant's limiter as it is measured; those of a peer are translated by its server. */
export function measuredOptions(framework, variant) {
  const { limiter, limit = ENDLESS } = VARIANTS[variant];
  const { peerWindowMs = WINDOW_MS } = FRAMEWORKS[framework];
  return { limit, windowMs: limiter === 'peer' ? peerWindowMs : WINDOW_MS };
}
