/**
 * What is imported, and decides once; `names` from `from`. Least first: what no package with subpaths can do without, in
 * one of one line.
 *
 * @type {Record<string, { title: string, from?: string, names?: string, decide?: string, isNative?: boolean, target?: number }>}
 */
export const CANDIDATES = {
  empty: { title: 'an empty script' },
  line: { title: 'a package of one line', from: 'one-line', names: 'one', decide: 'one()' },
  clock: { title: 'one that reads `performance.now()`', from: 'one-line', names: 'now', decide: 'now()' },
  binary: {
    title: 'one that opens our binary as well',
    from: 'one-line',
    names: 'open',
    decide: 'open()',
    isNative: true,
  },
  ts: {
    title: '`headgate/ts`',
    from: 'headgate/ts',
    names: 'RateLimiter',
    decide: "new RateLimiter({ limit: 1, windowMs: 60_000 }).allow('k')",
    target: 3,
  },
  native: {
    title: '`headgate`, native',
    from: 'headgate',
    names: 'RateLimiter',
    decide: "new RateLimiter({ limit: 1, windowMs: 60_000, backend: 'native' }).allow('k')",
    isNative: true,
    target: 5,
  },
  flexible: {
    title: 'rate-limiter-flexible',
    from: 'rate-limiter-flexible',
    names: 'RateLimiterMemory',
    decide: "decided = new RateLimiterMemory({ points: 1, duration: 60 }).consume('k')",
  },
  express: {
    title: 'express-rate-limit, its store',
    from: 'express-rate-limit',
    names: 'MemoryStore',
    decide: "const store = new MemoryStore(); store.init({ windowMs: 60_000 }); decided = store.increment('k')",
  },
  limiter: {
    title: 'limiter',
    from: 'limiter',
    names: 'RateLimiter',
    decide: 'new RateLimiter({ tokensPerInterval: 1, interval: 60_000 }).tryRemoveTokens(1)',
  },
};

/** The files of the package of one line. `platform`: of the binary. */
export const oneLine = (platform) => ({
  'package.json': '{ "name": "one-line", "exports": { ".": "./index.cjs" } }',
  'index.cjs': `exports.one = () => 1;
exports.now = () => performance.now();
exports.open = () => [performance.now(), require('@headgate/core-native-${platform}')];
`,
});

/**
 * Each candidate as a script of both kinds, which prints the milliseconds that the processor was busy for it. What is
 * `decided` as a promise is waited for.
 */
export function scriptsOf({ from, names, decide }) {
  const tell = 'const { user, system } = process.cpuUsage();\n  console.log((user + system) / 1000);\n';
  if (from === undefined) return { mjs: tell, cjs: tell };
  const decides = `let decided;\n${decide};\nPromise.resolve(decided).then(() => {\n  ${tell}});\n`;
  return {
    mjs: `import { ${names} } from '${from}';\n${decides}`,
    cjs: `const { ${names} } = require('${from}');\n${decides}`,
  };
}
