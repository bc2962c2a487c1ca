import type { Fault } from './fault.js';

const FITS = '  if (cost > policy.limit - state.used) return false;';
const EXPIRED = '  return nowMs - state.startMs >= policy.windowMs;';
const REMAINING = '  return isExpired(state, policy, nowMs) ? policy.limit : policy.limit - state.used;';
const RESET = '  return isExpired(state, policy, nowMs) ? 0 : policy.windowMs - (nowMs - state.startMs);';
const RETRY = '  return cost > policy.limit ? Number.POSITIVE_INFINITY : resetAfterMs(state, policy, nowMs);';
const ADD = '  state.used += cost;';

const replacements: readonly (readonly [name: string, find: string, replace: string])[] = [
  ['one unit too many fits', FITS, '  if (cost > policy.limit + 1 - state.used) return false;'],
  ['the last unit never fits', FITS, '  if (cost >= policy.limit - state.used) return false;'],
  ['the whole limit fits at any time', FITS, '  if (cost > policy.limit) return false;'],
  ['only a key that is full denies', FITS, '  if (state.used >= policy.limit) return false;'],
  ['a denied call counts', FITS, '  if (cost > policy.limit - state.used) return Number.isNaN(state.used++);'],
  [
    'a denied call uses up the rest',
    FITS,
    '  if (cost > policy.limit - state.used) return Number.isNaN((state.used = policy.limit));',
  ],
  [
    'a denied call extends the window',
    FITS,
    '  if (cost > policy.limit - state.used) return Number.isNaN((state.startMs = nowMs));',
  ],
  ['an allowed call extends the window', ADD, '  state.used += cost + 0 * (state.startMs = nowMs);'],
  ['the cost is ignored', ADD, '  state.used += 1;'],
  ['the cost is added as 32 bits', ADD, '  state.used = (state.used + cost) | 0;'],
  ['the window ends one tick early', EXPIRED, '  return nowMs - state.startMs >= policy.windowMs - 1;'],
  ['the window ends one tick late', EXPIRED, '  return nowMs - state.startMs > policy.windowMs;'],
  [
    'the window is 24.8 days at the most',
    EXPIRED,
    '  return nowMs - state.startMs >= Math.min(policy.windowMs, 2 ** 31 - 1);',
  ],
  ['windows are cut on the clock, not at the first unit', 'return { startMs: ', 'return { startMs: -(nowMs % 1000) + '],
  ['the first call of a key takes one unit', 'used: cost };', 'used: 1 };'],
  [
    'the next window starts at the end of the last',
    '    state.startMs = ',
    '    state.startMs += policy.windowMs + 0 * ',
  ],
  ['the first call of the next window takes nothing', '    state.used = cost;', '    state.used = 0;'],
  ['a cost of 0 starts the next window', '  if (cost > 0) {', '  if (cost >= 0) {'],
  ['the next window admits a cost above the limit', '  if (cost > policy.limit) return false;', ''],
  ['remaining is stale after the window', REMAINING, '  return policy.limit - state.used;'],
  [
    'remaining goes below 0',
    REMAINING,
    '  return isExpired(state, policy, nowMs) ? policy.limit : policy.limit - state.used - 1;',
  ],
  ['the reset goes below 0', RESET, '  return policy.windowMs - (nowMs - state.startMs);'],
  [
    'the reset is a whole window away at any time',
    RESET,
    '  return isExpired(state, policy, nowMs) ? 0 : policy.windowMs;',
  ],
  ['the wait is one tick too long', RETRY, `${RETRY.slice(0, -1)} + 1;`],
  ['the wait is one tick too short', RETRY, `${RETRY.slice(0, -1)} - 1;`],
  ['the wait of a denial is 0', RETRY, '  return cost > policy.limit ? Number.POSITIVE_INFINITY : 0;'],
  ['a cost that never fits has a finite wait', RETRY, '  return resetAfterMs(state, policy, nowMs);'],
  ['a cost of the whole limit never fits', RETRY, RETRY.replace('cost > policy', 'cost >= policy')],
];

/** Faults in the algorithm. */
export const algorithmFaults: readonly Fault[] = replacements.map(([name, find, replace]) => ({
  name,
  file: 'algorithms/fixed-window.ts',
  find,
  replace,
}));
