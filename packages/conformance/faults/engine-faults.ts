import type { Fault } from './fault.js';

type Replacement = readonly [name: string, find: string, replace: string];

const PEEK = '    const fits = blockedMs === 0 && this.#ledger.fits(entry, cost, nowMs);';
const FORESEEN = 'this.#ledger.canEverFit(cost) && (this.#spec.onFull';
const DROP = 'if (this.#ledger.isFresh(entry, nowMs)) this.#forget(entry);\n    return held';
const LOOK = '      if (this.#ledger.isFresh(entry, nowMs)) this.#forget(entry);\n      else';
const FIRST = '    const entry = cost === 0 ? this.#nobody : this.#enter(key, nowMs);';
const ROOM = '    if (this.#size >= this.#spec.maxKeys && !this.#makeRoom(nowMs)) return undefined;';
const BLOCK = '    if (blockLeftMs(entry, nowMs) < ms) entry.blockedUntilMs = nowMs + ms;';

const engine: readonly Replacement[] = [
  ['peek takes', PEEK, '    const fits = this.#take(entry, cost, nowMs);'],
  ['peek counts', PEEK, `${PEEK.slice(0, -1)} && ++this.#allowed > 0;`],
  ['peek makes an entry', FORESEEN, `this.#enter(key, nowMs) !== undefined && ${FORESEEN}`],
  ['peek sees no block', PEEK, '    const fits = this.#ledger.fits(entry, cost, nowMs);'],
  ['peek does not foresee that there is no room', 'this.#hasRoom(cost, nowMs))', 'true)'],
  ['peek does not foresee a block', 'const askedMs = fits || blockedMs > 0 ?', 'const askedMs = nowMs === nowMs ?'],
  ['reset forgets nothing', '    this.#forget(entry);\n    return !', '    return !'],
  [
    'reset answers true for an unknown key',
    '    if (entry === undefined) return false;\n    this.#forget',
    '    if (entry === undefined) return true;\n    this.#forget',
  ],
  ['reset answers true for an expired key', '    return !this.#ledger.isFresh(entry, nowMs);', '    return true;'],
  [
    'clear forgets the statistics',
    '    this.#keys = new KeyMap();\n',
    '    this.#keys = new KeyMap();\n    this.#allowed = this.#blocked = 0;\n',
  ],
  ['clear leaves the entries', '    this.#keys = new KeyMap();\n', ''],
  ['clear leaves the count of entries', '    this.#size = 0;\n', ''],
  ['cleanup drops live entries', DROP, DROP.replace('if (this.#ledger.isFresh(entry, nowMs)) ', '')],
  ['cleanup keeps expired entries', DROP, 'this.#ledger.isFresh(entry, nowMs);\n    return held'],
  ['cleanup answers what it kept', '    return held - this.#size;', '    return this.#size;'],
  ['cleanup answers what it held', '    return held - this.#size;', '    return held;'],
  ['statistics swap allowed and blocked', '      allowed: this.#allowed,', '      allowed: this.#blocked,'],
  ['statistics leave out the blocked', 'totalChecks: this.#allowed + this.#blocked', 'totalChecks: this.#allowed'],
  [
    'a denial is counted for the first policy',
    '    this.#denied[binding] = (this.#denied[binding] as number) + 1;',
    '    this.#denied[0]++;',
  ],
  ['an allowed call does not count', '    this.#allowed++;\n    if (cost > 0 && this', '    if (cost > 0 && this'],
  ['a denied call does not count', '    this.#blocked++;\n    this.#denied', '    this.#denied'],
  ['reclaiming drops live entries', LOOK, '      if (nowMs === nowMs) this.#forget(entry);\n      else'],
  ['a cost of 0 makes an entry', FIRST, '    const entry = this.#enter(key, nowMs);'],
  [
    'a cost of 0 is placed',
    '    if (cost > 0) {\n      this.#ledger.add(entry',
    '    if (cost >= 0) {\n      this.#ledger.add(entry',
  ],
  ['the first call of a key is free', '      this.#ledger.add(entry, cost, nowMs);\n', ''],
  [
    'a denial that was remembered outlives its key',
    '    this.#deniedKey = undefined;\n    this.#order',
    '    this.#order',
  ],
  ['a denial is remembered for every cost', 'cost === this.#deniedCost && ', ''],
  ['a denial is remembered for ever', ' && nowMs < this.#deniedUntilMs', ''],
  ['entries exceed maxKeys', ROOM, ''],
  ['entries exceed maxKeys by one', ROOM, ROOM.replace('>=', '>')],
  ['a full limiter evicts nothing', '    this.#forget(victim);\n', ''],
  ['an eviction is not counted', '    this.#evictions++;', ''],
  ['a full limiter admits what it should deny', "this.#spec.onFull === 'admit') {", "this.#spec.onFull !== 'off') {"],
  ['a full limiter denies what it should admit', "this.#spec.onFull === 'admit') {", "this.#spec.onFull === 'off') {"],
  [
    'what is denied for want of room does not count',
    '    this.#blocked++;\n    return undefined;',
    '    return undefined;',
  ],
  ['a block by hand is shortened', BLOCK, '    entry.blockedUntilMs = nowMs + ms;'],
  ['a block by hand is added to', BLOCK, '    entry.blockedUntilMs = nowMs + ms + blockLeftMs(entry, nowMs);'],
  ['a block by hand does nothing', BLOCK, ''],
  [
    'a blocked key is let through',
    '    const blocked = entry.blockedUntilMs !== undefined && blockLeftMs(entry, nowMs) > 0;',
    '    const blocked = false;',
  ],
  ['each denial extends the block', 'const askedMs = blocked ? 0 : ', 'const askedMs = '],
];

const RANK = '      if (left === 0) return PROTECTED_RANK;\n';
const FITS_LOOP = '      if (!calls.fits(stateOf(entry, i), terms, cost, nowMs)) return false;';
const ADD_LOOP = '      calls.add(stateOf(entry, i), terms, units, nowMs);';

const ledger: readonly Replacement[] = [
  ['only the first policy denies', FITS_LOOP, FITS_LOOP.replace('!calls', 'i === 0 && !calls')],
  ['only the last policy denies', FITS_LOOP, FITS_LOOP.replace('!calls', 'i === this.rules.length - 1 && !calls')],
  ['only the first policy is charged', ADD_LOOP, ADD_LOOP.replace('calls.add', 'if (i === 0) calls.add')],
  [
    'the policies before the one that denies are charged',
    FITS_LOOP,
    `${FITS_LOOP}\n      if (this.rules.length > 1 && cost > 0 && i < this.rules.length - 1) calls.add(stateOf(entry, i), terms, 1, nowMs);`,
  ],
  ['the shortest wait binds', 'waits.indexOf(Math.max(...waits))', 'waits.indexOf(Math.min(...waits))'],
  [
    'a denied row waits for the longest',
    '        retryAfterMs: allowed ? 0 : Math.max(blockedMs, own),',
    '        retryAfterMs: allowed ? 0 : Math.max(blockedMs, own, this.rules.length > 1 ? 1 : 0),',
  ],
  ['a blocked key has units left', 'blockedMs > 0 ? 0 : calls.remaining', 'calls.remaining'],
  ['a blocked key is fresh with its window', '    if (blockLeftMs(entry, nowMs) > 0) return false;', ''],
  ['a blocked key is evicted', '    if (blockLeftMs(entry, nowMs) > 0) return PROTECTED_RANK;', ''],
  ['a key that is over its limit is evicted', RANK, ''],
  ['a key that has used most is evicted', 'return highest;', 'return PROTECTED_RANK - 1 - highest;'],
  [
    'the key is fresh when one policy is',
    'this.rules.every(({ calls, terms }, i) => calls.isFresh',
    'this.rules.some(({ calls, terms }, i) => calls.isFresh',
  ],
  ['a cost that can never fit blocks', ' || !this.canEverFit(cost)', ''],
  ['the shortest block is started', 'if (terms.blockForMs <= askedMs ||', 'if (askedMs > 0 ||'],
  [
    'a policy that does not deny blocks',
    ' || calls.fits(stateOf(entry, i), terms, cost, nowMs)) continue;',
    ') continue;',
  ],
  ['a block ends one tick early', 'Math.max(0, blockedUntilMs - nowMs)', 'Math.max(0, blockedUntilMs - nowMs - 1)'],
];

const ORDER_PASS = 'for (let past = Math.max(this.#slot, slot - SLOTS); past < slot; past++)';
const order: readonly Replacement[] = [
  ['no slot ever passes', ORDER_PASS, 'for (let past = slot; past < slot; past++)'],
  ['the protected entries may go', 'rank < PROTECTED_RANK; rank++', 'rank <= PROTECTED_RANK; rank++'],
  [
    'an entry that leaves its list stays linked',
    '  remove(entry: Entry): void {\n    unlink(entry);',
    '  remove(_entry: Entry): void {',
  ],
];

function listed(file: string, faults: readonly Replacement[]): Fault[] {
  return faults.map(([name, find, replace]) => ({ name, file, find, replace }));
}

/** Faults in the engine, in what it asks of several policies, and in the order of eviction. */
export const engineFaults: readonly Fault[] = [
  ...listed('map-engine.ts', engine),
  ...listed('ledger.ts', ledger),
  ...listed('eviction-order.ts', order),
];
