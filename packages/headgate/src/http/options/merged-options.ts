import { LIMITER_OPTIONS, POLICY_OPTIONS } from './limiter-options.js';
import type { HttpOptions } from './options.js';

type Shared = Pick<HttpOptions<unknown>, 'shared'>;
type Name = keyof HttpOptions<unknown>;

/** What an option takes the place of, beside the one of its own name: two of these say the same, or don't go together. */
const REPLACED: { readonly [N in Name]?: readonly Name[] } = {
  limit: ['limits', 'limiter'],
  limits: [...POLICY_OPTIONS, 'limiter'],
  limiter: LIMITER_OPTIONS,
  windowSeconds: ['windowMs'],
  windowMs: ['windowSeconds'],
  blockForSeconds: ['blockForMs'],
  blockForMs: ['blockForSeconds'],
};

/**
 * Options with others over them, for limiters of `where`: a shared name goes on with it, so that these are counted
 * apart in all threads.
 */
export function mergedOptions<O extends Shared>(options: O, overrides: O, where: string): O {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  const replaced = new Set(given.flatMap(([name]) => REPLACED[name as Name] ?? []));
  const kept = Object.entries(options).filter(([name]) => !replaced.has(name as Name));
  const merged = Object.fromEntries([...kept, ...given]) as O;
  if (merged.shared === undefined || overrides.shared !== undefined) return merged;
  return { ...merged, shared: `${merged.shared} ${where}` };
}
