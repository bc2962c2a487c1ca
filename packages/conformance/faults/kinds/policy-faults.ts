import { type Fault, listed, type Replacement } from '../fault.js';

const entryBytes: readonly Replacement[] = [
  [
    'a snapshot has times as they are',
    'isFresh ? 0 : nowMs - wordAt(words, at + offset + TIME)',
    'isFresh ? 0 : wordAt(words, at + offset + TIME)',
  ],
  ['a snapshot forgets blocks', '  writer.f64(blockedMs);', '  writer.f64(0);'],
  ['a snapshot forgets the second policy', 'const isFresh = policySet', 'const isFresh = i > 0 || policySet'],
];

const snapshotFaults: readonly Replacement[] = [
  ['a snapshot is not checked', 'if (end < 0 || new ByteReader', 'if (end < 0 && new ByteReader'],
];

const RANK = 'while (rank < PROTECTED_RANK && !this';
const FITS_LOOP = '      if (!algorithm.fits(words, at + offset, terms, unitsOf(cost, i), nowMs)) return false;';
const ADD_LOOP = '      algorithm.add(words, state, terms, own, nowMs);';

const policySet: readonly Replacement[] = [
  [
    'a taking leaves a key in the slot in which it would have expired',
    'algorithm !== fixedWindow.calls || startMs',
    'startMs',
  ],
  ['only the first policy denies', FITS_LOOP, FITS_LOOP.replace('!algorithm', 'i === 0 && !algorithm')],
  [
    'only the last policy denies',
    FITS_LOOP,
    FITS_LOOP.replace('!algorithm', 'i === this.policies.length - 1 && !algorithm'),
  ],
  ['only the first policy is charged', ADD_LOOP, ADD_LOOP.replace('algorithm.add', 'if (i === 0) algorithm.add')],
  [
    'the policies before the one that denies are charged',
    FITS_LOOP,
    `${FITS_LOOP}\n      if (this.policies.length > 1 && cost > 0 && i < this.policies.length - 1) algorithm.add(words, at + offset, terms, 1, nowMs);`,
  ],
  ['the shortest wait binds', 'waits.indexOf(Math.max(...waits))', 'waits.indexOf(Math.min(...waits))'],
  [
    'a denied row waits for the longest',
    'allowed ? tightest(shown) : this.binding(words, at, cost, nowMs));',
    'allowed ? tightest(shown) : this.binding(words, at, cost, nowMs)) && decision(allowed, shown.map((row) => ({ ...row, retryAfterMs: allowed ? 0 : Math.max(...shown.map((each) => each.retryAfterMs)) })), allowed ? tightest(shown) : this.binding(words, at, cost, nowMs));',
  ],
  ['a blocked key has units left', 'return { name, limit, remaining: 0,', 'return { name, limit, remaining: 1,'],
  ['a key that is over its limit is evicted', RANK, RANK.replace('PROTECTED_RANK', 'PROTECTED_RANK - 1')],
  [
    'a key that has used most is evicted',
    '    return rank;\n',
    '    return rank < PROTECTED_RANK ? PROTECTED_RANK - 1 - rank : rank;\n',
  ],
  [
    'the key is fresh when one policy is',
    'this.policies.every((_, i) => this.isFreshBy',
    'this.policies.some((_, i) => this.isFreshBy',
  ],
  [
    'a key that calls with lower limits took from is forgotten by the own rate',
    '    if (words[state + USED] === 0 || startMs < this.#keptFromMs) return 0;',
    '    if (startMs !== Number.POSITIVE_INFINITY) return 0;',
  ],
  [
    'what was taken by the own limits is held as long',
    'startMs < this.#keptFromMs',
    'startMs > this.#keptFromMs + Number.MAX_SAFE_INTEGER',
  ],
  [
    'each policy is charged what the first one is',
    '      const own = unitsOf(units, i);',
    '      const own = unitsOf(units, 0);',
  ],
  [
    'a call by a limit of its own is decided by the engine’s',
    '    const policySet = new PolicySet(by);',
    '    const policySet = this;',
  ],
  ['a cost that can never fit blocks', ' || !this.canEverFit(cost)', ''],
  ['the shortest block is started', 'if (terms.blockForMs <= askedMs)', 'if (askedMs > 0)'],
  [
    'a policy that does not deny blocks',
    '      if (!algorithm.fits(words, at + offset, terms, unitsOf(cost, i), nowMs)) askedMs = terms.blockForMs;',
    '      askedMs = terms.blockForMs;',
  ],
];

const ONE_WINDOW =
  'terms, units, most, reading)) return false;\n    words[at + USED] = wordAt(words, at + USED) + units;';

const takeInPlace: readonly Replacement[] = [
  ['the cost is ignored in place', ONE_WINDOW, ONE_WINDOW.replace('+ units', '+ 1')],
  ['an allowed call extends the window', ONE_WINDOW, `${ONE_WINDOW} words[at] = reading;`],
  [
    'a bucket is charged in place untold to what is reserved',
    'if (units === 0 || slab.marks(slot) !== 0 ||',
    'if (units === 0 ||',
  ],
  [
    'of several windows those before the one that denies are charged in place',
    'rankBounds[rank] as number, reading))\n        return false;',
    'rankBounds[rank] as number, reading))\n        return false;\n      if (i === 0) words[at + offset + USED]++;',
  ],
  [
    'of several windows only the first is asked in place',
    '      if (!fixedWindow.canAddWithin(',
    '      if (i === 0 && !fixedWindow.canAddWithin(',
  ],
  ['a bucket stays in a slot before it is repaid', 'Math.min(most, (afterMs + order.grainMs) * limit)', 'most'],
];

const GIVE = '      if (given > 0) for (const each of since) each.low -= given;\n';

const reservationFaults: readonly Replacement[] = [
  ['a refund forgets what was owed in between', 'const low = since.map(', 'const low = since.slice(0, 1).map('],
  ['one too many of a key is open', 'this.#list.length > MOST_OPEN_OF_KEY', 'this.#list.length > MOST_OPEN_OF_KEY + 1'],
  ['one of a key falls out too early', 'this.#list.length > MOST_OPEN_OF_KEY', 'this.#list.length >= MOST_OPEN_OF_KEY'],
  ['the newest of a key falls out', 'this.#list.shift()?.number', 'this.#list.pop()?.number'],

  ['a refund is owed by the later reservations too', GIVE, ''],
  [
    'what was owed is forgotten with the reservation',
    '    if (before === undefined || dropped === undefined) return;',
    '    if (dropped !== before) return;',
  ],
  [
    'a taking is not told to the reservation before it',
    '    if (newest === undefined) return;',
    '    if (newest !== this.#list[-1]) return;',
  ],
  [
    'only the first policy is refunded',
    'for (let i = 0; i < policies.length; i++) {\n      const own',
    'for (let i = 0; i < 1; i++) {\n      const own',
  ],
];

/** Faults in what all policies say of one entry, in what is reserved of it, and in its bytes. */
export const policyFaults: readonly Fault[] = [
  ...listed('engine/policy-set.ts', policySet),
  ...listed('engine/take-in-place.ts', takeInPlace),
  ...listed('snapshot/entry-bytes.ts', entryBytes),
  ...listed('snapshot/snapshot.ts', snapshotFaults),
  ...listed('engine/reservations.ts', reservationFaults),
];
