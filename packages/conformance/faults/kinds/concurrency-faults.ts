import type { Fault } from '../fault.js';

const EXCHANGE = '      if (Atomics.compareExchange(cells, used, here, here + cost) !== here) continue;';
/** Makes a race as wide as a slow machine would: what chance alone shows must not decide whether a test passes. */
const DAWDLE = '      for (let spins = 0; spins < 20_000; spins++) Atomics.load(cells, used);';

const replacements: readonly (readonly [name: string, find: string, replace: string])[] = [
  [
    'each thread counts for itself',
    "new Int32Array(getEnvironmentData('shared-engine'))",
    "new Int32Array(getEnvironmentData('shared-engine').byteLength / 4)",
  ],
  ['the count is read and then written', EXCHANGE, `${DAWDLE} cells[used] = here + cost;`],
  ['the count is checked and then added to', EXCHANGE, `${DAWDLE} Atomics.add(cells, used, cost);`],
  ['all threads and names share one count', "3 * Number(shared.split('#')[1]) + cell", 'cell'],
  [
    'the statistics lose blocked calls',
    '    Atomics.add(cells, blocked, 1);',
    `    const seen = Atomics.load(cells, blocked);\n${DAWDLE}\n    cells[blocked] = seen + 1;`,
  ],
  [
    'whoever comes first makes the count anew',
    '  function allow(_key, cost) {',
    '  cells[used] = 0;\n  function allow(_key, cost) {',
  ],
  ['one unit too many fits under threads', 'here + cost <= limit', 'here + cost <= limit + 1'],
];

/** Faults in an engine that threads share, which law 11 alone can see. */
export const concurrencyFaults: readonly Fault[] = replacements.map(([name, find, replace]) => ({
  name,
  file: 'shared-engine.mjs',
  find,
  replace,
}));
