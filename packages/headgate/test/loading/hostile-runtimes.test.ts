import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HANG_MS, install, run, temporary } from './installed.js';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const subpaths = Object.keys(exports)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => `headgate${subpath.slice(1)}`);

const throws = "throw new Error('A Node.js API is used which is not supported in the Edge Runtime.')";

/** What a runtime may have in the place of Node's own, before anything is imported. */
const RUNTIMES = {
  'getBuiltinModule throws': `process.getBuiltinModule = () => { ${throws} };`,
  'getBuiltinModule is undefined': 'process.getBuiltinModule = undefined;',
  'getBuiltinModule answers undefined': 'process.getBuiltinModule = () => undefined;',
  'getBuiltinModule answers null': 'process.getBuiltinModule = () => null;',
  'getBuiltinModule answers {}': 'process.getBuiltinModule = () => ({});',
  'the getter of getBuiltinModule throws': `Object.defineProperty(process, 'getBuiltinModule', { get() { ${throws} } });`,
  'there is no process': 'delete globalThis.process;',
  'the getter of process throws': `Object.defineProperty(globalThis, 'process', { get() { ${throws} } });`,
  'the getters of env, platform, report and dlopen throw': `
    globalThis.process = Object.create(process, Object.fromEntries(
      ['env', 'platform', 'report', 'dlopen'].map((name) => [name, { get() { ${throws} } }])));`,
  'the getter of navigator throws': `Object.defineProperty(globalThis, 'navigator', { get() { ${throws} } });`,
};

/** Uses what a subpath exports as an application does at its start. */
const USE = `
const two = { limit: 1, windowSeconds: 60, address: () => '192.0.2.1' };
const once = async (name, exported) => {
  const { RateLimiter, backends, rateLimit } = exported;
  if (RateLimiter !== undefined) {
    const limiter = new RateLimiter({ limit: 1, windowSeconds: 60 });
    if (limiter.allow('k') !== true || limiter.allow('k') !== false) throw new Error('wrong');
    if (backends !== undefined && backends().length !== 2) throw new Error('no reasons');
  }
  if (name === 'headgate/web') {
    const handler = rateLimit({ ...two, key: 'apiKey' })(() => new Response('x'));
    const statuses = [];
    for (let i = 0; i < 2; i++) statuses.push((await handler(new Request('http://x/', { headers: { 'x-api-key': 'a' } }))).status);
    if (statuses.join() !== '200,429') throw new Error(statuses.join());
  } else if (name === 'headgate/hono') rateLimit(two);
  else if (['headgate/express', 'headgate/koa', 'headgate/node'].includes(name)) rateLimit({ limit: 1, windowSeconds: 60 });
};`;

describe('a runtime that has less than Node', { timeout: HANG_MS }, () => {
  const project = temporary();
  beforeAll(() => install(project.folder));
  afterAll(() => project[Symbol.dispose]());

  it.each(Object.entries(RUNTIMES))('lets every subpath be imported, and limiters work: %s', async (_, hostile) => {
    const script = `
      const { writeSync } = require('node:fs'); // console needs a process of its own
      ${USE}
      const names = ${JSON.stringify(subpaths)};
      (async () => {
        await import('node:fs'); // Node's own loader needs a whole process
        require('@nestjs/core'); // and so does Nest
        ${hostile}
        const failed = [];
        for (const name of names)
          for (const load of [async () => require(name), () => import(name)])
            await load().then((exported) => once(name, exported)).catch((error) => failed.push(name + ': ' + error.stack));
        writeSync(1, failed.length === 0 ? 'all work' : failed.join('\\n'));
      })();`;
    expect(await run(project.folder, script, ['--no-warnings'])).toBe('all work');
  });

  it('meets no build of ours that asks where its own file is, which bundles and virtual modules have no answer to', () => {
    const built = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
    // The command line runs on Node alone, from where it was installed.
    const files = built.filter((file) => /\.c?js$/.test(file) && !file.startsWith('cli'));
    expect(files.length).toBeGreaterThan(subpaths.length);
    for (const file of files)
      expect(readFileSync(join(folder, 'dist', file), 'utf8'), file).not.toMatch(
        /import\.meta|createRequire|__filename|__dirname/,
      );
  });
});
