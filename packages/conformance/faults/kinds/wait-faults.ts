import { type Fault, listed, type Replacement } from '../fault.js';

const JOINED = 'const ahead = this.#ahead(key, policies, nowMs);';
const SECOND_WINDOW = 'BigInt(left) - 1n) / BigInt(limit);';
const PRESSED = 'Math.min(nowMs + decision.retryAfterMs, queue.pressedMs)';

const waitingFaults: readonly Replacement[] = [
  [
    'whoever comes takes what those ahead wait for',
    JOINED,
    JOINED.replace('=', '= this.#engine.peek(key, units).allowed ? undefined :'),
  ],
  [
    'somebody overtakes between two turns',
    JOINED,
    'const all = this.#ahead(key, policies, nowMs);\n      const ahead = all && this.#turns.has(all) ? undefined : all;',
  ],
  [
    'a wait takes a denied call',
    'const decision = foreseen.allowed ? waiter.take() : foreseen;',
    'const decision = waiter.take();',
  ],
  ['the place of one who left is not filled', '        if (isFirst) this.#look(queue);\n', ''],
  ['a wait is longer than it may be', 'retryAfterMs > maxWaitMs)', 'maxWaitMs < 0)'],
  ['one behind others is late unseen', PRESSED, 'nowMs + decision.retryAfterMs'],
  [
    'one in front waits past its time',
    'return retryAfterMs !== Number.POSITIVE_INFINITY && nowMs + retryAfterMs <= untilMs;',
    'return true;',
  ],
  ['one who can never fit stays', 'if (queue.fitsAll(policies)) return true;', 'return true;'],
  [
    'whoever stands behind one who can never fit goes too',
    'if (canEverFit(waiter.units, waiter.by?.() ?? policies)) continue;',
    '',
  ],
];

const queue: readonly Replacement[] = [
  ['the last one to come is the first to be served', '    return this.#first;', '    return this.#last;'],
  ['the units of those who left count', '    this.#count(waiter, -1n);\n', ''],
  [
    'the largest cost is measured no more',
    '    for (let waiter = this.#first; waiter !== undefined; waiter = waiter.behind) this.#measure(waiter);\n',
    '',
  ],
  ['the largest cost is the last one', 'Math.max(most[i] ?? most[0] ?? 0, unitsOf(units, i))', 'unitsOf(units, i)'],
  ['one behind others waits longer than it may', 'this.pressedMs <= nowMs', 'this.pressedMs < 0'],
  [
    'a timer is left behind',
    '    this.#cancelTimer?.();\n    this.#cancelTimer = undefined;',
    '    this.#cancelTimer = undefined;',
  ],
];

const deadlines: readonly Replacement[] = [
  ['the earliest deadline is the one that came last', '    return this.#heap[0];', '    return this.#heap.at(-1);'],
];

const foresight: readonly Replacement[] = [
  ['the second window is foreseen a window too early', SECOND_WINDOW, `${SECOND_WINDOW.slice(0, -1)} - 1n;`],
  ['the second window is foreseen a window too late', SECOND_WINDOW, 'BigInt(left)) / BigInt(limit);'],
  ['what is left of a blocked window is foreseen as nothing', ' : limit - 1;', ' : 0;'],
  [
    'a token bucket is foreseen to refill by whole windows',
    '* BigInt(windowMs)) / BigInt(limit)',
    '/ BigInt(limit)) * BigInt(windowMs)',
  ],
  [
    'a token bucket is foreseen to be full twice',
    '((units - BigInt(burst)) * BigInt(windowMs))',
    '(units * BigInt(windowMs))',
  ],
  [
    'a sliding window is foreseen a window too late',
    '  const windows = (units - 1n) / BigInt(limit);',
    '  const windows = units / BigInt(limit);',
  ],
  ['the wait is foreseen by the shortest of several', 'Math.max(...waits)', 'Math.min(...waits) + 1'],
];

const turns: readonly Replacement[] = [
  [
    'a queue that spent the turn is left',
    'if (!this.#work.go(item, this.#step)) this.#items.add(item);',
    'this.#work.go(item, this.#step);',
  ],
  ['a turn is the last one', '    else this.#goOnLater();', ''],
];

const limiter: readonly Replacement[] = [
  [
    'nobody is looked at after an update',
    'update(changePolicies(this.policies, change));\n    this.#waiting?.lookAgain();',
    'update(changePolicies(this.policies, change));',
  ],
  ['nobody is looked at after a block', '    this.#waiting?.lookAgain(key);\n    return blocks;', '    return blocks;'],
  ['nobody is looked at after a reset', '    this.#waiting?.lookAgain(key);\n    return live;', '    return live;'],
  [
    'nobody is looked at after a clear',
    '    this.#engine.clear();\n    this.#waiting?.lookAgain();',
    '    this.#engine.clear();',
  ],
];

const clock: readonly Replacement[] = [
  ['the next one is served a tick late', 'behindMs ?? 0), LONGEST', 'behindMs ?? 0) + 1, LONGEST'],
];

/** Faults of those who wait. */
export const waitFaults: readonly Fault[] = [
  ...listed('limiter/waiting/waiting.ts', waitingFaults),
  ...listed('limiter/waiting/wait-queue.ts', queue),
  ...listed('limiter/waiting/deadlines.ts', deadlines),
  ...listed('limiter/waiting/wait-foresight.ts', foresight),
  ...listed('limiter/waiting/turns.ts', turns),
  ...listed('limiter/rate-limiter.ts', limiter),
  ...listed('clock/wait-clock.ts', clock),
];
