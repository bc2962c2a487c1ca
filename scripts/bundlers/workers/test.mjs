import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { threadless } from './threadless.mjs';

const OPTIONS = '{ limit: 1, windowSeconds: 60 }';
const WORKERS = {
  headgate: `import { RateLimiter } from 'headgate';
    let limiter;
    export default { fetch() { limiter ??= new RateLimiter(${OPTIONS}); return new Response(limiter.backend, { status: limiter.allow('k') ? 200 : 429 }); } };`,
  'headgate/web': `import { rateLimit } from 'headgate/web';
    export default { fetch: rateLimit(${OPTIONS})(() => new Response('hello')) };`,
  'headgate/hono': `import { Hono } from 'hono';
    import { rateLimit } from 'headgate/hono';
    export default new Hono().use(rateLimit(${OPTIONS})).get('/', (c) => c.text('hello'));`,
  'headgate/redis, on a server that is asked over HTTP': `import { RemoteRateLimiter, redis } from 'headgate/redis';
    let limiter;
    const client = { evalsha: async () => { throw new Error('NOSCRIPT'); }, eval: async () => { throw new Error('the server is gone'); } };
    const decide = async () => {
      limiter ??= new RemoteRateLimiter({ ...${OPTIONS}, engine: redis(client, { onDegraded() {} }) });
      return new Response('', { status: (await limiter.allow('k')) ? 200 : 429 });
    };
    export default { fetch: decide };`,
  'headgate/dashboard': `import { RateLimiter } from 'headgate';
    import { dashboard } from 'headgate/dashboard';
    let limiter, limits;
    export default { fetch(request) {
      limiter ??= new RateLimiter(${OPTIONS});
      limits ??= dashboard({ limiters: { api: limiter } });
      return limiter.allow('k') ? limits(request) : new Response('', { status: 429 });
    } };`,
};
/** As wrangler resolves, and as those do who bundle a worker for Node by mistake. */
const CONDITIONS = [['workerd', 'worker', 'browser'], ['node']];

for (const [name, contents] of Object.entries(WORKERS))
  for (const compatibilityFlags of [[], ['nodejs_compat']])
    for (const conditions of CONDITIONS)
      assert.deepEqual(
        await statuses(await bundled(contents, conditions), compatibilityFlags),
        [200, 429],
        `${name}, flags [${compatibilityFlags}], conditions ${conditions}`,
      );

const LAWS = `import { keepsTheLaws } from './laws.mjs';
  export default { async fetch() { return new Response(await keepsTheLaws()); } };`;
for (const flags of [[], ['nodejs_compat']])
  assert.deepEqual(
    await answers(await bundled(LAWS, CONDITIONS[0]), flags, 1),
    [[200, 'ts keeps 22 laws']],
    `flags [${flags}]`,
  );
process.exit(); // what miniflare leaves open

async function bundled(contents, conditions) {
  const stdin = { contents, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({
    stdin,
    conditions,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    plugins: [threadless],
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

async function statuses(script, compatibilityFlags) {
  return (await answers(script, compatibilityFlags, 2)).map(([status]) => status);
}

/** Status and text, to so many requests in turn. */
async function answers(script, compatibilityFlags, times) {
  const compatibilityDate = '2025-09-01';
  const worker = new Miniflare({ modules: true, script, compatibilityDate, compatibilityFlags, host: '127.0.0.1' });
  const found = [];
  for (let i = 0; i < times; i++) {
    const response = await worker.dispatchFetch('http://localhost/');
    found.push([response.status, await response.text()]);
  }
  await worker.dispose();
  return found;
}
