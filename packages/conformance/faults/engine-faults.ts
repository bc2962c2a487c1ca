import type { Fault } from './fault.js';

const PEEK = '    return this.#decision(cost <= left, state, cost, nowMs);';
const LIVE = '        if (!fixedWindow.isExpired(state, this.#policy, nowMs)) live.set(key, state);';
const TURN = '    if (nowMs - this.#turnedAtMs >= this.#policy.windowMs) this.#turn(nowMs);';
const FIRST = '    if (cost > 0) this.#young.set(key, fixedWindow.start(cost, nowMs));';
const SIZE = '    return this.#young.size + this.#aging.size - this.#inBoth;';

const replacements: readonly (readonly [name: string, find: string, replace: string])[] = [
  ['peek takes', PEEK, '    return this.#decision(this.#take(key, state, cost, nowMs), state, cost, nowMs);'],
  ['peek counts', PEEK, '    return this.#decision(cost <= left && ++this.#allowed > 0, state, cost, nowMs);'],
  [
    'peek makes an entry',
    PEEK,
    '    return this.#decision(cost <= left && !!this.#young.set(key, state ?? fixedWindow.start(0, nowMs)), state, cost, nowMs);',
  ],
  ['peek denies the last unit', PEEK, '    return this.#decision(cost < left, state, cost, nowMs);'],
  ['reset forgets nothing', 'const inYoung = this.#young.delete(key);', 'const inYoung = this.#young.has(key);'],
  ['reset leaves the aging entry', 'const inAging = this.#aging.delete(key);', 'const inAging = this.#aging.has(key);'],
  ['reset miscounts the entries in both maps', '    if (inYoung && inAging) this.#inBoth--;', ''],
  [
    'reset answers true for an unknown key',
    '    if (state === undefined) return false;',
    '    if (state === undefined) return true;',
  ],
  [
    'reset answers true for an expired key',
    '    return !fixedWindow.isExpired(state, this.#policy, nowMs);',
    '    return true;',
  ],
  ['clear forgets the statistics', '  clear(): void {', '  clear(): void {\n    this.#allowed = this.#blocked = 0;'],
  ['clear leaves the young entries', '  clear(): void {\n    this.#young = new Map();', '  clear(): void {'],
  [
    'clear leaves the aging entries',
    '    this.#young = new Map();\n    this.#aging = new Map();',
    '    this.#young = new Map();',
  ],
  ['cleanup drops live entries', LIVE, '        if (state.startMs === nowMs) live.set(key, state);'],
  [
    'cleanup drops live entries that age',
    '    for (const map of [this.#aging, this.#young]) {',
    '    for (const map of [this.#young]) {',
  ],
  ['cleanup keeps expired entries', LIVE, '        live.set(key, state);'],
  ['cleanup answers what it kept', '    return held - live.size;', '    return live.size;'],
  ['cleanup answers what it held', '    return held - live.size;', '    return held;'],
  ['statistics swap allowed and blocked', '      allowed: this.#allowed,', '      allowed: this.#blocked,'],
  [
    'statistics leave out the blocked',
    '      totalChecks: this.#allowed + this.#blocked,',
    '      totalChecks: this.#allowed,',
  ],
  ['allow does not count', '    else this.#blocked++;\n    return allowed;', '    return allowed;'],
  ['check does not count', '    else this.#blocked++;\n    return this.#decision', '    return this.#decision'],
  ['entries in both maps count twice', SIZE, '    return this.#young.size + this.#aging.size;'],
  ['entries that age are not counted', SIZE, '    return this.#young.size;'],
  ['the maps turn too early', TURN, TURN.replace('windowMs)', 'windowMs / 2)')],
  ['the maps turn at every call after a window', '    this.#turnedAtMs = nowMs;', ''],
  ['a turn drops live entries', '    this.#aging = this.#young;', '    this.#aging = new Map();'],
  [
    'a turn keeps the count of entries in both maps',
    '    this.#inBoth = 0;\n    this.#turnedAtMs',
    '    this.#turnedAtMs',
  ],
  ['entries that age are not found', '    return this.#aging.get(key);', '    return undefined;'],
  [
    'a window that starts anew goes with the aging entries',
    '    if (this.#aging.size !== 0 && cost > 0) this.#keepYoung(key, state);',
    '',
  ],
  ['a cost of 0 makes an entry', FIRST, FIRST.replace('cost > 0', 'cost >= 0')],
  ['the first call of a key is free', FIRST, ''],
  [
    'a new key admits a cost above the limit',
    '    if (cost > this.#policy.limit) return false;',
    '    if (cost > this.#policy.limit + 1) return false;',
  ],
  ['the first decision of a key is stale', 'found ?? this.#young.get(key)', 'found'],
  ['a new key that denies says not to wait', 'allowed ? 0 : Number.POSITIVE_INFINITY);', '0);'],
  [
    'the decision has what is left for the limit',
    '      allowed,\n      policy.limit,',
    '      allowed,\n      policy.limit - state.used,',
  ],
];

/** Faults in the engine. */
export const engineFaults: readonly Fault[] = replacements.map(([name, find, replace]) => ({
  name,
  file: 'map-engine.ts',
  find,
  replace,
}));
