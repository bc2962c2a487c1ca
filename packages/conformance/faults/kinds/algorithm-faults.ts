import type { Fault } from '../fault.js';

type Replacement = readonly [name: string, find: string, replace: string];

const FRESH = '  return state.used === 0 || nowMs - state.startMs >= terms.windowMs;';
const REMAINING = '  return isFresh(state, terms, nowMs) ? terms.limit : Math.max(0, terms.limit - state.used);';
const FITS = '  return cost <= remaining(state, terms, nowMs);';
const ADD = '    state.used = Math.min(state.used + units, Number.MAX_SAFE_INTEGER);';
const RESET = '  return isFresh(state, terms, nowMs) ? 0 : terms.windowMs - (nowMs - state.startMs);';
const RETRY = '  return fits(state, terms, cost, nowMs) ? 0 : resetAfterMs(state, terms, nowMs);';
const NEVER = '  if (cost > terms.limit) return Number.POSITIVE_INFINITY;';

const fixedWindow: readonly Replacement[] = [
  ['one unit too many fits', FITS, '  return cost <= remaining(state, terms, nowMs) + 1;'],
  ['the last unit never fits', FITS, '  return cost === 0 || cost < remaining(state, terms, nowMs);'],
  ['the whole limit fits at any time', FITS, '  return cost <= terms.limit;'],
  ['only a key that is full denies', FITS, '  return remaining(state, terms, nowMs) > 0 || cost === 0;'],
  [
    'a denied call counts',
    FITS,
    '  if (cost > remaining(state, terms, nowMs) && state.used > 0) return Number.isNaN(state.used++);\n  return cost <= remaining(state, terms, nowMs);',
  ],
  [
    'a denied call extends the window',
    FITS,
    '  if (cost > remaining(state, terms, nowMs)) return Number.isNaN((state.startMs = nowMs));\n  return true;',
  ],
  ['an allowed call extends the window', ADD, '    state.used += units + 0 * (state.startMs = nowMs);'],
  ['the cost is ignored', ADD, '    state.used += 1;'],
  ['the cost is added as 32 bits', ADD, '    state.used = (state.used + units) | 0;'],
  ['the window ends one tick early', FRESH, FRESH.replace('terms.windowMs', 'terms.windowMs - 1')],
  ['the window ends one tick late', FRESH, FRESH.replace('>=', '>')],
  [
    'the window is 24.8 days at the most',
    FRESH,
    FRESH.replace('terms.windowMs', 'Math.min(terms.windowMs, 2 ** 31 - 1)'),
  ],
  ['windows are cut on the clock', '    state.startMs = nowMs;', '    state.startMs = nowMs - (nowMs % 1000);'],
  ['the first call of a window takes one unit', '    state.used = units;', '    state.used = 1;'],
  ['the first call of a window takes nothing', '    state.used = units;', '    state.used = 0;'],
  ['remaining is stale after the window', REMAINING, '  return Math.max(0, terms.limit - state.used);'],
  ['the reset goes below 0', RESET, '  return terms.windowMs - (nowMs - state.startMs);'],
  ['the reset is a whole window away', RESET, '  return isFresh(state, terms, nowMs) ? 0 : terms.windowMs;'],
  ['the wait is one tick too long', RETRY, `${RETRY.slice(0, -1)} + 1;`],
  ['the wait is one tick too short', RETRY, `${RETRY.slice(0, -1)} - 1;`],
  ['the wait of a denial is 0', RETRY, '  return 0;'],
  ['a cost that never fits has a finite wait', NEVER, ''],
  ['a cost of the whole limit never fits', NEVER, NEVER.replace('>', '>=')],
];

const COUNTS = '  if (state.startMs === startMs && !isFresh(state, terms, nowMs)) state.used';
const fixedWindowRefunds: readonly Replacement[] = [
  ['a refund leaks into a later window', COUNTS, '  state.used'],
  ['a refund forgets the window', 'Math.max(0, state.used - units)', '0'],
  [
    'a refund gives back what was not counted',
    ' || state.used + units <= Number.MAX_SAFE_INTEGER;',
    ' || state.used >= 0;',
  ],
  [
    'what is used beyond an estimate is cut at the limit',
    ADD,
    '    state.used = Math.min(state.used + units, terms.limit);',
  ],
];

const DROPS = '  return (sub + 1) * subMs - 1 + windowMs;';
const SLIDING_FITS = '  return Math.max(0, terms.limit - state.used);';

const slidingWindow: readonly Replacement[] = [
  ['what is not counted moves the reset', '  if (counted === 0) return;\n', ''],
  [
    'a refund gives back what was not counted',
    '  return state.used + units <= Number.MAX_SAFE_INTEGER;',
    '  return state.used >= 0;',
  ],
  ['a sub-window drops by its first instant', DROPS, '  return sub * subMs + windowMs;'],
  ['a sub-window drops one tick early', DROPS, '  return (sub + 1) * subMs - 2 + windowMs;'],
  ['a sub-window drops one tick late', DROPS, '  return (sub + 1) * subMs + windowMs;'],
  ['all of it drops with the oldest', '    state.used -= at(parts, sub % subs);', '    state.used = 0;'],
  ['what has dropped stays in the ring', '    parts[sub % subs] = 0;', ''],
  ['one unit too many fits', SLIDING_FITS, '  return Math.max(0, terms.limit + 1 - state.used);'],
  ['a cost waits for the oldest units only', '  while (cost > limit - left) {', '  while (false) {'],
  ['a refund leaks into a later sub-window', '  if (!counts(state, terms, taken, nowMs)) return 0;', ''],
  [
    'a sub-window that was given back is waited for',
    '(state.used > 0 && at(parts, newest',
    '(state.used < 0 && at(parts, newest',
  ],
  [
    'an update moves units to the first instant of their sub-window',
    '(sub + 1) * from.subMs - 1, sinceStartMs',
    'sub * from.subMs, sinceStartMs',
  ],
  [
    'an update moves units beyond now',
    'Math.floor(Math.min((sub + 1) * from.subMs - 1, sinceStartMs) / to',
    'Math.floor(((sub + 1) * from.subMs - 1) / to',
  ],
  ['an update leaves a ring of the old length', '  state.parts = parts;\n  if (state.used', '  if (state.used'],
  ['a cost waits for all units', '  while (cost > limit - left) {', '  while (left > 0) {'],
];

const DEBT = '  return state.used === 0 || repaid >= state.used ? 0 : state.used - repaid;';
const BUCKET_FITS =
  '  return cost <= terms.burst && owed(state, terms, nowMs) <= (terms.burst - cost) * terms.windowMs;';

const tokenBucket: readonly Replacement[] = [
  ['one tick too many fits', BUCKET_FITS, `${BUCKET_FITS.slice(0, -1)} + 1;`],
  ['the last unit of a full bucket never fits', BUCKET_FITS, BUCKET_FITS.replace('nowMs) <=', 'nowMs) <')],
  ['nothing is ever repaid', DEBT, '  return state.used;'],
  ['a bucket runs over', DEBT, '  return state.used - repaid;'],
  [
    'a part of a unit is lost at each call',
    DEBT,
    '  return state.used === 0 || repaid >= state.used ? 0 : state.used - Math.floor(repaid / terms.windowMs) * terms.windowMs;',
  ],
  ['the debt is noted at no new time', 'any room\n  state.startMs = nowMs;', 'any room'],
  ['a refund gives back what was repaid', 'low, debt)', 'debt)'],
  [
    'debts meet no bound that a refund would be told of',
    '  return units * terms.windowMs <= mostOwed(terms) - owed(state, terms, nowMs);',
    '  return true;',
  ],
  ['what is owed beyond an estimate is a bucket at most', 'MOST_BUCKETS_OWED * burst * windowMs', 'burst * windowMs'],
  ['what is owed meets no bound of whole numbers', 'Math.min(units * terms.windowMs, room)', 'units * terms.windowMs'],
  ['a part of a unit counts as one that is left', 'Math.floor((burst', 'Math.ceil((burst'],
  ['the wait is rounded down', 'Math.ceil(missing / limit)', 'Math.floor(missing / limit)'],
  ['the reset is rounded down', 'Math.ceil(debt / terms.limit)', 'Math.floor(debt / terms.limit)'],
  ['the wait is for a whole bucket', '(burst - cost) * windowMs', '0'],
  ['the cap of a limit of 0 is 0', '  if (limit === 0) return Number.MAX_SAFE_INTEGER;\n', ''],
  ['at a limit of 0 a debt stays for ever', 'return sinceMs < terms.windowMs ? state.used : 0;', 'return state.used;'],
  ['at a limit of 0 a debt is gone at once', 'sinceMs < terms.windowMs ?', 'sinceMs < 1 ?'],
  ['at a limit of 0 the reset is a whole window away', 'terms.windowMs - (nowMs - state.startMs)', 'terms.windowMs'],
  ['a debt is rounded down by an update', ' + unit - 1n) / unit', ') / unit'],
  ['a debt at a limit of 0 is noted anew by each update', 'if (from.limit !== 0 || to.limit !== 0) state', 'state'],
  ['a debt is kept in ticks by an update', '(debt * BigInt(to.windowMs) + unit - 1n) / unit', 'debt'],
  ['a token bucket refunds what was reserved before an update', '{ ...taken, low: 0 }', 'taken'],
];

const KEPT = '  if (isFresh(state, from, nowMs)) state.used = 0;';
const fixedWindowChanges: readonly Replacement[] = [
  ['a longer window revives what is over', KEPT, ''],
  ['an update forgets what is used', KEPT, '  if (!isFresh(state, from, nowMs)) state.used = 0;'],
  ['an update starts the window anew', KEPT, `${KEPT}\n  state.startMs = nowMs;`],
];

const terms: readonly Replacement[] = [
  ['sub-windows are half a window', 'Math.floor(windowMs / 10)', 'Math.floor(windowMs / 2)'],
  ['one sub-window too few', 'Math.floor((windowMs - 2) / subMs) + 2', 'Math.floor((windowMs - 2) / subMs) + 1'],
  ['the burst is the limit', '  return { ...policy,', '  return { ...policy, burst: limit,'],
];

const LISTS: readonly (readonly [file: string, faults: readonly Replacement[]])[] = [
  ['fixed-window', [...fixedWindow, ...fixedWindowRefunds, ...fixedWindowChanges]],
  ['sliding-window', slidingWindow],
  ['token-bucket', tokenBucket],
  ['terms', terms],
];

/** Faults in the algorithms. */
export const algorithmFaults: readonly Fault[] = LISTS.flatMap(([file, faults]) =>
  faults.map(([name, find, replace]) => ({ name: `${file}: ${name}`, file: `algorithms/${file}.ts`, find, replace })),
);
