import type { Fault, Replacement } from '../fault.js';

const FRESH = '  return wordAt(words, at + USED) === 0 || nowMs - wordAt(words, at + TIME) >= terms.windowMs;';
const REMAINING =
  '  return isFresh(words, at, terms, nowMs) ? terms.limit : Math.max(0, terms.limit - wordAt(words, at + USED));';
const FITS = '  return cost <= remaining(words, at, terms, nowMs);';
const ADD = '    words[at + USED] = Math.min(wordAt(words, at + USED) + units, Number.MAX_SAFE_INTEGER);';
const RESET = '  return isFresh(words, at, terms, nowMs) ? 0 : terms.windowMs - (nowMs - wordAt(words, at + TIME));';
const RETRY = '  return fits(words, at, terms, cost, nowMs) ? 0 : resetAfterMs(words, at, terms, nowMs);';
const NEVER = '  if (cost > terms.limit) return Number.POSITIVE_INFINITY;';
const ROW_USED = '  const used = sinceMs >= windowMs ? 0 : wordAt(words, at + USED);';
const ROW_RESET = '  const resetAfterMs = used === 0 ? 0 : windowMs - sinceMs;';
const ROW_WAIT = '  const waitMs = cost > limit ? Number.POSITIVE_INFINITY : cost <= remaining ? 0 : resetAfterMs;';
const WITHIN = '  return used !== 0 && used + units <= most && reading - wordAt(words, at + TIME) < terms.windowMs;';

const fixedWindowTakings: readonly Replacement[] = [
  ['one unit too many fits', FITS, '  return cost <= remaining(words, at, terms, nowMs) + 1;'],
  ['the last unit never fits', FITS, '  return cost === 0 || cost < remaining(words, at, terms, nowMs);'],
  ['the whole limit fits at any time', FITS, '  return cost <= terms.limit;'],
  ['only a key that is full denies', FITS, '  return remaining(words, at, terms, nowMs) > 0 || cost === 0;'],
  [
    'a denied call counts',
    FITS,
    '  if (cost > remaining(words, at, terms, nowMs) && wordAt(words, at + USED) > 0) return Number.isNaN(words[at + USED]++);\n  return cost <= remaining(words, at, terms, nowMs);',
  ],
  [
    'a denied call extends the window',
    FITS,
    '  if (cost > remaining(words, at, terms, nowMs)) return Number.isNaN((words[at + TIME] = nowMs));\n  return true;',
  ],
  ['the cost is ignored', ADD, '    words[at + USED] = wordAt(words, at + USED) + 1;'],
  ['the cost is added as 32 bits', ADD, '    words[at + USED] = (wordAt(words, at + USED) + units) | 0;'],
  ['the window ends one tick early', FRESH, FRESH.replace('terms.windowMs', 'terms.windowMs - 1')],
  ['the window ends one tick late', FRESH, FRESH.replace('>=', '>')],
  ['the window ends one tick late in place', WITHIN, WITHIN.replace('< terms', '<= terms')],
  ['more than the limit fits in place', WITHIN, WITHIN.replace('used + units <=', 'used <=')],
  [
    'the window is 24.8 days at the most',
    FRESH,
    FRESH.replace('terms.windowMs', 'Math.min(terms.windowMs, 2 ** 31 - 1)'),
  ],
  ['windows are cut on the clock', '    words[at + TIME] = nowMs;', '    words[at + TIME] = nowMs - (nowMs % 1000);'],
  ['the first call of a window takes one unit', '    words[at + USED] = units;', '    words[at + USED] = 1;'],
  ['the first call of a window takes nothing', '    words[at + USED] = units;', '    words[at + USED] = 0;'],
  ['remaining is stale after the window', ROW_USED, '  const used = wordAt(words, at + USED);'],
  ['what fits is stale after the window', REMAINING, '  return Math.max(0, terms.limit - wordAt(words, at + USED));'],
  ['the reset goes below 0', ROW_RESET, '  const resetAfterMs = windowMs - sinceMs;'],
  ['the reset is a whole window away', ROW_RESET, '  const resetAfterMs = used === 0 ? 0 : windowMs;'],
  [
    'an entry is looked at again a whole window later',
    RESET,
    RESET.replace(' - (nowMs - wordAt(words, at + TIME))', ' * 8'),
  ],
  ['the wait is one tick too long', ROW_WAIT, ROW_WAIT.replace('resetAfterMs;', 'resetAfterMs + 1;')],
  ['the wait is one tick too short', ROW_WAIT, ROW_WAIT.replace('resetAfterMs;', 'resetAfterMs - 1;')],
  ['the wait of a denial is 0', ROW_WAIT, '  const waitMs = 0;'],
  ['a denial is remembered one tick too long', RETRY, `${RETRY.slice(0, -1)} + 1;`],
  [
    'a cost that never fits has a finite wait',
    ROW_WAIT,
    ROW_WAIT.replace('cost > limit ? Number.POSITIVE_INFINITY : ', ''),
  ],
  ['a cost of the whole limit never fits', ROW_WAIT, ROW_WAIT.replace('cost > limit', 'cost >= limit')],
  ['a cost that never fits binds no denial', NEVER, '  if (cost > terms.limit) return 0;'],
];

const COUNTS =
  '  if (wordAt(words, at + TIME) === taken.startMs && !isFresh(words, at, terms, nowMs))\n    words[at + USED]';
const fixedWindowRefunds: readonly Replacement[] = [
  ['a refund leaks into a later window', COUNTS, '  words[at + USED]'],
  ['a refund forgets the window', 'Math.max(0, wordAt(words, at + USED) - units)', '0'],
  [
    'a refund gives back what was not counted',
    ' || wordAt(words, at + USED) + units <= Number.MAX_SAFE_INTEGER;',
    ' || wordAt(words, at + USED) >= 0;',
  ],
  [
    'what is used beyond an estimate is cut at the limit',
    ADD,
    '    words[at + USED] = Math.min(wordAt(words, at + USED) + units, terms.limit);',
  ],
];

const DROPS = '  return (subWindow + 1) * subWindowMs - 1 + windowMs;';
const SLIDING_FITS = '  return Math.max(0, terms.limit - wordAt(words, at + USED));';
const GOES_ON = '  if (sinceStartMs >= (newest + 1) * terms.subWindowMs) return false;\n';

const slidingWindowFaults: readonly Replacement[] = [
  ['what is not counted moves the reset', '  if (counted === 0) return;\n', ''],
  [
    'a refund gives back what was not counted',
    '  return wordAt(words, at + USED) + units <= Number.MAX_SAFE_INTEGER;',
    '  return wordAt(words, at + USED) >= 0;',
  ],
  ['a sub-window drops by its first instant', DROPS, '  return subWindow * subWindowMs + windowMs;'],
  ['a sub-window drops one tick early', DROPS, '  return (subWindow + 1) * subWindowMs - 2 + windowMs;'],
  ['a sub-window drops one tick late', DROPS, '  return (subWindow + 1) * subWindowMs + windowMs;'],
  ['all of it drops with the oldest', '    used -= wordAt(words, place);', '    used = 0;'],
  ['what has dropped stays in the ring', '    words[place] = 0;', ''],
  ['one unit too many fits', SLIDING_FITS, '  return Math.max(0, terms.limit + 1 - wordAt(words, at + USED));'],
  ['a sub-window goes on for ever', GOES_ON, ''],
  ['a cost waits for the oldest units only', '  while (cost > limit - left) {', '  while (false) {'],
  ['a refund leaks into a later sub-window', '  if (!counts(words, at, terms, taken, nowMs)) return 0;', ''],
  [
    'a sub-window that was given back is waited for',
    '(used > 0 && wordAt(words, at + RING + (newest',
    '(used < 0 && wordAt(words, at + RING + (newest',
  ],
  [
    'an update moves units to the first instant of their sub-window',
    '(subWindow + 1) * from.subWindowMs - 1, sinceStartMs',
    'subWindow * from.subWindowMs, sinceStartMs',
  ],
  [
    'an update moves units beyond now',
    'Math.floor(Math.min((subWindow + 1) * from.subWindowMs - 1, sinceStartMs) / to',
    'Math.floor(((subWindow + 1) * from.subWindowMs - 1) / to',
  ],
  ['a cost waits for all units', '  while (cost > limit - left) {', '  while (left > 0) {'],
];

const DEBT = '  return debt === 0 || repaid >= debt ? 0 : debt - repaid;';
const BUCKET_FITS =
  '  return cost <= terms.burst && owed(words, at, terms, nowMs) <= (terms.burst - cost) * terms.windowMs;';

const tokenBucketFaults: readonly Replacement[] = [
  ['one tick too many fits', BUCKET_FITS, `${BUCKET_FITS.slice(0, -1)} + 1;`],
  ['the last unit of a full bucket never fits', BUCKET_FITS, BUCKET_FITS.replace('nowMs) <=', 'nowMs) <')],
  ['nothing is ever repaid', DEBT, '  return debt;'],
  ['a bucket runs over', DEBT, '  return debt - repaid;'],
  [
    'a part of a unit is lost at each call',
    DEBT,
    '  return debt === 0 || repaid >= debt ? 0 : debt - Math.floor(repaid / terms.windowMs) * terms.windowMs;',
  ],
  ['the debt is noted at no new time', 'any room\n  words[at + TIME] = nowMs;', 'any room'],
  [
    'the debt is noted at no new time in place',
    '  words[at + TIME] = nowMs;\n  words[at + USED] = debt;\n',
    '  words[at + USED] = debt;\n',
  ],
  ['a refund gives back what was repaid', 'low, debt)', 'debt)'],
  [
    'debts meet no bound that a refund would be told of',
    '  return units * terms.windowMs <= mostOwed(terms) - owed(words, at, terms, nowMs);',
    '  return true;',
  ],
  ['what is owed beyond an estimate is a bucket at most', 'MOST_BUCKETS_OWED * burst * windowMs', 'burst * windowMs'],
  ['what is owed meets no bound of whole numbers', 'Math.min(units * terms.windowMs, room)', 'units * terms.windowMs'],
  [
    'a part of a unit counts as one that is left',
    'remaining: Math.max(0, Math.floor((burst',
    'remaining: Math.max(0, Math.ceil((burst',
  ],
  ['the wait is rounded down', 'Math.ceil(missing / limit)', 'Math.floor(missing / limit)'],
  ['the reset is rounded down', 'Math.ceil(debt / limit)', 'Math.floor(debt / limit)'],
  ['the wait is for a whole bucket', '(burst - cost) * windowMs', '0'],
  ['the cap of a limit of 0 is 0', '  if (limit === 0) return Number.MAX_SAFE_INTEGER;\n', ''],
  ['at a limit of 0 a debt stays for ever', 'return sinceMs < terms.windowMs ? debt : 0;', 'return debt;'],
  ['at a limit of 0 a debt is gone at once', 'sinceMs < terms.windowMs ?', 'sinceMs < 1 ?'],
  [
    'at a limit of 0 the reset is a whole window away',
    'limit === 0 ? windowMs - (nowMs - wordAt(words, at + TIME))',
    'limit === 0 ? windowMs',
  ],
  ['a debt is rounded down by an update', ' + unit - 1n) / unit', ') / unit'],
  [
    'a debt at a limit of 0 is noted anew by each update',
    'old.limit === 0 && now.limit === 0 ? wordAt(from, was + TIME) : nowMs',
    'nowMs',
  ],
  ['a debt is kept in ticks by an update', '(debt * BigInt(now.windowMs) + unit - 1n) / unit', 'debt'],
  ['a token bucket refunds what was reserved before an update', '{ ...taken, low: 0 }', 'taken'],
];

const KEPT = '  if (isFresh(from, was, old, nowMs)) return;\n';
const fixedWindowChanges: readonly Replacement[] = [
  ['a longer window revives what is over', KEPT, ''],
  ['an update forgets what is used', KEPT, '  if (!isFresh(from, was, old, nowMs)) return;\n'],
  ['an update starts the window anew', '  to[at + TIME] = wordAt(from, was + TIME);', '  to[at + TIME] = nowMs;'],
];

const terms: readonly Replacement[] = [
  ['sub-windows are half a window', 'Math.floor(windowMs / 10)', 'Math.floor(windowMs / 2)'],
  [
    'one sub-window too few',
    'Math.floor((windowMs - 2) / subWindowMs) + 2',
    'Math.floor((windowMs - 2) / subWindowMs) + 1',
  ],
  ['the burst is the limit', '  return { ...policy,', '  return { ...policy, burst: limit,'],
];

const LISTS: readonly (readonly [file: string, faults: readonly Replacement[]])[] = [
  ['fixed-window', [...fixedWindowTakings, ...fixedWindowRefunds, ...fixedWindowChanges]],
  ['sliding-window', slidingWindowFaults],
  ['token-bucket', tokenBucketFaults],
  ['terms', terms],
];

/** Faults in the algorithms. */
export const algorithmFaults: readonly Fault[] = LISTS.flatMap(([file, faults]) =>
  faults.map(([name, find, replace]) => ({ name: `${file}: ${name}`, file: `algorithms/${file}.ts`, find, replace })),
);
