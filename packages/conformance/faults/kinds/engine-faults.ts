import { type Fault, listed, type Replacement } from '../fault.js';

const PEEK = '  const fits = blockedMs === 0 && entries.fits(slot, cost, policySet, nowMs);';
const FORESEEN = 'policySet.canEverFit(cost) && (onFull';
const DROP = '    for (const slot of this.order.all()) if (this.isFresh(slot, nowMs)) this.remove(slot);';
const LOOK = '      if (this.isFresh(slot, nowMs)) this.#forget(slot);\n      else';
const FIRST = '    if (isNone(cost)) {\n      this.#counters.allowed++;\n      return UNHELD;\n    }\n';
const ROOM = '    if (this.size >= this.#maxKeys && !makeRoom(this, nowMs)) return NONE;';
const BLOCK = '    if (entries.blockLeftMs(slot, nowMs) < ms) entries.block(slot, nowMs + ms);';
const SETTLED_LAST = '    else entries.place(slot, policySet, nowMs);\n    this.#lastDenial.clear();';

const engine: readonly Replacement[] = [
  ['reset forgets nothing', '    this.#entries.remove(slot);\n    return isLive;', '    return isLive;'],
  [
    'reset answers true for an unknown key',
    '    if (slot === undefined) return false;\n    const isLive',
    '    if (slot === undefined) return true;\n    const isLive',
  ],
  ['reset answers true for an expired key', '    return isLive;', '    return true;'],
  [
    'clear forgets the statistics',
    '    this.#entries.clear();\n',
    '    this.#entries.clear();\n    this.#counters.allowed = 0;\n',
  ],
  ['cleanup answers what it kept', '    return held - this.#entries.size;', '    return this.#entries.size;'],
  ['cleanup answers what it held', '    return held - this.#entries.size;', '    return held;'],
  [
    'an allowed call does not count',
    '    this.#counters.allowed++;\n    if (!isNone(cost) && !entries',
    '    if (!isNone(cost) && !entries',
  ],
  ['a call that is taken in place does not count', 'cost, reading);\n    this.#counters.allowed++;', 'cost, reading);'],
  [
    'a check that is taken in place does not count',
    'policySet, nowMs);\n    this.#counters.allowed++;\n    return true;\n  }\n\n  #takeOrDeny',
    'policySet, nowMs);\n    return true;\n  }\n\n  #takeOrDeny',
  ],
  ['a cost of 0 makes an entry', FIRST, ''],
  [
    'the first call of a key is free',
    '    entries.add(slot, cost, policySet, nowMs);\n    entries.append',
    '    entries.append',
  ],
  ['a block by hand is shortened', BLOCK, '    entries.block(slot, nowMs + ms);'],
  ['a block by hand is added to', BLOCK, '    entries.block(slot, nowMs + ms + entries.blockLeftMs(slot, nowMs));'],
  ['a block by hand does nothing', BLOCK, ''],
  [
    'a blocked key is let through',
    '    const isBlocked = entries.blockLeftMs(slot, nowMs) > 0;',
    '    const isBlocked = false;',
  ],
  ['a commit gives nothing back', 'beyond(estimate, actual), beyond', '0, beyond'],
  ['a commit gives the whole estimate back', 'beyond(estimate, actual), beyond', 'estimate, beyond'],
  ['what was used beyond an estimate is free', 'if (takes) entries.add', 'if (!takes) entries.add'],
  [
    'what was used beyond an estimate needs an entry that is held',
    'const isNew = held === NONE && takes;',
    'const isNew = false;',
  ],
  ['a denial that was remembered outlives a refund', SETTLED_LAST, SETTLED_LAST.slice(0, SETTLED_LAST.indexOf('\n'))],
  ['an update names the old policies', '    this.#policies = policies;\n    this.#lastDenial', '    this.#lastDenial'],
  [
    'a snapshot names the policies that were first',
    '{ policies: this.#policies, bytes',
    '{ policies: this.#spec.policies, bytes',
  ],
  ['each denial extends the block', 'const askedMs = isBlocked ? 0 : ', 'const askedMs = '],
];

const lastDenial: readonly Replacement[] = [
  ['a denial that was remembered outlives its key', ' && this.#forgotten === forgotten', ''],
  ['a denial is remembered for every cost', 'cost === this.#cost && ', ''],
  ['a denial is remembered too long', '    this.untilMs = untilMs;', '    this.untilMs = untilMs + 1;'],
  ['a denial is remembered for every key', ' && isNameOf(key, slab.nameOf(this.#slot))', ''],
];

const FIRSTS = ' || lookAtFirsts(entries, nowMs)) return true;';

const decisions: readonly Replacement[] = [
  [
    'peek takes',
    PEEK,
    '  const fits = blockedMs === 0 && entries.fits(slot, cost, policySet, nowMs) && (entries.add(slot, cost, policySet, nowMs) || true);',
  ],
  ['peek makes an entry', FORESEEN, `(nowMs > 0 && entries.enter(String(nowMs), nowMs) && false) || ${FORESEEN}`],
  ['peek sees no block', PEEK, '  const fits = entries.fits(slot, cost, policySet, nowMs);'],
  ['peek does not foresee that there is no room', ' || entries.hasRoom(nowMs))', ' || true)'],
  ['peek does not foresee a block', 'const askedMs = fits || blockedMs > 0 ?', 'const askedMs = nowMs === nowMs ?'],
];

const room: readonly Replacement[] = [
  ['what has drained keeps the rank that it had', FIRSTS, ') return true;'],
  ['a full limiter evicts nothing', '  entries.remove(victim);\n', ''],
  ['an eviction is not counted', '  entries.evictions++;', ''],
];

const counters: readonly Replacement[] = [
  ['statistics swap allowed and blocked', '      allowed: this.allowed,', '      allowed: this.#blocked,'],
  ['statistics leave out the blocked', 'totalChecks: this.allowed + this.#blocked', 'totalChecks: this.allowed'],
  ['clear forgets the denials', '      blocked: this.#blocked,', '      blocked: activeKeys > 0 ? this.#blocked : 0,'],
  [
    'a denial is counted for the first policy',
    '    this.#denied[binding] = (this.#denied[binding] as number) + 1;',
    '    this.#denied[0]++;',
  ],
  ['a denied call does not count', '    this.#blocked++;\n    this.#denied', '    this.#denied'],
  ['a full limiter admits what it should deny', "    return onFull === 'admit';", '    return true;'],
  ['a full limiter denies what it should admit', "    return onFull === 'admit';", '    return false;'],
  ['what is denied for want of room does not count', '    else this.#blocked++;\n', ''],
];

const READ_FIRST = '    const decision = this.#check(name, cost, policySet, nowMs);';
const SETTLED = '    return this.#peek(name, 0, policySet, nowMs);';

const readings: readonly Replacement[] = [
  ['a reservation reads the clock twice', READ_FIRST, READ_FIRST.replace('policySet, nowMs', 'policySet, this.#now()')],
  ['a settlement reads the clock twice', SETTLED, '    return this.peek(key, 0);'],
  [
    'an update takes the new policies before it reads the clock',
    '    this.#entries.change(policies, this.#now());',
    '    this.#policies = policies;\n    this.#entries.change(policies, this.#now());',
  ],
];

const CHANGE = '      this.policySet.change(from, words, at, this.slab.words, this.slab.at(slot), nowMs);\n';

const entries: readonly Replacement[] = [
  ['clear leaves the entries', '    this.#keys = new KeyMap();\n    this.#blocks', '    this.#blocks'],
  ['clear leaves the count of entries', '    this.size = 0;\n', ''],
  [
    'clear leaves the blocks',
    '    this.#start(this.policySet);\n',
    '    const blocks = this.#blocks;\n    this.#start(this.policySet);\n    this.#blocks = blocks;\n    this.slab.setMarks(0, BLOCKED);\n',
  ],
  ['cleanup drops live entries', DROP, DROP.replace('if (this.isFresh(slot, nowMs)) ', '')],
  ['cleanup keeps expired entries', DROP, '    this.order.all();'],
  ['reclaiming drops live entries', LOOK, '      if (nowMs === nowMs) this.#forget(slot);\n      else'],
  ['entries exceed maxKeys', ROOM, ''],
  ['entries exceed maxKeys by one', ROOM, ROOM.replace('>=', '>')],
  [
    'a restored limiter forgets its blocks',
    '    for (const [slot, untilMs] of blocks) this.block(slot, untilMs);\n',
    '',
  ],
  ['an update forgets the blocks', '      if (blocks.has(was)) this.block(slot, blocks.get(was) as number);\n', ''],
  ['an update forgets what is reserved', '      if (open !== undefined) this.#reopen(slot, open);\n', ''],
  ['an update changes no entry', CHANGE, ''],
  ['a blocked key is fresh with its window', 'return this.blockLeftMs(slot, nowMs) === 0 && ', 'return '],
  ['a blocked key is evicted', 'const rank = blockedMs > 0 ? PROTECTED_RANK : ', 'const rank = '],
  [
    'a block ends one tick early',
    '(this.#blocks.get(slot) ?? 0) - nowMs)',
    '(this.#blocks.get(slot) ?? 0) - nowMs - 1)',
  ],
];

const slab: readonly Replacement[] = [
  [
    'a slot keeps what the key before it had used',
    '    for (let at = slot * this.#stride; at < end; at++) this.words[at] = 0;\n',
    '',
  ],
  ['a larger slab forgets what it held', '    words.set(this.words);\n', ''],
];

const ORDER_PASS = 'for (let past = Math.max(this.#slot, slot - SLOTS); past < slot; past++)';
const evictionOrderFaults: readonly Replacement[] = [
  ['what was protected stands before what has expired', '~(rank === PROTECTED_RANK ? PASSED : EXPIRED)', '~PASSED'],
  ['no slot ever passes', ORDER_PASS, 'for (let past = slot; past < slot; past++)'],
  ['the protected entries may go', 'rank < PROTECTED_RANK; rank++', 'rank <= PROTECTED_RANK; rank++'],
];

/** Faults in the engine, in what it holds, and in the order of eviction. */
export const engineFaults: readonly Fault[] = [
  ...listed('engine/map-engine.ts', engine),
  ...listed('engine/map-engine.ts', readings),
  ...listed('engine/decisions.ts', decisions),
  ...listed('engine/room.ts', room),
  ...listed('engine/last-denial.ts', lastDenial),
  ...listed('engine/counters.ts', counters),
  ...listed('engine/entries.ts', entries),
  ...listed('memory/slab.ts', slab),
  ...listed('engine/eviction-order.ts', evictionOrderFaults),
];
