import { listed } from './fault.js';

/** In the TypeScript around the scripts: what travels together, whose answer it is, denials, outages, the parts of a cluster. */
export const sendingFaults = [
  ...listed('wire/batch.ts', 'turns', [
    [
      'calls of other costs are taken for alike',
      "other.kind === 'allow' && one.cost === other.cost && ",
      "other.kind === 'allow' && ",
    ],
    [
      'checks of other costs are taken for alike',
      "other.kind === 'check' && one.cost === other.cost && ",
      "other.kind === 'check' && ",
    ],
    [
      'calls go before others of their key',
      '    this.#last.set(call.key, group);',
      '    if (!this.#last.has(call.key)) this.#last.set(call.key, group);',
    ],
  ]),
  ...listed('wire/encode.ts', 'turns', [
    [
      'units beyond an estimate and below it are mistaken',
      '[beyond(call.estimate, call.actual), beyond(call.actual, call.estimate)]',
      '[beyond(call.actual, call.estimate), beyond(call.estimate, call.actual)]',
    ],
    [
      'all calls go to the first key',
      'let keyNumber = numbers.get(call.key)',
      'let keyNumber = numbers.values().next().value',
    ],
  ]),
  ...listed('engine/replies.ts', 'turns', [
    [
      'answers are read from the last call on',
      'for (const group of sent.groups)\n      rejectingWith',
      'for (const group of [...sent.groups].reverse())\n      rejectingWith',
    ],
    [
      'of calls alike the last ones are allowed',
      'each.resolve(i < allowed)',
      'each.resolve(i >= pending.length - allowed)',
    ],
    [
      'calls of one turn are counted once',
      'if (i < allowed) this.#counters.allowed++',
      'if (i === 0) this.#counters.allowed++',
    ],
  ]),
  ...listed('engine/replies.ts', 'short', [
    ['of checks alike each is told what the last one left', 'Math.max(0, allowed - 1 - i) * (cost as number)', '0'],
    ['a check that was allowed is told to wait', ', retryAfterMs: 0 }', ' }'],
  ]),
  ...listed('engine/replies.ts', 'turns', [
    ['what the short script leaves is read as an answer', 'answers.isElsewhere()', 'answers.isForeign()'],
  ]),
  ...listed('wire/answers.ts', 'turns', [
    ['what can never fit is told to wait', 'return ms === NEVER ? Number.POSITIVE_INFINITY : ms', 'return ms'],
    ['a block is not told', 'blockedMs === 0 ? own', 'blockedMs >= 0 ? own'],
    ['the first policy binds', 'waits.indexOf(Math.max(...waits))', '0'],
  ]),
  ...listed('sending/dispatcher.ts', 'turns', [
    [
      'calls beyond the most of one script call are lost',
      'at < part.length; at += MOST_GROUPS',
      'at < 1; at += MOST_GROUPS',
    ],
  ]),
  ...listed('engine/denials.ts', 'denials', [
    ['a denial outlasts its window', 'atMs + Math.min(retryAfterMs, this.#mostMs)', 'atMs + this.#mostMs'],
    [
      'a denial is remembered for as long as it lasts',
      'atMs + Math.min(retryAfterMs, this.#mostMs)',
      'atMs + retryAfterMs',
    ],
    ['a lower cost is denied too', ' || cost < (denial.cost as number)', ''],
    ['a denial that is remembered is told unchanged', 'Math.max(1, row.retryAfterMs - goneMs)', 'row.retryAfterMs'],
    [
      'no denial is remembered',
      'if (performance.now() < denial.untilMs) return denial',
      'if (performance.now() < denial.atMs) return denial',
    ],
  ]),
  ...listed('engine/redis-engine.ts', 'denials', [
    [
      'a denial outlasts a reset',
      "    this.#denials.forget(key);\n    return this.#call({ kind: 'reset'",
      "    return this.#call({ kind: 'reset'",
    ],
    [
      'a denial outlasts a refund',
      "    this.#denials.forget(key);\n    return this.#call({ kind: 'settle'",
      "    return this.#call({ kind: 'settle'",
    ],
    [
      'a denial outlasts other numbers',
      '    this.#denials.clear();\n    this.#policies = policies;',
      '    this.#policies = policies;',
    ],
  ]),
  ...listed('sending/breaker.ts', 'outages', [
    [
      'the breaker never opens',
      '|| this.#failures < FAILURES_THAT_OPEN',
      '|| this.#failures < Number.POSITIVE_INFINITY',
    ],
    ['the breaker never closes', '      () => end(() => this.#close()),', '      () => end(() => this.#probeLater()),'],
    [
      'failures with successes between open the breaker',
      '  succeeded(): void {\n    this.#failures = 0;',
      '  succeeded(): void {',
    ],
  ]),
  ...listed('engine/outage.ts', 'outages', [
    [
      'without a server each process admits the whole limit',
      'Math.max(1, Math.floor(units / this.#instances))',
      'units',
    ],
    [
      'a limit below the processes is none',
      'Math.max(1, Math.floor(units / this.#instances))',
      'Math.floor(units / this.#instances)',
    ],
    ['a decision without the server is not marked', '{ ...told, degraded: true }', '{ ...told }'],
  ]),
  ...listed('engine/remote-counters.ts', 'outages', [
    ['decisions without the server are not counted', '    this.#degraded++;\n', ''],
  ]),
  ...listed('sending/script-runner.ts', 'outages', [['a call waits for ever', '}, leftMs);', '}, 1e9);']]),
  ...listed('client/scripts.ts', 'resent', [
    [
      'a script that was flushed is an outage',
      'if (!isUnknownScript(error)) throw explained(error, this.#text);\n    }\n    return',
      'throw error;\n    }\n    return',
    ],
    ['a script that was flushed is sent with the old number', 'keys, again())', 'keys, args)'],
  ]),
  ...listed('client/slot.ts', 'slots', [['slots are counted wrongly', 'crc % SLOTS', 'crc % (SLOTS - 1)']]),
  ...listed('sending/dispatcher.ts', 'slots', [
    [
      'calls of all slots travel together',
      'if (!this.#client.isCluster) return [groups]',
      'if (groups.length > 0) return [groups]',
    ],
  ]),
  ...listed('wire/key-name.ts', 'slots', [
    ['braces choose the slot', '/[{}%!]/g', '/[%!]/g'],
    ['a percent sign is not written otherwise', '/[{}%!]/g', '/[{}!]/g'],
  ]),
  ...listed('wire/key-name.ts', [7], [['halves of pairs are all alike', '.replace(LONE, percent)', '']]),
];
