import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seal } from '../../../../scripts/release/seal.mjs';
import { version } from '../../../core-native/js/version.js';
import { HANG_MS, install, platform, run, temporary } from './installed.js';

const TWO = `
const { createRequire } = require('node:module');
const [a, b] = ['a', 'b'].map((name) => createRequire(process.cwd() + '/' + name + '/x.js')('headgate'));
const options = { limit: 3, windowSeconds: 60, shared: 'api' };
const admitted = (limiters) => limiters.filter((limiter) => limiter.allow('k')).length;
const refusal = (make) => { try { make(); return 'none'; } catch (error) { return error; } };
`;

function twoCopies() {
  const project = temporary();
  for (const name of ['a', 'b']) install(join(project.folder, name));
  return project;
}

describe.skipIf(platform !== 'linux-x64-gnu')(
  `two copies of the package${platform === 'linux-x64-gnu' ? '' : ' (skipped: no native binary runs here)'}`,
  { timeout: HANG_MS },
  () => {
    it('count for a shared name together, and refuse other policies of it', async () => {
      using project = twoCopies();
      const printed = await run(
        project.folder,
        `${TWO}
      const [one, two] = [new a.RateLimiter(options), new b.RateLimiter(options)];
      console.log(admitted([one, two, one, two, one, two]), refusal(() => new b.RateLimiter({ ...options, limit: 9 })).name);`,
      );
      expect(printed).toBe('3 RangeError');
    });

    it('count together whichever was loaded first, and by ES modules too', async () => {
      using project = twoCopies();
      const printed = await run(
        project.folder,
        `${TWO}
      new b.RateLimiter({ limit: 1, windowMs: 9 });
      const one = new a.RateLimiter(options);
      import(process.cwd() + '/a/node_modules/headgate/dist/index.js').then((esm) => {
        const two = new b.RateLimiter(options), three = new esm.RateLimiter(options);
        console.log(admitted([one, two, three, one, two, three]));
      });`,
      );
      expect(printed).toBe('3');
    });

    it('count together in threads that have a copy each', async () => {
      using project = twoCopies();
      const inWorker = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { RateLimiter } = require('node:module').createRequire(workerData + '/x.js')('headgate');
      const limiter = new RateLimiter({ limit: 3, windowSeconds: 60, shared: 'api' });
      parentPort.postMessage([1, 2].filter(() => limiter.allow('k')).length);
      parentPort.on('message', () => process.exit());`;
      const printed = await run(
        project.folder,
        `${TWO}
      const { Worker } = require('node:worker_threads');
      const { once } = require('node:events');
      (async () => {
        const start = (name) => new Worker(${JSON.stringify(inWorker)}, { eval: true, workerData: process.cwd() + '/' + name });
        const counts = [];
        const workers = [];
        for (const name of ['b', 'a', 'b']) {
          workers.push(start(name));
          counts.push((await once(workers.at(-1), 'message'))[0]);
        }
        const own = new a.RateLimiter(options);
        console.log(JSON.stringify(counts), admitted([own, own]));
        for (const worker of workers) worker.postMessage('end');
      })();`,
      );
      expect(printed).toBe('[2,1,0] 0');
    });

    it("know each other's errors", async () => {
      using project = twoCopies();
      const printed = await run(
        project.folder,
        `${TWO}
      import(process.cwd() + '/a/node_modules/headgate/dist/index.js').then((esm) => {
        const limiter = new a.RateLimiter({ limit: 0, windowMs: 9 });
        const exceeded = refusal(limiter.limit('k', () => 1));
        const unavailable = refusal(() => new a.RateLimiter({ ...options, backend: 'ts' }));
        for (const copy of [a, b, esm])
          console.log(exceeded instanceof copy.RateLimitExceeded, unavailable instanceof copy.BackendUnavailableError);
      });`,
      );
      expect(printed.split(/\s+/)).toEqual(Array(6).fill('true'));
    });

    it('refuse a shared name where another version was loaded first, and go on without one', async () => {
      using project = twoCopies();
      const folder = join(project.folder, 'b/node_modules');
      makeOther(join(folder, '@headgate/core-native/dist'));
      makeOther(join(folder, 'headgate/dist'));
      replaceAll(
        join(folder, `@headgate/core-native-${platform}/headgate.${platform}.node`),
        `${version}\0`,
        `${OTHER}\0`,
      );
      seal(join(folder, `@headgate/core-native-${platform}`));
      const printed = await run(
        project.folder,
        `${TWO}
      console.log(new a.RateLimiter({ limit: 1, windowMs: 9 }).backend, new b.RateLimiter({ limit: 1, windowMs: 9 }).backend);
      new a.RateLimiter(options);
      const error = refusal(() => new b.RateLimiter(options));
      console.log(error.name, error.message);`,
      );
      expect(printed).toMatch(/^native native\nBackendUnavailableError/);
      for (const [name, of] of [
        ['a', `${version}, loaded first`],
        ['b', OTHER],
      ] as const)
        expect(printed).toContain(`${of}: ${project.folder}/${name}/node_modules/`);
    });
  },
);

describe('a part of another version', { timeout: HANG_MS }, () => {
  it.skipIf(platform === undefined)(
    `is not taken where it is the binary, and both are told${platform === undefined ? ' (skipped: no native binary runs here)' : ''}`,
    async () => {
      using project = temporary();
      install(project.folder);
      makeOther(join(project.folder, 'node_modules/@headgate/core-native/dist'));
      makeOther(join(project.folder, 'node_modules/headgate/dist'));
      const [first] = await tried(project.folder);
      expect(first?.error).toBe(`its version is ${version}, and that of @headgate/core-native is ${OTHER}`);
    },
  );

  it('is not taken where it is core-native, and both are told', async () => {
    using project = temporary();
    install(project.folder);
    makeOther(join(project.folder, 'node_modules/headgate/dist'));
    expect(await tried(project.folder)).toEqual([
      {
        what: 'package @headgate/core-native',
        error: `its version is ${version}, and that of headgate is ${OTHER}`,
      },
    ]);
  });
});

/** As long as the real one, so that it can take its place in a binary. */
const OTHER = version.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));

async function tried(folder: string): Promise<readonly { what: string; error?: string }[]> {
  const printed = await run(
    folder,
    `const { RateLimiter, backends } = require('headgate');
    if (new RateLimiter({ limit: 1, windowMs: 9 }).backend !== 'ts') throw new Error('native was taken');
    console.log(JSON.stringify(backends()[0].tried));`,
  );
  return JSON.parse(printed);
}

/** A built package of another version, whichever of its files has that. */
function makeOther(dist: string): void {
  const files = readdirSync(dist).map((file) => join(dist, file));
  const own = files.filter((file) => file.endsWith('.cjs') && readFileSync(file, 'latin1').includes(version));
  expect(own, dist).not.toEqual([]);
  for (const file of own) replaceAll(file, version, OTHER);
}

function replaceAll(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'latin1');
  expect(text, file).toContain(from);
  writeFileSync(file, text.replaceAll(from, to), 'latin1');
}
