import type { LimiterOptions } from './options.js';

type Name = keyof LimiterOptions<unknown>;

const WINDOW_OPTIONS = [
  'windowSeconds',
  'windowMs',
  'algorithm',
  'burst',
  'blockForSeconds',
  'blockForMs',
] satisfies Name[];

/** What says one policy; in their place, `limits` says several. */
export const POLICY_OPTIONS = ['name', 'limit', ...WINDOW_OPTIONS] satisfies Name[];

/** What a limiter is made of. Of those that don't go beside `limiter`, an error names the first one of this order. */
export const LIMITER_OPTIONS = [
  'name',
  'limit',
  'limits',
  ...WINDOW_OPTIONS,
  'backend',
  'maxKeys',
  'onFull',
  'track',
  'clock',
  'shared',
] satisfies Name[];
