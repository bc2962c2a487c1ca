import type { Fault } from '../fault.js';

type Replacement = readonly [name: string, find: string, replace: string];

const PEEK = '    const fits = blockedMs === 0 && ledger.fits(entry, cost, nowMs);';
const FORESEEN = 'ledger.canEverFit(cost) && (this.#spec.onFull';
const DROP = 'if (this.ledger.isFresh(entry, nowMs)) this.forget(entry);\n  }';
const LOOK = '      if (this.ledger.isFresh(entry, nowMs)) this.forget(entry);\n      else';
const FIRST = '    if (isNone(cost)) {\n      this.#allowed++;\n      return this.#nobody;\n    }\n';
const ROOM = '    if (this.size >= this.#maxKeys && !this.#makeRoom(nowMs)) return undefined;';
const CLEAR = '    this.#keys = new KeyMap();\n    this.size';
const BLOCK = '    if (blockLeftMs(entry, nowMs) < ms) entry.more().blockedUntilMs = nowMs + ms;';

const engine: readonly Replacement[] = [
  ['peek takes', PEEK, '    const fits = this.#take(entry, cost, ledger, nowMs);'],
  ['peek counts', PEEK, `${PEEK.slice(0, -1)} && ++this.#allowed > 0;`],
  ['peek makes an entry', FORESEEN, `this.#entries.enter(key, nowMs) !== undefined && ${FORESEEN}`],
  ['peek sees no block', PEEK, '    const fits = ledger.fits(entry, cost, nowMs);'],
  ['peek does not foresee that there is no room', ' || this.#entries.hasRoom(nowMs))', ' || true)'],
  ['peek does not foresee a block', 'const askedMs = fits || blockedMs > 0 ?', 'const askedMs = nowMs === nowMs ?'],
  ['reset forgets nothing', '    this.#entries.forget(entry);\n    return !', '    return !'],
  [
    'reset answers true for an unknown key',
    '    if (entry === undefined) return false;\n    this.#entries.forget',
    '    if (entry === undefined) return true;\n    this.#entries.forget',
  ],
  ['reset answers true for an expired key', '    return !this.#ledger.isFresh(entry, nowMs);', '    return true;'],
  [
    'clear forgets the statistics',
    '    this.#entries.clear();\n',
    '    this.#entries.clear();\n    this.#allowed = this.#blocked = 0;\n',
  ],
  ['cleanup answers what it kept', '    return held - this.#entries.size;', '    return this.#entries.size;'],
  ['cleanup answers what it held', '    return held - this.#entries.size;', '    return held;'],
  ['statistics swap allowed and blocked', '      allowed: this.#allowed,', '      allowed: this.#blocked,'],
  ['statistics leave out the blocked', 'totalChecks: this.#allowed + this.#blocked', 'totalChecks: this.#allowed'],
  [
    'a denial is counted for the first policy',
    '    this.#denied[binding] = (this.#denied[binding] as number) + 1;',
    '    this.#denied[0]++;',
  ],
  [
    'an allowed call does not count',
    '    this.#allowed++;\n    if (!isNone(cost) && (ledger',
    '    if (!isNone(cost) && (ledger',
  ],
  ['a denied call does not count', '    this.#blocked++;\n    this.#denied', '    this.#denied'],
  ['a cost of 0 makes an entry', FIRST, ''],
  ['the first call of a key is free', '    ledger.add(entry, cost, nowMs);\n', ''],
  ['a denial that was remembered outlives its key', ' && this.#deniedEntry.list >= 0', ''],
  ['a denial is remembered for every cost', 'cost === this.#deniedCost && ', ''],
  ['a denial is remembered for ever', ' && nowMs < this.#deniedUntilMs', ''],
  ['a full limiter admits what it should deny', "this.#spec.onFull === 'admit') {", "this.#spec.onFull !== 'off') {"],
  ['a full limiter denies what it should admit', "this.#spec.onFull === 'admit') {", "this.#spec.onFull === 'off') {"],
  [
    'what is denied for want of room does not count',
    '    this.#blocked++;\n    return undefined;',
    '    return undefined;',
  ],
  ['a block by hand is shortened', BLOCK, '    entry.more().blockedUntilMs = nowMs + ms;'],
  ['a block by hand is added to', BLOCK, '    entry.more().blockedUntilMs = nowMs + ms + blockLeftMs(entry, nowMs);'],
  ['a block by hand does nothing', BLOCK, ''],
  [
    'a blocked key is let through',
    '    const blocked = entry.extra !== undefined && blockLeftMs(entry, nowMs) > 0;',
    '    const blocked = false;',
  ],
  ['a commit gives nothing back', 'beyond(estimate, actual), beyond', '0, beyond'],
  ['a commit gives the whole estimate back', 'beyond(estimate, actual), beyond', 'estimate, beyond'],
  ['what was used beyond an estimate is free', 'if (takes) ledger.add', 'if (!takes) ledger.add'],
  [
    'what was used beyond an estimate needs an entry that is held',
    'takes ? (held ?? this.#entries.enter(name, nowMs)) : held',
    'held',
  ],
  [
    'a denial that was remembered outlives a refund',
    'else this.#entries.place(entry, nowMs, false, ledger);\n    this.#deniedEntry = this.#nobody;',
    'else this.#entries.place(entry, nowMs, false, ledger);',
  ],
  [
    'the old numbers decide after an update',
    '    this.#ledger = this.#entries.ledger;\n    this.#policies = policies;',
    '    this.#policies = policies;',
  ],
  [
    'a denial that was remembered outlives an update',
    '    this.#policies = policies;\n    this.#deniedEntry = this.#nobody;',
    '    this.#policies = policies;',
  ],
  [
    'a snapshot names the policies that were first',
    '{ policies: this.#policies, bytes',
    '{ policies: this.#spec.policies, bytes',
  ],
  ['each denial extends the block', 'const askedMs = blocked ? 0 : ', 'const askedMs = '],
];

const READ_FIRST = '    const decision = this.#check(name, cost, ledger, nowMs);';
const SETTLED = '    return this.#peek(name, 0, ledger, nowMs);';

const readings: readonly Replacement[] = [
  ['a reservation reads the clock twice', READ_FIRST, READ_FIRST.replace('ledger, nowMs', 'ledger, this.#now()')],
  ['a settlement reads the clock twice', SETTLED, '    return this.peek(key, 0);'],
  [
    'an update takes the new policies before it reads the clock',
    '    this.#entries.change(policies, this.#now());',
    '    this.#policies = policies;\n    this.#entries.change(policies, this.#now());',
  ],
];

const FIRSTS = ' || this.#lookAtFirsts(nowMs)) return true;';

const entries: readonly Replacement[] = [
  ['what has drained keeps the rank that it had', FIRSTS, ') return true;'],
  ['clear leaves the entries', CLEAR, CLEAR.slice(CLEAR.indexOf('\n') + 1)],
  ['clear leaves the count of entries', '    this.size = 0;\n', ''],
  ['cleanup drops live entries', DROP, DROP.replace('if (this.ledger.isFresh(entry, nowMs)) ', '')],
  ['cleanup keeps expired entries', DROP, 'this.ledger.isFresh(entry, nowMs);\n  }'],
  ['reclaiming drops live entries', LOOK, '      if (nowMs === nowMs) this.forget(entry);\n      else'],
  ['entries exceed maxKeys', ROOM, ''],
  ['entries exceed maxKeys by one', ROOM, ROOM.replace('>=', '>')],
  ['a full limiter evicts nothing', '    this.forget(victim);\n', ''],
  [
    'a restored limiter keeps what it had',
    '    this.clear();\n    this.#keys = entries;',
    '    for (const entry of this.#keys) entries.add(entry);\n    this.clear();\n    this.#keys = entries;',
  ],
  ['an update changes no entry', '      this.ledger.change(entry, from, nowMs);\n', ''],
  [
    'an update drops the entries',
    '      this.ledger.change(entry, from, nowMs);\n',
    '      this.forget(entry);\n      continue;\n',
  ],
  ['an eviction is not counted', '    this.evictions++;', ''],
];

const entryBytes: readonly Replacement[] = [
  ['a snapshot has times as they are', '    writer.f64(nowMs - startMs);', '    writer.f64(startMs);'],
  ['a snapshot forgets blocks', '  writer.f64(blockLeftMs(entry, nowMs));', '  writer.f64(0);'],
  [
    'a snapshot forgets the second policy',
    'statesOf(entry).forEach((state, i) => {\n    const',
    'statesOf(entry).forEach((state, i) => {\n    if (i > 0) state = { startMs: nowMs, used: 0, parts: undefined };\n    const',
  ],
];

const snapshots: readonly Replacement[] = [
  ['a snapshot is not checked', 'if (end < 0 || new ByteReader', 'if (end < 0 && new ByteReader'],
];

const RANK = 'while (rank < PROTECTED_RANK && !this';
const FITS_LOOP = '      if (!calls.fits(stateOf(entry, i), terms, unitsOf(cost, i), nowMs)) return false;';
const ADD_LOOP = '      calls.add(state, terms, own, nowMs);';

const ledger: readonly Replacement[] = [
  ['a taking leaves a key in the slot in which it would have expired', 'calls !== fixedWindow || startMs', 'startMs'],
  ['a bucket stays in a slot before it is repaid', ' && used <= (afterMs + grainMs) * limit', ''],
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
  ['a key that is over its limit is evicted', RANK, RANK.replace('PROTECTED_RANK', 'PROTECTED_RANK - 1')],
  [
    'a key that has used most is evicted',
    '    return rank;\n',
    '    return rank < PROTECTED_RANK ? PROTECTED_RANK - 1 - rank : rank;\n',
  ],
  [
    'the key is fresh when one policy is',
    'this.rules.every((_, i) => this.isFreshBy',
    'this.rules.some((_, i) => this.isFreshBy',
  ],
  [
    'a key that calls with lower limits took from is forgotten by the own rate',
    '    if (used === 0 || startMs < this.#keptFromMs) return 0;',
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
    '    const ledger = new Ledger(by);',
    '    const ledger = this;',
  ],
  ['a cost that can never fit blocks', ' || !this.canEverFit(cost)', ''],
  ['the shortest block is started', 'if (terms.blockForMs <= askedMs ||', 'if (askedMs > 0 ||'],
  [
    'a policy that does not deny blocks',
    ' || calls.fits(stateOf(entry, i), terms, unitsOf(cost, i), nowMs)) continue;',
    ') continue;',
  ],
  ['a block ends one tick early', 'Math.max(0, blockedUntilMs - nowMs)', 'Math.max(0, blockedUntilMs - nowMs - 1)'],
];

const GIVE = '      if (given > 0) for (const each of since) each.low -= given;\n';

const reservations: readonly Replacement[] = [
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
    'for (let i = 0; i < rules.length; i++) {\n      const own',
    'for (let i = 0; i < 1; i++) {\n      const own',
  ],
];

const ORDER_PASS = 'for (let past = Math.max(this.#slot, slot - SLOTS); past < slot; past++)';
const order: readonly Replacement[] = [
  [
    'what was protected stands before what has expired',
    'spliceBefore(rank === PROTECTED_RANK ? this.#passed : this.#expired, head)',
    'spliceBefore(this.#passed, head)',
  ],
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
  ...listed('engine/map-engine.ts', engine),
  ...listed('engine/map-engine.ts', readings),
  ...listed('engine/entries.ts', entries),
  ...listed('engine/policy-set.ts', ledger),
  ...listed('snapshot/entry-bytes.ts', entryBytes),
  ...listed('snapshot/snapshot.ts', snapshots),
  ...listed('engine/reservations.ts', reservations),
  ...listed('engine/eviction-order.ts', order),
];
